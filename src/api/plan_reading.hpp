// SPDX-License-Identifier: MIT
/// From a plan to an answer: what all versions of the API read alike.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/format.hpp"
#include "api/page_links.hpp"
#include "api/version.hpp"
#include "base/error.hpp"
#include "http/target.hpp"
#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "store/rows.hpp"

namespace restapi::api {

/// What a version says of what was read.
struct PlanWords {
  std::string_view inputs, outputs;  ///< what its answers call the neighbours of a node
  std::int64_t total_of_statistics;  ///< what X-Total-Count says of them

  /// The path names no object, or several: `pks` as sql::compile_pk() reads them.
  Error (*not_one)(query::ObjectPlan const& plan, store::Rows const& pks);

  /// Of a list in which nothing was found: what was probably meant. One line of ASCII; empty: nothing.
  std::string (*hint_of_empty_list)(query::View const& view, http::Target const& target);
};

/// `format`: of the answer; null: the default one. One that is sent as it is read is of a list. `words` outlive all.
std::unique_ptr<PendingRead> pending_read(query::ReadPlan plan, PageInPath page, Format const* format,
                                          PlanWords const& words, sql::Dialect const& dialect);

}  // namespace restapi::api
