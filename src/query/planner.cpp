// SPDX-License-Identifier: MIT
#include "query/planner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "base/small_text.hpp"
#include "base/suggest.hpp"
#include "grammar/print.hpp"
#include "query/convert.hpp"
#include "query/filters.hpp"
#include "query/object_id.hpp"
#include "query/paging.hpp"
#include "query/position.hpp"
#include "query/predicates.hpp"
#include "query/projected_fields.hpp"

namespace restapi::query {
namespace {

Result<ast::Literal const*> single_literal(ast::Clause const& clause) {
  if (clause.literals.size() > 1)
    return Error{Code::wrong_type, clause.key + " takes one value", "for example " + clause.key + "=20",
                 clause.literals[1].offset};
  return &clause.literals.front();
}

// The count after limit, offset and the like; `otherwise` where the key is absent.
Result<std::int64_t> read_count(Clauses const& clauses, Meaning meaning, std::int64_t otherwise, std::int64_t most,
                                Vocabulary const& vocabulary) {
  auto const* found = clauses.find(meaning);
  if (!found) return otherwise;
  auto const key = found->key->name;
  auto const literal = single_literal(*found->clause);
  if (!literal) return literal.error();
  auto const count = to_integer(**literal, key);
  // However many digits: what is above the limit is above it.
  auto const* written = std::get_if<ast::Integer>(&(*literal)->value);
  bool const is_huge = !count && written && !written->digits.starts_with('-');
  if (most <= vocabulary.limits.rows && (is_huge || (count && *count > most)))
    return Error{Code::limit_too_large, std::string(vocabulary.sentences.too_many_rows)};
  if (!count) return count.error();
  auto const least = meaning == Meaning::rows_a_page ? 1 : 0;
  if (*count < least)
    return Error{Code::out_of_range, std::string(key) + " is too small", "it is at least " + std::to_string(least),
                 (*literal)->offset};
  return *count;
}

Result<std::vector<SortKey>> read_order(Clauses const& clauses, Source const& source, Planner const& planner) {
  std::vector<SortKey> order;
  std::vector<std::string> known;  // where the first says "equal", so does the second
  auto const* found = clauses.find(Meaning::order);
  if (!found) return order;
  auto const key = std::string(found->key->name);
  for (auto const& literal : found->clause->literals) {
    auto const* word = std::get_if<ast::Word>(&literal.value);
    if (!word) return Error{Code::wrong_type, key + " takes keys", "for example " + key + "=-ctime,id", literal.offset};
    auto const& view = *source.view;
    auto field = read_field(word->text, literal.offset, source, planner);
    if (!field && field.error().code == Code::out_of_range) return std::move(field).error();
    auto const* const own = view.find(planner.vocabulary.canonical(word->text));
    bool const is_shown_only = own != nullptr && !is_sortable(*own);
    if (!field || is_shown_only || std::holds_alternative<DegreeOperand>(field->operand.of))
      return Error{Code::unknown_key,
                   std::string(view.name) + " cannot be ordered by \"" + word->text.substr(0, 64) + "\"",
                   suggest(word->text, sort_keys(view)), literal.offset};
    std::string name(planner.vocabulary.canonical(field->name));
    if (std::ranges::find(known, name) != known.end()) continue;
    if (known.size() == max_sort_keys)  // SQLite sorts by a limited number of terms
      return Error{Code::out_of_range, key + " has too many keys", "at most " + std::to_string(max_sort_keys),
                   literal.offset};
    known.push_back(std::move(name));
    order.push_back({std::move(field->operand), word->sign == '-'});
  }
  return order;
}

/// Which of the rows the word means; where the key is absent, the first one.
template <class Row, std::size_t n>
Result<Row const*> read_word(Clauses const& clauses, Meaning meaning, Row const (&rows)[n]) {
  auto const* found = clauses.find(meaning);
  if (!found) return &rows[0];
  auto const literal = single_literal(*found->clause);
  if (!literal) return literal.error();
  auto const key = std::string(found->key->name);
  auto const text = to_text(**literal, key);
  std::string words;
  for (auto const& row : rows) {
    if (text && *text == row.word) return &row;
    words.append(words.empty() ? "" : &row == &rows[n - 1] ? " or " : ", ").append(row.word);
  }
  return Error{Code::wrong_type, key + " takes " + words, "for example " + key + "=" + std::string(rows[1].word),
               (*literal)->offset};
}

Result<std::int64_t> read_levels(Clauses const& clauses, Vocabulary const& vocabulary) {
  auto levels = read_count(clauses, Meaning::levels, vocabulary.limits.default_levels,
                           std::numeric_limits<std::int64_t>::max(), vocabulary);
  if (!levels || *levels <= max_levels) return levels;
  auto const* found = clauses.find(Meaning::levels);
  return Error{Code::out_of_range, std::string(found->key->name) + " is too large",
               "at most " + std::to_string(max_levels), found->clause->literals.front().offset};
}

/// What is shown of nodes, and their levels.
Result<std::shared_ptr<Projection const>> graph_fields(Clauses const& clauses, Source const& source,
                                                       Planner const& planner) {
  auto fields = source.view->projection->fields;
  if (auto const* found = clauses.find(Meaning::fields)) {
    if (!planner.fields_of_graph.empty())
      return Error{Code::incompatible_keys, "which fields this format has cannot be chosen",
                   "fields can be chosen in JSON", found->clause->offset};
    auto projection = read_projection(*found->clause, source, planner);
    if (!projection) return std::move(projection).error();
    fields = (*projection)->fields;
  } else if (!planner.fields_of_graph.empty()) {
    fields.clear();
    for (auto const name : planner.fields_of_graph) {
      auto field = read_field(name, 0, source, planner);
      if (!field) return std::move(field).error();
      fields.push_back(*std::move(field));
    }
  }
  fields.push_back({"level", {}, model::Type::integer, {LevelOperand{}}});
  return std::make_shared<Projection const>(std::move(fields));
}

bool is_any(Position const&) { return true; }

/// Of a graph: a level and an id. A client may write what it likes into one.
bool is_in_graph(Position const& position) {
  if (!position[0] || !position[1] || !number_in<std::int64_t>(*position[1])) return false;
  auto const level = number_in<std::int64_t>(*position[0]);
  return level && *level >= -max_levels && *level <= max_levels;
}

/// `terms`: of the positions of the list, each of which `is_one`.
std::optional<Error> read_after(Clauses const& clauses, std::size_t terms, ListPlan& list,
                                bool (*is_one)(Position const&) = is_any) {
  auto const* found = clauses.find(Meaning::after);
  if (!found) return std::nullopt;
  auto const literal = single_literal(*found->clause);
  if (!literal) return literal.error();
  auto const token = to_text(**literal, found->key->name);
  if (token && token->empty()) {
    list.after.emplace();
    return std::nullopt;
  }
  if (token) list.after = read_position(*token, list.mark, terms);
  if (list.after && is_one(*list.after)) return std::nullopt;
  return Error{
      Code::wrong_type, "this is no position in this list",
      "it stands in the Link header of the page before, and is good for the same filters and the same order; " +
          std::string(found->key->name) + "= alone begins",
      (*literal)->offset};
}

Result<Members> read_members(Clauses const& clauses) {
  using Choice = Members::Choice;
  constexpr std::pair<Meaning, Choice> lists[] = {{Meaning::members, Choice::only},
                                                  {Meaning::members_left_out, Choice::except}};
  Members members;
  for (auto const& [meaning, choice] : lists) {
    auto const* found = clauses.find(meaning);
    if (!found) continue;
    members.choice = choice;
    for (auto const& literal : found->clause->literals) {
      auto name = to_text(literal, found->key->name);
      if (!name) return std::move(name).error();
      members.names.push_back(*std::move(name));
    }
  }
  return members;
}

Error has_no_links() {
  return {Code::unknown_key, "this database has no table of links with label and type",
          "the server's role has to be allowed to read all columns of db_dblink"};
}

/// What the view shows of a neighbour and of its link. Requires that the database has links.
std::shared_ptr<Projection const> with_link(View const& view, model::Catalog const& catalog) {
  auto fields = view.projection->fields;
  for (auto const& field : view.fields)
    if (field.is_of_link && is_shown(field))
      fields.push_back(
          {std::string(field.name), {}, field.type, {ColumnOperand{field.index, catalog.find(field.resource->name)}}});
  return std::make_shared<Projection const>(std::move(fields));
}

}  // namespace

Result<ListPlan> Planner::list(View const& view, Clauses const& clauses, std::optional<std::int64_t> page) const {
  ListPlan list{source(view), view.projection};
  auto const& limits = vocabulary.limits;
  auto const most = std::numeric_limits<std::int64_t>::max();
  auto const limit = has_row_limit ? read_count(clauses, Meaning::limit, limits.default_rows, limits.rows, vocabulary)
                                   : read_count(clauses, Meaning::limit, most, most, vocabulary);
  if (!limit) return limit.error();
  auto const offset = read_count(clauses, Meaning::offset, 0, most, vocabulary);
  if (!offset) return offset.error();
  auto const rows_a_page =
      read_count(clauses, Meaning::rows_a_page, limits.default_rows_a_page, limits.rows, vocabulary);
  if (!rows_a_page) return rows_a_page.error();
  list.window = {*limit, *offset};
  if (page) {
    list.page = Page{*page, *rows_a_page};
    list.window = window_of(*list.page);
  }
  auto order = read_order(clauses, list.source, *this);
  if (!order) return std::move(order).error();
  list.order = *std::move(order);
  auto predicates = plan_filters(clauses, list.source, *this);
  if (!predicates) return std::move(predicates).error();
  list.predicates = *std::move(predicates);
  auto total = read_word(clauses, Meaning::total, total_words);
  if (!total) return std::move(total).error();
  list.total = (*total)->total;
  list.mark = list_mark(view.name, clauses);
  if (auto error = read_after(clauses, order_terms(list.order, *list.source.bound).size(), list))
    return *std::move(error);
  if (auto const* found = clauses.find(Meaning::fields)) {
    auto projection = read_projection(*found->clause, list.source, *this);
    if (!projection) return std::move(projection).error();
    list.projection = *std::move(projection);
  }
  return list;
}

Result<NeighboursPlan> Planner::neighbours(View const& view, std::string_view id, Direction direction,
                                           View const& neighbours, Clauses const& clauses,
                                           std::optional<std::int64_t> page) const {
  auto of = object(view, id, {});
  if (!of) return std::move(of).error();
  if (neighbours.has_link && catalog.find("links") == nullptr) return has_no_links();
  auto nodes = list(neighbours, clauses, page);
  if (!nodes) return std::move(nodes).error();
  if (neighbours.has_link && !clauses.has(Meaning::fields)) nodes->projection = with_link(neighbours, catalog);
  return NeighboursPlan{*std::move(of), direction, *std::move(nodes)};
}

Result<GraphPlan> Planner::graph(View const& view, std::string_view id, Clauses const& clauses) const {
  auto of = object(view, id, {});
  if (!of) return std::move(of).error();
  auto const& nodes = vocabulary.nodes();
  GraphPlan graph{*std::move(of), {}, 0, catalog.find("links"), has_row_limit, {source(nodes), nodes.projection}};
  if (graph.links == nullptr) return has_no_links();
  auto const& limits = vocabulary.limits;
  auto const most = has_row_limit ? limits.rows : std::numeric_limits<std::int64_t>::max() - 1;
  auto const limit = read_count(clauses, Meaning::limit, limits.default_nodes, most, vocabulary);
  if (!limit) return limit.error();
  graph.list.window.limit = *limit;
  auto const levels = read_levels(clauses, vocabulary);
  if (!levels) return levels.error();
  graph.levels = *levels;
  auto const direction = read_word(clauses, Meaning::direction, direction_words);
  if (!direction) return direction.error();
  graph.direction = (*direction)->direction;
  auto planner = *this;
  planner.may_stand = is_for_graphs;
  auto predicates = plan_filters(clauses, graph.list.source, planner);
  if (!predicates) return std::move(predicates).error();
  graph.list.predicates = *std::move(predicates);
  graph.list.mark = list_mark(fmt::format("{}/{} {} {}", view.name, id, *levels, (*direction)->word), clauses);
  constexpr std::size_t terms_of_graph = 2;
  if (auto error = read_after(clauses, terms_of_graph, graph.list, is_in_graph)) return *std::move(error);
  auto fields = graph_fields(clauses, graph.list.source, *this);
  if (!fields) return std::move(fields).error();
  graph.list.projection = *std::move(fields);
  return graph;
}

Result<ObjectPlan> Planner::object(View const& view, std::string_view id, Clauses const& clauses) const {
  auto object = read_object_id(id, view.resource->identity);
  if (!object) return Error{Code::no_such_object, vocabulary.sentences.no_such_object(id, view.class_name)};
  ObjectPlan plan{source(view), view.projection, *std::move(object)};
  if (auto const* found = clauses.find(Meaning::fields)) {
    auto projection = read_projection(*found->clause, plan.source, *this);
    if (!projection) return std::move(projection).error();
    plan.projection = *std::move(projection);
  }
  return plan;
}

Result<DocumentPlan> Planner::document(View const& view, std::string_view id, DocumentKind kind,
                                       Clauses const& clauses) const {
  auto of = object(view, id, {});
  if (!of) return std::move(of).error();
  auto members = read_members(clauses);
  if (!members) return std::move(members).error();
  return DocumentPlan{*std::move(of), kind, *std::move(members)};
}

Result<FacetsPlan> Planner::facets(View const& view, Clauses const& clauses) const {
  FacetsPlan plan{source(view), view.facets};
  if (auto const* found = clauses.find(Meaning::facets)) {
    auto keys = read_projection(*found->clause, plan.source, *this);
    if (!keys) return std::move(keys).error();
    plan.keys = *std::move(keys);
    if (plan.keys->fields.size() > max_facets)
      return Error{Code::out_of_range, std::string(found->key->name) + " has too many names",
                   "at most " + std::to_string(max_facets), found->clause->offset};
    for (auto const& field : plan.keys->fields)
      if (std::holds_alternative<DegreeOperand>(field.operand.of))
        return Error{Code::unknown_key, "the values of " + field.name + " cannot be counted", "",
                     found->clause->offset};
  }
  auto predicates = plan_filters(clauses, plan.source, *this);
  if (!predicates) return std::move(predicates).error();
  plan.predicates = *std::move(predicates);
  return plan;
}

Result<StatisticsPlan> Planner::statistics(Clauses const& clauses) const {
  StatisticsPlan plan{&catalog.nodes()};
  if (clauses.has_filters()) {
    auto const* key = vocabulary.find_key(Meaning::owner);
    auto const& unknown = clauses.filters.empty() ? first_clause(*clauses.groups.front()) : *clauses.filters.front();
    return Error{Code::unknown_key, "statistics has no key \"" + grammar::print_key(unknown).substr(0, 64) + "\"",
                 key ? "known: " + std::string(key->name) : "", unknown.offset};
  }
  if (auto const* found = clauses.find(Meaning::owner)) {
    auto const literal = single_literal(*found->clause);
    if (!literal) return literal.error();
    auto const owner = to_integer(**literal, found->key->name);
    if (!owner) return owner.error();
    plan.owner = *owner;
  }
  return plan;
}

}  // namespace restapi::query
