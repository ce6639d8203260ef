// SPDX-License-Identifier: MIT
#include "query/projection.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "base/json_text.hpp"

namespace restapi::query {

namespace {

std::string as_key(std::string_view name) {
  std::string key;
  append_json_string(key, name);
  return key += ':';
}

}  // namespace

Projection::Projection(std::vector<Shown> all) : fields(std::move(all)), by_name(fields.size()) {
  std::iota(by_name.begin(), by_name.end(), std::size_t{0});
  auto const place = [this](std::size_t i) {
    auto const& field = fields[i];
    return field.object.empty() ? std::pair(std::string_view(field.name), std::string_view())
                                : std::pair(std::string_view(field.object), std::string_view(field.name));
  };
  std::ranges::sort(by_name, {}, place);
  for (std::size_t i = 0; i < by_name.size(); ++i) {
    auto& field = fields[by_name[i]];
    bool const begins = i == 0 || fields[by_name[i - 1]].object != field.object;
    bool const ends = i + 1 == by_name.size() || fields[by_name[i + 1]].object != field.object;
    field.json_name = as_key(field.name);
    field.json_end = {};
    if (field.object.empty()) continue;
    if (begins) field.json_name = as_key(field.object) + "{" + field.json_name;
    if (ends) field.json_end = "}";
  }
}

}  // namespace restapi::query
