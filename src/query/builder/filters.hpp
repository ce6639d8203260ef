// SPDX-License-Identifier: MIT
/// The filters of a vertex or of an edge: objects whose keys are columns, or join lists of such objects.
#pragma once

#include <cstddef>

#include "base/json_value.hpp"
#include "base/result.hpp"
#include "query/builder/entities.hpp"
#include "query/builder/place.hpp"
#include "query/builder/plan.hpp"

namespace restapi::query::builder {

/// What the filters of one query have used up of its limits.
struct FilterBudget {
  std::size_t filters = 0;
  std::size_t times = 0;  ///< date-times in lists
};

/// Filters of one tag, all of which have to be fulfilled.
class FilterReader {
 public:
  FilterReader(Kind kind, Reading const& reading, FilterBudget& budget)
      : kind_(kind), reading_(reading), budget_(budget) {}

  /// One key of a filter object and its value. Nothing is added where it asks for nothing: `"or": []`.
  Result<Done> read(std::string_view key, JsonValue const& value, Place const& place, Filters& filters);

 private:
  Result<Filters> read_object(JsonValue const& value, Place const& place);
  Result<Done> read_value(Column const& column, std::string_view name, JsonValue const& value, Place const& place,
                          Filters& filters);
  Result<Done> read_operator(Column const& column, std::string_view name, std::string_view word, JsonValue const& value,
                             Place const& place, Filters& filters);
  template <class ReadPart>
  Result<Done> read_junction(std::string_view word, JsonValue const& value, Place const& place, Filters& filters,
                             ReadPart const& read_part);
  Result<Done> count(Place const& place);

  Kind kind_;
  Reading const& reading_;
  FilterBudget& budget_;
};

/// What filters are written in: an object; an empty list is as good as an empty one.
Result<Done> check_filter_object(JsonValue const& value, Place const& place);

}  // namespace restapi::query::builder
