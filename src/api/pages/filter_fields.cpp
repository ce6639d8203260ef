// SPDX-License-Identifier: MIT
#include "api/pages/filter_fields.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "api/pages/client.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

struct OperatorRow {
  std::string_view op, words, types;  // types of the schema; empty: every one
};
constexpr OperatorRow operator_rows[] = {
    {"=", "is", ""},
    {"!=", "is not", ""},
    {"=ilike=", "contains", "str"},
    {"=startswith=", "starts with", "str"},
    {">", "greater, later", "int float datetime"},
    {"<", "less, earlier", "int float datetime"},
    {">=", "at least", "int float datetime"},
    {"<=", "at most", "int float datetime"},
};

json operators() {
  auto list = json::array();
  for (auto const& [op, words, types] : operator_rows)
    list.push_back(
        {{"operator", std::string(op)}, {"operator_words", std::string(words)}, {"types", std::string(types)}});
  return list;
}

// Keys whose values many rows share.
constexpr std::string_view counted_keys[] = {"type", "state", "process_type", "name", "scheduler_type"};

FilterFields made_of(std::string const& schema) {
  FilterFields made;
  auto const data = data_in(schema);
  auto const fields = data.is_object() ? data.value("fields", json::object()) : json::object();
  auto keys = json::array();
  for (auto const& [key, field] : fields.items()) {
    auto const words = field.value("display_name", key);
    keys.push_back({{"key", key},
                    {"key_words", words},
                    {"type", text_in(field, "type")},
                    {"is_chosen", key == "label" || key == "name" || key == "last_name"}});
    if (std::ranges::find(counted_keys, key) != std::end(counted_keys)) made.counted.push_back({key, words});
  }
  made.html = fill("filter_fields", {{"keys", keys}, {"operators", operators()}});
  return made;
}

}  // namespace

std::string operators_of(std::string_view type) {
  std::string list;
  for (auto const& row : operator_rows)
    if (row.types.empty() || row.types.find(type) != row.types.npos) (list += list.empty() ? "" : " ") += row.op;
  return list;
}

FilterFields const& filter_fields(std::string const& schema) {
  constexpr std::size_t most = 64;  // of the resources of a few generations of AiiDA there are less
  thread_local std::map<std::string, FilterFields> made;
  auto const found = made.find(schema);
  if (found != made.end()) return found->second;
  if (made.size() == most) made.clear();
  return made.emplace(schema, made_of(schema)).first->second;
}

}  // namespace restapi::api::pages
