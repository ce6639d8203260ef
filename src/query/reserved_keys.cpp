// SPDX-License-Identifier: MIT
#include "query/reserved_keys.hpp"

#include <algorithm>

namespace restapi::query {
namespace {

bool is_attributes(Scope scope) { return scope == Scope::attributes; }
bool is_extras(Scope scope) { return scope == Scope::extras; }
bool is_statistics(Scope scope) { return scope == Scope::statistics; }

constexpr std::string_view lists = "lists, io/inputs and io/outputs";

constexpr ReservedKey rows[] = {
    {"limit", is_list, lists, "an integer from 0 to 400: the largest number of rows returned"},
    {"offset", is_list, lists, "an integer from 0: how many rows are passed over first"},
    {"perpage", is_list, "lists with /page in the path", "an integer from 1 to 400: rows a page"},
    {"orderby", is_list, lists, "keys to sort by, each with an optional + or - before it"},
    {"alist", is_attributes, "content/attributes", "the names of the attributes to return"},
    {"nalist", is_attributes, "content/attributes", "the names of the attributes to leave out"},
    {"elist", is_extras, "content/extras", "the names of the extras to return"},
    {"nelist", is_extras, "content/extras", "the names of the extras to leave out"},
    {"user", is_statistics, "nodes/statistics", "the id of a user, whose nodes alone are counted"},
};

}  // namespace

bool is_list(Scope scope) { return scope == Scope::list || scope == Scope::inputs || scope == Scope::outputs; }

std::span<ReservedKey const> reserved_keys() { return rows; }

ReservedKey const* find_reserved_key(std::string_view name) {
  auto const found = std::ranges::find(rows, name, &ReservedKey::name);
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace restapi::query
