// SPDX-License-Identifier: MIT
#include "api/v4/keys.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

namespace restapi::api::v4 {
namespace {

using query::Meaning;

bool is_of_window(RouteKind kind) { return is_list(kind) || kind == RouteKind::object; }
bool shows_documents(RouteKind kind) { return kind == RouteKind::list || kind == RouteKind::object; }
bool is_attributes(RouteKind kind) { return shows_documents(kind) || kind == RouteKind::attributes; }
bool is_extras(RouteKind kind) { return shows_documents(kind) || kind == RouteKind::extras; }
bool is_tree(RouteKind kind) { return kind == RouteKind::tree; }
bool is_counted(RouteKind kind) { return kind == RouteKind::statistics || kind == RouteKind::full_types_count; }
bool is_by_type(RouteKind kind) { return is_list(kind) || kind == RouteKind::download_formats; }
bool is_download(RouteKind kind) { return kind == RouteKind::download; }
bool is_of_files(RouteKind kind) {
  return kind == RouteKind::repo_list || kind == RouteKind::repo_contents || has_plain_filename(kind);
}
bool is_nowhere(RouteKind) { return false; }

constexpr Key rows[] = {
    {{"limit", Meaning::limit}, ValueOf::number, is_of_window, "Limit value"},
    {{"offset", Meaning::offset}, ValueOf::number, is_of_window, "Offset value"},
    {{"perpage", Meaning::rows_a_page}, ValueOf::number, is_list, "perpage", 1},
    {{"orderby", Meaning::order}, ValueOf::names, is_list},
    {{"attributes", Meaning::own}, ValueOf::truth, shows_documents},
    {{"attributes_filter", Meaning::own}, ValueOf::names, is_attributes},
    {{"extras", Meaning::own}, ValueOf::truth, shows_documents},
    {{"extras_filter", Meaning::own}, ValueOf::names, is_extras},
    {{"full_type", Meaning::own}, ValueOf::text, is_by_type},
    {{"in_limit", Meaning::own}, ValueOf::number, is_tree, "in_limit"},
    {{"out_limit", Meaning::own}, ValueOf::number, is_tree, "out_limit"},
    {{"tree_in_limit", Meaning::own}, ValueOf::number, is_tree, "tree_in_limit"},
    {{"tree_out_limit", Meaning::own}, ValueOf::number, is_tree, "tree_out_limit"},
    {{"user", Meaning::owner}, ValueOf::number, is_counted, "user"},
    {{"download_format", Meaning::own}, ValueOf::text, is_download},
    {{"download", Meaning::own}, ValueOf::text, is_download},
    {{"filename", Meaning::own}, ValueOf::text, is_of_files},
    {{"profile", Meaning::own}, ValueOf::text, is_nowhere},
};

constexpr auto reserved = [] {
  std::array<query::ReservedKey, std::size(rows)> all{};
  std::ranges::transform(rows, all.begin(), &Key::reserved);
  return all;
}();

/// What is asked, as far as it matters for what excludes each other.
struct Asked {
  query::Clauses const& clauses;
  Found const& found;

  RouteKind kind() const { return found.route->kind; }
  bool has(Meaning meaning) const { return clauses.has(meaning); }
  bool has_window() const { return has(Meaning::limit) || has(Meaning::offset); }
  bool has_page() const { return found.page.has_value(); }
  /// The tables of AiiDA, and what belongs to their rows.
  bool is_of_table() const {
    auto const resource = found.route->resource();
    return !found.route->is_of_server() && resource != "processes" && resource != "calcjobs";
  }
  bool has_filters() const {
    auto const* const full_type = clauses.find("full_type");
    return clauses.has_filters() || full_type != nullptr;
  }
};

struct Conflict {
  Code code;
  bool (*is_met)(Asked const&);
  char const* message;
};

// In the order in which they are reported.
constexpr Conflict conflicts[] = {
    {Code::incompatible_keys,
     [](Asked const& asked) { return asked.is_of_table() && asked.has(Meaning::rows_a_page) && asked.has_window(); },
     "perpage key is incompatible with limit and offset"},
    {Code::incompatible_keys,
     [](Asked const& asked) { return asked.is_of_table() && asked.has_page() && asked.has_window(); },
     "requesting a specific page is incompatible with limit and offset"},
    {Code::incompatible_keys,
     [](Asked const& asked) { return asked.is_of_table() && asked.has(Meaning::rows_a_page) && !asked.has_page(); },
     "perpage key requires that a page is requested (i.e. the path must contain /page/)"},
    {Code::key_elsewhere,
     [](Asked const& asked) {
       return asked.is_of_table() && asked.kind() == RouteKind::properties && !asked.clauses.empty();
     },
     "projectable_properties requests do not allow specifying a query string"},
};

}  // namespace

bool is_list(RouteKind kind) {
  return kind == RouteKind::list || kind == RouteKind::incoming || kind == RouteKind::outgoing;
}

bool has_plain_filename(RouteKind kind) { return kind == RouteKind::input_files || kind == RouteKind::output_files; }

std::span<Key const> keys() { return rows; }

std::span<query::ReservedKey const> reserved_keys() { return reserved; }

Key const& row_of(query::ReservedKey const& key) { return rows[&key - reserved.data()]; }

std::optional<Error> find_conflict(query::Clauses const& clauses, Found const& found) {
  Asked const asked{clauses, found};
  for (auto const& conflict : conflicts)
    if (conflict.is_met(asked)) return Error{conflict.code, conflict.message};
  return std::nullopt;
}

std::optional<Error> find_filters(query::Clauses const& clauses, Found const& found) {
  Asked const asked{clauses, found};
  bool const selects = !found.id.empty() && !is_list(found.route->kind) && found.route->kind != RouteKind::tree;
  if (!selects || !asked.is_of_table() || !asked.has_filters()) return std::nullopt;
  return Error{Code::key_elsewhere, "selecting a specific id does not allow to specify filters"};
}

}  // namespace restapi::api::v4
