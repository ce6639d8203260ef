// SPDX-License-Identifier: MIT
#include "api/v4/node_fields.hpp"

#include <string>
#include <utility>
#include <vector>

#include "query/projected_fields.hpp"

namespace restapi::api::v4 {

std::shared_ptr<query::Projection const> node_fields(query::Source const& source, query::Planner const& planner,
                                                     std::initializer_list<std::string_view> names,
                                                     std::initializer_list<std::string_view> documents) {
  std::vector<query::Shown> fields;
  for (auto const name : names) fields.push_back(*query::read_field(name, 0, source, planner));
  for (auto const name : documents)
    fields.push_back(
        {std::string(name), {}, {}, {query::DocumentOperand{source.bound->find_any_document(name), {}, false}}});
  return std::make_shared<query::Projection const>(std::move(fields));
}

}  // namespace restapi::api::v4
