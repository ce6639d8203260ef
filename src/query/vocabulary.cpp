// SPDX-License-Identifier: MIT
#include "query/vocabulary.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace restapi::query {

View const* Vocabulary::find_view(std::string_view name) const {
  auto const found = std::ranges::find(views, name, &View::name);
  return found == views.end() ? nullptr : &*found;
}

View const& Vocabulary::view_of(model::Relation const& relation) const {
  auto const found = std::ranges::find(related, relation.to, &View::name);
  if (found != related.end()) return *found;
  auto const* const listed = find_view(relation.to);
  assert(listed);  // views are made from tables
  return *listed;
}

View const& Vocabulary::view_of_links() const {
  auto const found = std::ranges::find(related, "links", &View::name);
  assert(found != related.end());
  return *found;
}

View const& Vocabulary::nodes() const {
  auto const* found = find_view("nodes");
  assert(found);  // views are made from tables
  return *found;
}

ReservedKey const* Vocabulary::find_key(std::string_view name) const {
  auto const found = std::ranges::find(keys, name, &ReservedKey::name);
  return found == keys.end() ? nullptr : &*found;
}

ReservedKey const* Vocabulary::find_key(Meaning meaning) const {
  auto const found = std::ranges::find(keys, meaning, &ReservedKey::meaning);
  return found == keys.end() ? nullptr : &*found;
}

std::string_view Vocabulary::canonical(std::string_view written) const {
  auto const found = std::ranges::find(synonyms, written, &Synonym::written);
  return found == synonyms.end() ? written : found->meant;
}

bool is_for_lists(Meaning meaning) {
  switch (meaning) {
    case Meaning::limit:
    case Meaning::offset:
    case Meaning::rows_a_page:
    case Meaning::order:
    case Meaning::fields:
    case Meaning::total:
    case Meaning::after:
      return true;
    case Meaning::members:
    case Meaning::members_left_out:
    case Meaning::owner:
    case Meaning::facets:
    case Meaning::levels:
    case Meaning::direction:
    case Meaning::own:
      return false;
  }
  return false;
}

bool is_for_graphs(Meaning meaning) {
  constexpr Meaning all[] = {Meaning::limit, Meaning::fields, Meaning::after, Meaning::levels, Meaning::direction};
  return std::ranges::find(all, meaning) != std::end(all);
}

}  // namespace restapi::query
