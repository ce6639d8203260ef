// SPDX-License-Identifier: MIT
/// Lists with their totals: rows and number are of one state of the data, and nothing is counted that is known. What is
/// read one after the other counts only if the data's version is the same behind it; otherwise one statement reads
/// both.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "api/version.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "store/rows.hpp"

namespace restapi::api {

/// The rows of a list's window, and how many there are without the window.
struct CountedRows {
  store::Rows rows;
  std::size_t first_column = 0;                                       ///< of what the view shows
  std::optional<std::int64_t> total = {};                             ///< nothing: it is not wanted
  std::optional<std::chrono::steady_clock::duration> total_age = {};  ///< it is of so long ago (AgedTotals)
  bool is_estimated = false;                                          ///< the total
  bool has_more = false;  ///< there are rows behind the window, where ListPlan::reads_one_more()
};

/// Whether the rows are the first ones of a table, which no filter makes long to find.
bool is_beginning(query::ListPlan const& list);

/// `first`: the rows of sql::compile_list(), where they have been read already.
Result<CountedRows> read_list(query::ListPlan const& list, std::optional<Result<store::Rows>> first,
                              ReadContext const& context);

struct Neighbours {
  std::int64_t pk = 0;  ///< of the object
  CountedRows counted;
};

/// What to say where the path names no object, or several: `pks` as sql::compile_pk() reads them, not one.
using NotOne = std::function<Error(query::ObjectPlan const&, store::Rows const& pks)>;

/// `first`: the rows of sql::compile_neighbours().
Result<Neighbours> read_neighbours(query::NeighboursPlan const& plan, Result<store::Rows> first, NotOne const& not_one,
                                   ReadContext const& context);

}  // namespace restapi::api
