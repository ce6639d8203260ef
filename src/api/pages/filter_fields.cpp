// SPDX-License-Identifier: MIT
#include "api/pages/filter_fields.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

#include "api/pages/client.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "grammar/operators.hpp"
#include "model/accepted_operators.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

struct OperatorRow {
  std::string_view op, words;
};
struct OperatorGroup {
  std::string_view words, types;  // types of the schema; empty: every one
  std::span<OperatorRow const> operators;
};
constexpr OperatorRow of_every_type[] = {{"=", "is"}, {"!=", "is not"}};
constexpr OperatorRow of_texts[] = {{"=ilike=", "contains"}, {"=startswith=", "starts with"}};
constexpr OperatorRow of_ordered[] = {
    {">", "greater, later"}, {"<", "less, earlier"}, {">=", "at least"}, {"<=", "at most"}};
// Without a script nothing but the words of a group says what fits a key.
constexpr OperatorGroup operator_groups[] = {{"every field", "", of_every_type},
                                             {"texts", "str", of_texts},
                                             {"numbers, times", "int float datetime", of_ordered}};

json groups_of_operators() {
  auto groups = json::array();
  for (auto const& [words, types, operators] : operator_groups) {
    auto list = json::array();
    for (auto const& row : operators)
      list.push_back({{"operator", std::string(row.op)}, {"operator_words", std::string(row.words)}});
    groups.push_back({{"group", std::string(words)}, {"types", std::string(types)}, {"operators", std::move(list)}});
  }
  return groups;
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
  made.html = fill("filter_fields", {{"keys", keys}, {"groups", groups_of_operators()}});
  return made;
}

}  // namespace

std::string operators_of(std::string_view type) {
  struct Row {
    std::string_view name;
    model::Type type;
  };
  constexpr Row rows[] = {{"int", model::Type::integer},
                          {"str", model::Type::text},
                          {"bool", model::Type::boolean},
                          {"datetime", model::Type::datetime}};
  auto const* const found = std::ranges::find(rows, type, &Row::name);
  if (found == std::end(rows)) return {};
  return grammar::list_operators([&](auto const& row) { return model::accepts(found->type, row.comparison); });
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
