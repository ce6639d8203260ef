// SPDX-License-Identifier: MIT
#include "api/v4/full_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace restapi::api::v4 {
namespace {

std::optional<TypePart> read_part(std::string_view written) {
  auto const percent = written.find('%');
  if (percent == written.npos) return TypePart{std::string(written)};
  if (percent + 1 != written.size()) return std::nullopt;
  return TypePart{std::string(written.substr(0, percent)), true};
}

std::size_t column_of(model::BoundResource const& nodes, std::string_view name) {
  return static_cast<std::size_t>(model::find_column(*nodes.resource, name) - nodes.resource->columns.data());
}

query::Predicate where(model::BoundResource const& nodes, std::size_t column, query::Test test) {
  return {query::Condition{&nodes, column, false, std::move(test)}};
}

/// Exactly the text, or what begins with it.
query::Test test_of(TypePart const& part) {
  if (!part.is_beginning) return query::Membership{{part.text}};
  query::Pattern pattern;
  using Kind = query::Pattern::Piece::Kind;
  if (!part.text.empty()) pattern.pieces.push_back({Kind::text, part.text});
  pattern.pieces.push_back({Kind::any});
  return query::Match{std::move(pattern)};
}

}  // namespace

Result<FullType> read_full_type(std::string_view written) {
  auto const wrong = [&](std::string_view why) {
    return Error{Code::wrong_type, fmt::format("the full type \"{}\" {}", written.substr(0, 100), why),
                 "it is node_type|process_type, and each half may end with a %: data.core.dict.Dict.|, process.%|%"};
  };
  auto const bar = written.find('|');
  if (bar == written.npos) return wrong("has no |");
  if (written.find('|', bar + 1) != written.npos) return wrong("has more than one |");
  if (written.size() > query::max_pattern_bytes) return wrong("is too long");
  auto node = read_part(written.substr(0, bar));
  auto process = read_part(written.substr(bar + 1));
  if (!node || !process) return wrong("has a % that is not at the end of a half");
  return FullType{*std::move(node), *std::move(process)};
}

query::Predicates predicates_of(FullType const& type, model::BoundResource const& nodes) {
  auto const node_type = column_of(nodes, "node_type"), process_type = column_of(nodes, "process_type");
  query::Predicates predicates;
  bool const is_any_node = type.node.is_beginning && type.node.text.empty();
  if (!is_any_node) predicates.push_back(where(nodes, node_type, test_of(type.node)));
  bool const is_any_process = type.process.is_beginning && type.process.text.empty();
  if (is_any_process) return predicates;
  if (!type.process.text.empty()) {
    predicates.push_back(where(nodes, process_type, test_of(type.process)));
  } else {
    query::Alternatives none;
    none.all.push_back({where(nodes, process_type, query::Presence{false})});
    none.all.push_back({where(nodes, process_type, test_of(type.process))});
    predicates.push_back({std::move(none)});
  }
  return predicates;
}

}  // namespace restapi::api::v4
