// SPDX-License-Identifier: MIT
#include "api/v2/keys.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

namespace restapi::api::v2 {
namespace {

using query::Meaning;

bool is_attributes(RouteKind kind) { return kind == RouteKind::attributes; }
bool is_extras(RouteKind kind) { return kind == RouteKind::extras; }
bool is_list_of_resource(RouteKind kind) { return kind == RouteKind::list; }
bool is_graph(RouteKind kind) { return kind == RouteKind::graph; }
bool has_limit(RouteKind kind) { return is_list(kind) || is_graph(kind); }
bool is_tree(RouteKind kind) { return kind == RouteKind::tree; }
bool is_retrieved(RouteKind kind) {
  return kind == RouteKind::retrieved_inputs || kind == RouteKind::retrieved_outputs;
}
bool is_statistics(RouteKind kind) { return kind == RouteKind::statistics; }

/// What an endpoint is about, as far as it matters for what may be asked of it.
enum class Subject { server, schema, list, graph, object, statistics, facets };

Subject subject_of(RouteKind kind) {
  switch (kind) {
    case RouteKind::endpoints:
    case RouteKind::server:
    case RouteKind::openapi:
      return Subject::server;
    case RouteKind::schema:
      return Subject::schema;
    case RouteKind::list:
    case RouteKind::inputs:
    case RouteKind::outputs:
      return Subject::list;
    case RouteKind::graph:
      return Subject::graph;
    case RouteKind::object:
    case RouteKind::tree:
    case RouteKind::retrieved_inputs:
    case RouteKind::retrieved_outputs:
    case RouteKind::attributes:
    case RouteKind::extras:
    case RouteKind::visualization:
    case RouteKind::download:
      return Subject::object;
    case RouteKind::facets:
      return Subject::facets;
    case RouteKind::statistics:
      break;
  }
  return Subject::statistics;
}

constexpr std::string_view lists = "lists, io/inputs and io/outputs";
constexpr std::string_view retrieved = "io/retrieved_inputs and io/retrieved_outputs";

constexpr Key rows[] = {
    {{"limit", Meaning::limit},
     has_limit,
     "lists, io/inputs, io/outputs and io/graph",
     "an integer from 0 to 400: the largest number of rows returned"},
    {{"offset", Meaning::offset}, is_list, lists, "an integer from 0: how many rows are passed over first"},
    {{"perpage", Meaning::rows_a_page},
     is_list,
     "lists with /page in the path",
     "an integer from 1 to 400: rows a page"},
    {{"orderby", Meaning::order}, is_list, lists, "keys to sort by, each with an optional + or - before it"},
    {{"fields", Meaning::fields},
     [](RouteKind kind) { return has_limit(kind) || kind == RouteKind::object; },
     "lists, io/inputs, io/outputs and io/graph, and single objects",
     "the names of the fields to return; * stands for those that are returned otherwise"},
    {{"count", Meaning::total},
     is_list_of_resource,
     "lists",
     "how X-Total-Count is found out: exact, the default; estimated by the database; or none"},
    {{"after", Meaning::after},
     [](RouteKind kind) { return is_list_of_resource(kind) || is_graph(kind); },
     "lists and io/graph",
     "the position that the Link header of the page before has; nothing: the first page"},
    {{"levels", Meaning::levels},
     is_graph,
     "io/graph",
     "an integer from 0 to 20: how many links there are at most between the node and the others; 2 if it is not given"},
    {{"direction", Meaning::direction},
     is_graph,
     "io/graph",
     "where the graph goes from the node: inputs, outputs or, the default, both"},
    {{"alist", Meaning::members}, is_attributes, "content/attributes", "the names of the attributes to return"},
    {{"nalist", Meaning::members_left_out},
     is_attributes,
     "content/attributes",
     "the names of the attributes to leave out"},
    {{"elist", Meaning::members}, is_extras, "content/extras", "the names of the extras to return"},
    {{"nelist", Meaning::members_left_out}, is_extras, "content/extras", "the names of the extras to leave out"},
    {{"keys", Meaning::facets},
     [](RouteKind kind) { return kind == RouteKind::facets; },
     "facets",
     "the names of the fields whose values are counted"},
    {{"in_limit", Meaning::own},
     is_tree,
     "io/tree",
     "an integer from 0: the largest number of links to the node",
     "10"},
    {{"out_limit", Meaning::own},
     is_tree,
     "io/tree",
     "an integer from 0: the largest number of links from the node",
     "10"},
    {{"filename", Meaning::own},
     is_retrieved,
     retrieved,
     "the path of a file, which is sent, or of a folder",
     "raw/out.txt"},
    {{"rtype", Meaning::own},
     is_retrieved,
     retrieved,
     "download: the file itself is sent, as without this key",
     "download"},
    {{"visformat", Meaning::own},
     [](RouteKind kind) { return kind == RouteKind::visualization; },
     "content/visualization",
     "the name of a format, such as xsf, in which the node is sent as a text",
     "xsf"},
    {{"format", Meaning::own},
     [](RouteKind kind) { return kind == RouteKind::download; },
     "content/download; the format of other answers is chosen with the header Accept",
     "the name of a format, such as cif",
     "cif"},
    {{"user", Meaning::owner}, is_statistics, "nodes/statistics", "the id of a user, whose nodes alone are counted"},
};

constexpr auto reserved = [] {
  std::array<query::ReservedKey, std::size(rows)> all{};
  std::ranges::transform(rows, all.begin(), &Key::reserved);
  return all;
}();

constexpr std::string_view page_in_path = "a page stands in the path: /nodes/page/2";
constexpr std::string_view attributes_in_path =
    "attributes are read one node at a time: /nodes/<id>/content/attributes";
constexpr std::string_view extras_in_path = "extras are read one node at a time: /nodes/<id>/content/extras";
constexpr std::string_view links_in_path =
    "links are read from the path: /nodes/<id>/io/inputs, /nodes/<id>/io/outputs and /nodes/<id>/io/graph";

constexpr query::Misnomer misnomer_rows[] = {
    {"node_type", "type", ""},
    {"full_type", "type", ""},
    {"type_string", "type", ""},
    {"class", "type", ""},
    {"process_state", "state", ""},
    {"status", "state", ""},
    {"name", "label", ""},
    {"label", "name", ""},
    {"time", "ctime", ""},
    {"created", "ctime", ""},
    {"time_created", "ctime", ""},
    {"modified", "mtime", ""},
    {"time_modified", "mtime", ""},
    {"host", "hostname", ""},
    {"scheduler", "scheduler_type", ""},
    {"transport", "transport_type", ""},
    {"user", "user_id", ""},
    {"order", "orderby", ""},
    {"order_by", "orderby", ""},
    {"sort", "orderby", ""},
    {"sort_by", "orderby", ""},
    {"size", "limit", ""},
    {"start", "offset", ""},
    {"skip", "offset", ""},
    {"page_size", "perpage", ""},
    {"pagesize", "perpage", ""},
    {"page", "", page_in_path},
    {"attributes", "", attributes_in_path},
    {"attributes_filter", "", attributes_in_path},
    {"extras", "", extras_in_path},
    {"extras_filter", "", extras_in_path},
    {"inputs", "", links_in_path},
    {"outputs", "", links_in_path},
};

Key const& row_of(query::ReservedKey const& key) { return rows[&key - reserved.data()]; }

/// What is asked, as far as it matters for what excludes each other.
struct Asked {
  query::Clauses const& clauses;
  RouteKind kind;
  bool has_page;

