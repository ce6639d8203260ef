// SPDX-License-Identifier: MIT
#include "api/v4/vocabulary.hpp"

#include <string>

#include "api/related_resources.hpp"
#include "api/v4/fields.hpp"
#include "api/v4/keys.hpp"

namespace restapi::api::v4 {
namespace {

constexpr query::Synonym synonyms[] = {{"pk", "id"}};

// What v2 calls them; behind a label, also what AiiDA 1 did (rewritten.cpp).
constexpr query::Misnomer misnomers[] = {
    {"type", "node_type", ""},
    {"computer_id", "dbcomputer_id", ""},
    {"computer", "", "a key of the computer stands behind a point: computer.label=\"daint\""},
    {"user", "user_id", ""},
    {"state", "", "the state of a process is one of its attributes: attributes.process_state=\"finished\""},
    {"time", "ctime", ""},
    {"host", "hostname", ""},
    {"scheduler", "scheduler_type", ""},
    {"transport", "transport_type", ""},
    {"order", "orderby", ""},
    {"order_by", "orderby", ""},
    {"sort", "orderby", ""},
    {"page", "", "a page stands in the path: /nodes/page/2"},
};

constexpr query::Limits limits{
    .rows = 400, .default_rows = 400, .default_rows_a_page = 20, .default_nodes = 0, .default_levels = 0};

std::string only_assignment(std::string_view key) {
  return "only assignment operator '=' is permitted after '" + std::string(key) + "'";
}

std::string repeated_key(std::string_view key) { return "You cannot specify " + std::string(key) + " more than once"; }

// A client controls the length of the id.
std::string no_such_object(std::string_view id, std::string_view class_name) {
  return "either no object's id starts with '" + std::string(id.substr(0, 64)) +
         "' or the corresponding object is not of type aiida.orm." + std::string(class_name);
}

}  // namespace

query::Vocabulary const& vocabulary() {
  static query::Vocabulary const vocabulary{
      .views = {resources().begin(), resources().end()},
      .related = {related_resources().begin(), related_resources().end()},
      .keys = reserved_keys(),
      .ignored_key = "_",  // libraries of browsers add it to get round caches
      .synonyms = synonyms,
      .misnomers = misnomers,
      .limits = limits,
      .sentences = {.too_many_rows = "Limit and perpage cannot be bigger than 400",
                    .only_assignment = only_assignment,
                    .repeated_key = repeated_key,
                    .no_such_object = no_such_object}};
  return vocabulary;
}

query::View const& view_of_neighbours() {
  static query::View const view(neighbours());
  return view;
}

}  // namespace restapi::api::v4
