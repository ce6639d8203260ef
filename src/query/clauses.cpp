// SPDX-License-Identifier: MIT
#include "query/clauses.hpp"

#include <algorithm>
#include <string>

namespace restapi::query {
namespace {

Error too_many_filters(ast::Clause const& clause) {
  return {Code::out_of_range, "the query has too many filters", "at most " + std::to_string(max_filters),
          clause.offset};
}

}  // namespace

Clauses::Reserved const* Clauses::find(Meaning meaning) const {
  auto const found = std::ranges::find(reserved, meaning, [](auto const& each) { return each.key->meaning; });
  return found == reserved.end() ? nullptr : &*found;
}

Clauses::Reserved const* Clauses::find(std::string_view name) const {
  auto const found = std::ranges::find(reserved, name, [](auto const& each) { return each.key->name; });
  return found == reserved.end() ? nullptr : &*found;
}

namespace {

bool is_reserved(ast::Clause const& clause, Vocabulary const& vocabulary) {
  return clause.path.empty() && vocabulary.find_key(clause.key) != nullptr;
}

/// The filters in a group, and in groups in it. `count`: of filters so far.
std::optional<Error> check(ast::Group const& group, Vocabulary const& vocabulary, std::size_t& count) {
  for (auto const& alternative : group.alternatives) {
    for (auto const& clause : alternative.clauses) {
      if (is_reserved(clause, vocabulary) || clause.key == vocabulary.ignored_key)
        return Error{Code::key_elsewhere, clause.key + " cannot stand here", clause.key + " stands outside parentheses",
                     clause.offset};
      if (++count > max_filters) return too_many_filters(clause);
    }
    for (auto const& inner : alternative.groups)
      if (auto error = check(inner, vocabulary, count)) return error;
  }
  return std::nullopt;
}

}  // namespace

Result<Clauses> sort_out(ast::Query const& query, Vocabulary const& vocabulary) {
  Clauses clauses;
  for (auto const& clause : query.clauses) {
    if (clause.key == vocabulary.ignored_key) continue;
    auto const* key = clause.path.empty() ? vocabulary.find_key(clause.key) : nullptr;
    if (!key) {
      clauses.filters.push_back(&clause);
      continue;
    }
    if (clause.comparison != ast::Operator::equal)
      return Error{Code::only_assignment, vocabulary.sentences.only_assignment(clause.key)};
    auto const place =
        std::ranges::lower_bound(clauses.reserved, key->name, {}, [](auto const& each) { return each.key->name; });
    if (place != clauses.reserved.end() && place->key == key)
      return Error{Code::repeated_key, vocabulary.sentences.repeated_key(clause.key)};
    clauses.reserved.insert(place, {key, &clause});
  }
  if (clauses.filters.size() > max_filters) return too_many_filters(*clauses.filters[max_filters]);
  auto count = clauses.filters.size();
  for (auto const& group : query.groups) {
    if (auto error = check(group, vocabulary, count)) return *std::move(error);
    clauses.groups.push_back(&group);
  }
  return clauses;
}

}  // namespace restapi::query