  bool has(Meaning meaning) const { return clauses.has(meaning); }
  bool has_window() const { return has(Meaning::limit) || has(Meaning::offset); }
};

struct Conflict {
  bool (*is_met)(Asked const&);
  char const* message;
};

// In the order in which docs/errors.md says that they are reported.
constexpr Conflict conflicts[] = {
    {[](Asked const& asked) { return asked.has(Meaning::rows_a_page) && asked.has_window(); },
     "perpage key is incompatible with limit and offset"},
    {[](Asked const& asked) { return asked.has_page && asked.has_window(); },
     "requesting a specific page is incompatible with limit and offset"},
    {[](Asked const& asked) { return asked.has(Meaning::after) && (asked.has_page || asked.has(Meaning::offset)); },
     "after is incompatible with offset and with a page in the path"},
    {[](Asked const& asked) { return asked.has(Meaning::rows_a_page) && !asked.has_page; },
     "perpage key requires that a page is requested (i.e. the path must contain /page/)"},
    {[](Asked const& asked) { return subject_of(asked.kind) == Subject::schema && !asked.clauses.empty(); },
     "schema requests do not allow specifying a query string"},
    {[](Asked const& asked) { return subject_of(asked.kind) == Subject::object && asked.clauses.has_filters(); },
     "selecting a specific id does not allow to specify filters"},
};

}  // namespace

bool is_list(RouteKind kind) { return subject_of(kind) == Subject::list; }

bool has_filters(RouteKind kind) {
  auto const subject = subject_of(kind);
  return subject == Subject::list || subject == Subject::graph || subject == Subject::facets;
}

std::span<Key const> keys() { return rows; }

std::span<query::ReservedKey const> reserved_keys() { return reserved; }

std::span<query::Misnomer const> misnomers() { return misnomer_rows; }

std::optional<Error> find_conflict(query::Clauses const& clauses, RouteKind kind, bool has_page) {
  Asked const asked{clauses, kind, has_page};
  for (auto const& conflict : conflicts)
    if (conflict.is_met(asked)) return Error{Code::incompatible_keys, conflict.message};
  for (auto const& [key, clause] : clauses.reserved)
    if (auto const& row = row_of(*key); !row.belongs_to(kind))
      return Error{Code::key_elsewhere, std::string(key->name) + " cannot stand here",
                   std::string(key->name) + " belongs to " + std::string(row.place), clause->offset};
  auto const* only = clauses.find(Meaning::members);
  auto const* except = clauses.find(Meaning::members_left_out);
  if (only && except)
    return Error{Code::incompatible_keys,
                 "you cannot specify both " + std::string(only->key->name) + " and " + std::string(except->key->name)};
  return std::nullopt;
}

}  // namespace restapi::api::v2
