// SPDX-License-Identifier: MIT
#include "api/v4/vocabulary.hpp"

#include "api/related_resources.hpp"
#include "api/sentences.hpp"
#include "api/v4/fields.hpp"
#include "api/v4/keys.hpp"

namespace restapi::api::v4 {
namespace {

constexpr query::Synonym synonyms[] = {{"pk", "id"}};

// What v2 and other APIs call them.
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
    .rows = most_rows, .default_rows = most_rows, .default_rows_a_page = 20, .default_nodes = 0, .default_levels = 0};

}  // namespace

query::Vocabulary const& vocabulary() {
  static query::Vocabulary const vocabulary{.views = {resources().begin(), resources().end()},
                                            .related = {related_resources().begin(), related_resources().end()},
                                            .keys = reserved_keys(),
                                            .ignored_key = "_",  // libraries of browsers add it to get round caches
                                            .synonyms = synonyms,
                                            .misnomers = misnomers,
                                            .limits = limits,
                                            .sentences = sentences()};
  return vocabulary;
}

query::View const& view_of_neighbours() {
  static query::View const view(neighbours());
  return view;
}

}  // namespace restapi::api::v4
