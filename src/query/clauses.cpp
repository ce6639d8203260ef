// SPDX-License-Identifier: MIT
#include "query/clauses.hpp"

#include <algorithm>
#include <string>

namespace restapi::query {

Clauses::Reserved const* Clauses::find(Meaning meaning) const {
  auto const found = std::ranges::find(reserved, meaning, [](auto const& each) { return each.key->meaning; });
  return found == reserved.end() ? nullptr : &*found;
}

Result<Clauses> sort_out(ast::Query const& query, Vocabulary const& vocabulary) {
  Clauses clauses;
  for (auto const& clause : query.clauses) {
    if (clause.key == vocabulary.ignored_key) continue;
    auto const* key = vocabulary.find_key(clause.key);
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
  if (clauses.filters.size() > max_filters)
    return Error{Code::out_of_range, "the query has too many filters", "at most " + std::to_string(max_filters),
                 clauses.filters[max_filters]->offset};
  return clauses;
}

}  // namespace restapi::query
