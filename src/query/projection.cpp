// SPDX-License-Identifier: MIT
#include "query/projection.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/json_text.hpp"

namespace restapi::query {

Projection::Projection(std::vector<Shown> all) : fields(std::move(all)), by_name(fields.size()) {
  for (auto& field : fields) {
    field.json_name.clear();
    append_json_string(field.json_name, field.name);
    field.json_name += ':';
  }
  std::iota(by_name.begin(), by_name.end(), std::size_t{0});
  std::ranges::sort(
      by_name, {}, [this](auto i) -> auto const& { return fields[i].name; });
}

}  // namespace restapi::query
