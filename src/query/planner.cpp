// SPDX-License-Identifier: MIT
#include "query/planner.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "query/convert.hpp"
#include "query/filters.hpp"
#include "query/object_id.hpp"
#include "query/paging.hpp"
#include "query/reserved_keys.hpp"
#include "query/suggest.hpp"

namespace restapi::query {
namespace {

// The clauses of a query, told apart: reserved keys by name, and the filters in the order written.
struct Sorted {
  std::map<std::string_view, ast::Clause const*> reserved;
  std::vector<ast::Clause const*> filters;

  bool has(std::string_view key) const { return reserved.contains(key); }
  ast::Clause const* find(std::string_view key) const {
    auto const found = reserved.find(key);
    return found == reserved.end() ? nullptr : found->second;
  }
};

Result<Sorted> sort_out(ast::Query const& query) {
  Sorted sorted;
  for (auto const& clause : query.clauses) {
    if (clause.key == ignored_key) continue;
    auto const* row = find_reserved_key(clause.key);
    if (!row) {
      sorted.filters.push_back(&clause);
    } else if (clause.comparison != ast::Operator::equal) {
      return Error{Code::only_assignment, "only assignment operator '=' is permitted after '" + clause.key + "'"};
    } else if (!sorted.reserved.emplace(row->name, &clause).second) {
      return Error{Code::repeated_key, "You cannot specify " + clause.key + " more than once"};
    }
  }
  if (sorted.filters.size() > max_filters)
    return Error{Code::out_of_range, "the query has too many filters", "at most " + std::to_string(max_filters),
                 sorted.filters[max_filters]->offset};
  return sorted;
}

// In the order in which docs/api-v2.md says that they are reported.
std::optional<Error> find_conflict(Sorted const& sorted, Request const& request) {
  auto const conflict = [](char const* message) { return Error{Code::incompatible_keys, message}; };
  bool const has_window = sorted.has("limit") || sorted.has("offset");
  if (sorted.has("perpage") && has_window) return conflict("perpage key is incompatible with limit and offset");
  if (request.page && has_window) return conflict("requesting a specific page is incompatible with limit and offset");
  if (sorted.has("perpage") && !request.page)
    return conflict("perpage key requires that a page is requested (i.e. the path must contain /page/)");
  if (request.scope == Scope::schema && !(sorted.reserved.empty() && sorted.filters.empty()))
    return conflict("schema requests do not allow specifying a query string");
  bool const is_one =
      request.scope == Scope::one || request.scope == Scope::attributes || request.scope == Scope::extras;
  if (is_one && !sorted.filters.empty()) return conflict("selecting a specific id does not allow to specify filters");
  for (auto const& [key, clause] : sorted.reserved) {
    auto const* row = find_reserved_key(key);
    if (!row->belongs_to(request.scope))
      return Error{Code::key_elsewhere, std::string(key) + " cannot stand here",
                   std::string(key) + " belongs to " + std::string(row->place), clause->offset};
  }
  if (sorted.has("alist") && sorted.has("nalist")) return conflict("you cannot specify both alist and nalist");
  if (sorted.has("elist") && sorted.has("nelist")) return conflict("you cannot specify both elist and nelist");
  return std::nullopt;
}

Result<ast::Literal const*> single_literal(ast::Clause const& clause) {
  if (clause.literals.size() > 1)
    return Error{Code::wrong_type, clause.key + " takes one value", "for example " + clause.key + "=20",
                 clause.literals[1].offset};
  return &clause.literals.front();
}

// The count after limit, offset, perpage; `otherwise` where the key is absent.
Result<std::int64_t> read_count(Sorted const& sorted, std::string_view key, std::int64_t otherwise) {
  auto const* clause = sorted.find(key);
  if (!clause) return otherwise;
  auto const literal = single_literal(*clause);
  if (!literal) return literal.error();
  auto const count = to_integer(**literal, key);
  // However many digits: what is above 400 is above 400.
  auto const* written = std::get_if<ast::Integer>(&(*literal)->value);
  bool const is_huge = !count && written && !written->digits.starts_with('-');
  if (key != "offset" && (is_huge || (count && *count > max_rows)))
    return Error{Code::limit_too_large, "Limit and perpage cannot be bigger than 400"};
  if (!count) return count.error();
  auto const least = key == "perpage" ? 1 : 0;
  if (*count < least)
    return Error{Code::out_of_range, std::string(key) + " is too small", "it is at least " + std::to_string(least),
                 (*literal)->offset};
  return *count;
}

Result<std::vector<SortKey>> read_order(Sorted const& sorted, model::Resource const& resource) {
  std::vector<SortKey> order;
  auto const* clause = sorted.find("orderby");
  if (!clause) return order;
  for (auto const& literal : clause->literals) {
    auto const* word = std::get_if<ast::Word>(&literal.value);
    if (!word) return Error{Code::wrong_type, "orderby takes keys", "for example orderby=-ctime,id", literal.offset};
    auto const* column = model::find_column(resource, canonical_key(word->text));
    if (!column || !model::is_sortable(*column))
      return Error{Code::unknown_key,
                   std::string(resource.name) + " cannot be ordered by \"" + word->text.substr(0, 64) + "\"",
                   suggest(word->text, sort_keys(resource)), literal.offset};
    auto const index = static_cast<std::size_t>(column - resource.columns.data());
    // Where the first says "equal", so does the second; thousands of them would exceed what SQLite sorts by.
    if (std::ranges::find(order, index, &SortKey::column) != order.end()) continue;
    order.push_back({index, word->sign == '-'});
  }
  return order;
}

Result<Members> read_members(Sorted const& sorted) {
  using Choice = Members::Choice;
  constexpr std::pair<std::string_view, Choice> lists[] = {
      {"alist", Choice::only}, {"elist", Choice::only}, {"nalist", Choice::except}, {"nelist", Choice::except}};
  Members members;
  for (auto const& [key, choice] : lists) {
    auto const* clause = sorted.find(key);
    if (!clause) continue;
    members.choice = choice;
    for (auto const& literal : clause->literals) {
      auto name = to_text(literal, key);
      if (!name) return std::move(name).error();
      members.names.push_back(*std::move(name));
    }
  }
  return members;
}

Result<ListPlan> plan_list(Sorted const& sorted, Request const& request, model::Layout const& layout,
                           Policy const& policy) {
  ListPlan list{&layout};
  auto const limit = read_count(sorted, "limit", max_rows);
  if (!limit) return limit.error();
  auto const offset = read_count(sorted, "offset", 0);
  if (!offset) return offset.error();
  auto const rows_a_page = read_count(sorted, "perpage", default_rows_a_page);
  if (!rows_a_page) return rows_a_page.error();
  list.window = {*limit, *offset};
  if (request.page) {
    list.page = Page{*request.page, *rows_a_page};
    list.window = window_of(*list.page);
  }
  auto order = read_order(sorted, *layout.resource);
  if (!order) return std::move(order).error();
  list.order = *std::move(order);
  // Each takes a place of its own in the statement, which no list of other values does.
  std::size_t intervals = 0;
  for (auto const* clause : sorted.filters) {
    auto condition = plan_filter(*clause, *layout.resource, policy);
    if (!condition) return std::move(condition).error();
    if (std::holds_alternative<InIntervals>(condition->test) && clause->literals.size() > 1)
      intervals += clause->literals.size();
    if (intervals > max_intervals)
      return Error{Code::out_of_range, "the query has too many date-times in lists",
                   "at most " + std::to_string(max_intervals),
                   clause->literals[clause->literals.size() - (intervals - max_intervals)].offset};
    list.conditions.push_back(*std::move(condition));
  }
  return list;
}

}  // namespace

Result<ReadPlan> plan(Request const& request, model::Catalog const& catalog, Policy const& policy) {
  auto const sorted = sort_out(request.query);
  if (!sorted) return sorted.error();
  if (auto conflict = find_conflict(*sorted, request)) return *std::move(conflict);

  ReadPlan plan{request.resource, request.scope};
  if (request.scope == Scope::schema) return plan;
  if (request.scope != Scope::list && request.scope != Scope::statistics) {
    auto object = read_object_id(request.id, *request.resource->resource);
    if (!object) return std::move(object).error();
    plan.object = *std::move(object);
  }
  if (is_list(request.scope)) {
    auto const& rows_of = request.scope == Scope::list ? *request.resource : catalog.nodes();
    auto list = plan_list(*sorted, request, rows_of, policy);
    if (!list) return std::move(list).error();
    plan.list = *std::move(list);
    return plan;
  }
  if (request.scope == Scope::statistics) {
    if (!sorted->filters.empty())
      return Error{Code::unknown_key, "statistics has no key \"" + sorted->filters.front()->key.substr(0, 64) + "\"",
                   "known: user", sorted->filters.front()->offset};
    if (auto const* clause = sorted->find("user")) {
      auto const literal = single_literal(*clause);
      if (!literal) return literal.error();
      auto const owner = to_integer(**literal, "user");
      if (!owner) return owner.error();
      plan.owner = *owner;
    }
    return plan;
  }
  auto members = read_members(*sorted);
  if (!members) return std::move(members).error();
  plan.members = *std::move(members);
  return plan;
}

}  // namespace restapi::query
