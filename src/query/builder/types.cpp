// SPDX-License-Identifier: MIT
#include "query/builder/types.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "query/fold.hpp"
#include "query/pattern.hpp"

namespace restapi::query::builder {
namespace {

struct Name {
  std::string_view text;
  Kind kind;
};
constexpr Name names[] = {{"computer", Kind::computer}, {"user", Kind::user}, {"link", Kind::link}};

/// Types whose rows are not found below what their own name says.
struct Exception {
  std::string_view type, beginning;
};
constexpr Exception exceptions[] = {{"data.core.code.abstract.AbstractCode.", "data.core.code."}};
/// AiiDA 0.x calls them otherwise.
constexpr Exception older[] = {{"process.", "calculation."},
                               {"process.calculation.", "calculation."},
                               {"process.calculation.calcjob.", "calculation.job."}};

Error invalid(std::string_view text, Place const& place) {
  return error_at(place, Code::wrong_type, "The type string " + std::string(text.substr(0, 64)) + " is invalid",
                  "valid: a type of nodes with its final dot, such as \"data.core.dict.Dict.\", \"\" for any node, "
                  "\"group.core\", \"computer\", \"user\", \"link\"");
}

bool is_node_type(std::string_view text) {
  return text.ends_with('.') && std::ranges::count(text, '.') >= 2 && text.size() <= max_pattern_bytes;
}

/// "data.core.array." of "data.core.array.ArrayData."
std::string_view beginning_of(std::string_view type) {
  auto const* const found = std::ranges::find(exceptions, type, &Exception::type);
  if (found != std::end(exceptions)) return found->beginning;
  auto const without_dot = type.substr(0, type.size() - 1);
  return type.substr(0, without_dot.rfind('.') + 1);
}

Result<Kind> kind_of(std::string_view text, Place const& place) {
  if (fold(text.substr(0, 6)) == "group.") return Kind::group;
  if (text.empty() || is_node_type(text)) return Kind::node;
  auto const* const found = std::ranges::find(names, text, &Name::text);
  if (found == std::end(names)) return invalid(text, place);
  return found->kind;
}

Test test_of(std::string_view type, bool with_subclasses, bool is_older) {
  if (!with_subclasses) return Membership{{std::string(type)}};
  if (type.empty()) return Presence{true};
  auto beginning = beginning_of(type);
  if (is_older) {
    auto const* const found = std::ranges::find(older, beginning, &Exception::type);
    if (found != std::end(older)) beginning = found->beginning;
  }
  return Match{*beginning_with(beginning)};
}

}  // namespace

Result<EntityType> read_entity_type(JsonValue const& value, bool with_subclasses, Reading const& reading,
                                    Place const& place) {
  using JsonKind = JsonValue::Kind;
  bool const is_list = value.is(JsonKind::list);
  if (!is_list && !value.is(JsonKind::text)) return wrong_kind(place, "a text or a list of texts", value);
  if (is_list && value.items.empty()) return error_at(place, Code::out_of_range, "has no types");
  if (value.items.size() > max_types)
    return error_at(place, Code::out_of_range, "has too many types", "at most " + std::to_string(max_types));
  std::optional<EntityType> type;
  Junction any{true, {}};
  auto const add = [&](JsonValue const& one, Place const& at) -> Result<Done> {
    if (!one.is(JsonKind::text)) return wrong_kind(at, "a text", one);
    auto const kind = kind_of(one.text, at);
    if (!kind) return kind.error();
    if (type && type->kind != *kind)
      return error_at(at, Code::incompatible_keys, "the types are of different kinds",
                      "all of nodes, or all of groups");
    if (!type) type = EntityType{*kind};
    if (*kind != Kind::node && *kind != Kind::group) return Done{};
    type->key = *kind == Kind::node ? "node_type" : "type_string";
    auto column = find_column(*kind, type->key, reading, at);
    if (!column) return std::move(column).error();
    bool const is_older = column->sql.text() == "n.type";
    auto test = *kind == Kind::node ? test_of(one.text, with_subclasses, is_older) : Test(Presence{true});
    any.parts.push_back({ColumnFilter{*std::move(column), std::move(test)}});
    return Done{};
  };
  if (!is_list) {
    if (auto done = add(value, place); !done) return done.error();
  }
  for (std::size_t i = 0; is_list && i < value.items.size(); ++i)
    if (auto done = add(value.items[i], Place(place, i)); !done) return done.error();
  if (any.parts.size() == 1)
    type->filters = std::move(any.parts);
  else if (!any.parts.empty())
    type->filters.emplace_back().is.emplace<Junction>(std::move(any));
  return *std::move(type);
}

}  // namespace restapi::query::builder
