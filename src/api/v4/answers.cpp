// SPDX-License-Identifier: MIT
#include "api/v4/answers.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "api/cell_json.hpp"
#include "api/conditional.hpp"
#include "api/nodes/derived_properties.hpp"
#include "api/nodes/download.hpp"
#include "api/nodes/files.hpp"
#include "api/nodes/object_reading.hpp"
#include "api/nodes/tree.hpp"
#include "api/querybuilder/query.hpp"
#include "api/quoted_filename.hpp"
#include "api/v4/class_names.hpp"
#include "api/v4/contents.hpp"
#include "api/v4/errors.hpp"
#include "api/v4/full_type.hpp"
#include "api/v4/keys.hpp"
#include "api/v4/properties.hpp"
#include "api/v4/rewritten.hpp"
#include "api/v4/shown_documents.hpp"
#include "api/v4/types.hpp"
#include "api/v4/vocabulary.hpp"
#include "base/program_version.hpp"
#include "grammar/parse.hpp"
#include "query/planner.hpp"
#include "query/predicates.hpp"

namespace restapi::api::v4 {
namespace {

using query::Direction;
using query::Meaning;

/// profile=… names one of the profiles of AiiDA, which are in the path here.
Answer no_profile(std::string_view resource) {
  auto answer =
      said({{"message", "specifying an explicit profile is not enabled for this REST API."}}, class_name_of(resource));
  answer.status = 400;
  answer.total = 0;
  return answer;
}

std::optional<std::int64_t> pk_of(std::string_view id) {
  std::int64_t pk = 0;
  auto const* const end = id.data() + id.size();
  auto const read = std::from_chars(id.data(), end, pk);
  return read.ec == std::errc() && read.ptr == end ? std::optional(pk) : std::nullopt;
}

/// The path names no object, or several.
Error not_one(query::ObjectPlan const& plan, store::Rows const& pks) {
  if (pks.empty())
    return {Code::no_such_object,
            vocabulary().sentences.no_such_object(plan.object.text, plan.source.view->class_name)};
  return {Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id."};
}

/// The same of a process, whose id may be its pk.
Error not_one_process(query::ObjectPlan const& plan, store::Rows const& pks) {
  auto const& id = plan.object.text;
  if (pks.empty())
    return {Code::no_such_object, "no Node found with " + std::string(is_number(id) ? "ID" : "UUID") + id};
  return not_one(plan, pks);
}

std::string word_of(ast::Literal const& literal) {
  auto const& value = literal.value;
  if (auto const* text = std::get_if<ast::String>(&value)) return text->text;
  if (auto const* word = std::get_if<ast::Word>(&value)) return word->text;
  if (auto const* truth = std::get_if<ast::Boolean>(&value)) return truth->value ? "true" : "false";
  if (auto const* number = std::get_if<ast::Integer>(&value)) return number->digits;
  return {};
}

/// The value of a key as a text, with or without quotes; empty: there is none.
std::string word_of(query::Clauses const& clauses, std::string_view key) {
  auto const* const reserved = clauses.find(key);
  std::string words;
  if (reserved != nullptr)
    for (auto const& literal : reserved->clause->literals) words += (words.empty() ? "" : ",") + word_of(literal);
  return words;
}

bool is_false(std::string_view word) { return word == "false" || word == "False" || word == "0"; }

/// Plans what is asked of a resource, for one route and one query.
class Planning {
 public:
  Planning(Found const& found, query::Clauses clauses, query::Planner planner, sql::Dialect const& dialect)
      : found_(found), clauses_(std::move(clauses)), planner_(planner), dialect_(dialect) {}

  Result<Planned> run() {
    if (auto error = take_full_type()) return *std::move(error);
    if (auto error = find_filters(clauses_, found_)) return *std::move(error);
    auto planned = plan();
    if (planned || found_.id.empty() || !knows_object()) return planned;
    // Whether there is such an object is told first.
    auto of = planner_.object(*found_.view, found_.id, {});
    if (!of) return std::move(of).error();
    auto const tell = [error = std::move(planned).error()](ObjectRow const&, ReadContext const&) -> Result<Answer> {
      return error;
    };
    return Planned(read_object(asked(), *std::move(of), {}, tell));
  }

 private:
  RouteKind kind() const { return found_.route->kind; }
  std::string_view resource() const { return found_.route->resource(); }

  // Of processes, that is told by whoever looks for them.
  bool knows_object() const {
    return resource() == "nodes" || resource() == "computers" || resource() == "groups" || resource() == "users";
  }

  ObjectRequest asked() const {
    ObjectRequest object{*found_.view, found_.id, planner_, dialect_, not_one, resource()};
    if (knows_object()) return object;
    object.not_one = not_one_process;
    object.pk = pk_of(found_.id);
    return object;
  }

  Result<Planned> plan() {
    switch (kind()) {
      case RouteKind::properties:
        return Planned(Answer{Json{properties_json(resource())}, resource()});
      case RouteKind::list:
        return list();
      case RouteKind::object:
        return object();
      case RouteKind::incoming:
        return neighbours(Direction::inputs);
      case RouteKind::outgoing:
        return neighbours(Direction::outputs);
      case RouteKind::attributes:
        return document(query::DocumentKind::attributes, "attributes_filter");
      case RouteKind::extras:
        return document(query::DocumentKind::extras, "extras_filter");
      case RouteKind::statistics:
        return statistics();
      case RouteKind::full_types:
        return Planned(read_full_types(planner_.catalog.nodes(), std::nullopt, false, dialect_));
      case RouteKind::full_types_count:
        return full_types_count();
      case RouteKind::download_formats:
        return download_formats();
      case RouteKind::tree:
        return tree();
      case RouteKind::comments:
        return planned(plan_comments(asked()));
      case RouteKind::derived_properties:
        return planned(plan_derived_properties(asked()));
      case RouteKind::report:
        return planned(plan_report(asked()));
      case RouteKind::repo_list:
        return files(plan_repo_list);
      case RouteKind::repo_contents:
        return files(plan_repo_contents);
      case RouteKind::input_files:
        return files([](ObjectRequest const& of, std::string path) {
          return plan_job_files(of, JobFiles::input, std::move(path));
        });
      case RouteKind::output_files:
        return files([](ObjectRequest const& of, std::string path) {
          return plan_job_files(of, JobFiles::output, std::move(path));
        });
      case RouteKind::download:
        return download();
      case RouteKind::endpoints:
      case RouteKind::server:
      case RouteKind::querybuilder:
        break;
    }
    return Error{Code::internal, "", "", {}, "nothing of a resource"};
  }

  /// The text behind full_type, where it acts; nothing: it is not asked for.
  Result<std::optional<std::string>> full_type_text() const {
    auto const* const reserved = resource() == "nodes" ? clauses_.find("full_type") : nullptr;
    if (reserved == nullptr) return std::optional<std::string>();
    auto const* const text = std::get_if<ast::String>(&reserved->clause->literals.front().value);
    if (text == nullptr || reserved->clause->literals.size() > 1)
      return Error{Code::wrong_type, "full_type takes a text", "for example full_type=\"data.core.dict.Dict.|\""};
    return std::optional(text->text);
  }

  /// It takes the place of filters on what it stands for.
  std::optional<Error> take_full_type() {
    if (kind() == RouteKind::download_formats) return std::nullopt;
    auto const text = full_type_text();
    if (!text) return text.error();
    if (text->value_or("").empty()) return std::nullopt;
    auto type = read_full_type(**text);
    if (!type) return std::move(type).error();
    full_type_ = *std::move(type);
    std::erase_if(clauses_.filters, [](auto const* clause) {
      return clause->path.empty() && (clause->key == "node_type" || clause->key == "process_type");
    });
    return std::nullopt;
  }

  /// What is wrong with filters and orders is told before what is wrong with numbers.
  /// JSON documents order nothing.
  std::optional<Error> find_document(query::ListPlan const& list) const {
    for (auto const& term : list.order)
      if (auto const* document = std::get_if<query::DocumentOperand>(&term.operand.of);
          document != nullptr && document->path.empty())
        return Error{
            Code::unknown_key, std::string(list.source.view->name) + " cannot be ordered by a whole JSON document",
            "what is at a path in it is possible: attributes.energy", clauses_.find(Meaning::order)->clause->offset};
    return std::nullopt;
  }
  std::optional<Error> find_document(query::NeighboursPlan const& plan) const { return find_document(plan.list); }

  template <class Plan>
  Result<Plan> keys_first(query::View const& view, Result<Plan> planned) const {
    if (planned)
      if (auto error = find_document(*planned)) return *std::move(error);
    auto error = wrong_number(planned);
    if (!error) return planned;
    auto without_numbers = clauses_;
    std::erase_if(without_numbers.reserved,
                  [](auto const& reserved) { return row_of(*reserved.key).value == ValueOf::number; });
    auto const list = planner_.list(view, without_numbers, std::nullopt);
    return list ? *std::move(error) : list.error();
  }

  /// A NULL fulfils no filter: where the language of all versions lets it, that it is there is asked for as well.
  void ask_for_values(query::Predicates& predicates) const {
    auto const count = predicates.size();
    for (std::size_t i = 0; i < count; ++i) {
      auto const* const condition = std::get_if<query::Condition>(&predicates[i].is);
      if (condition == nullptr || !condition->negated) continue;
      query::Condition is_there{condition->bound, condition->column, false, query::Presence{true}};
      predicates.push_back({std::move(is_there)});
    }
  }

  void finish(query::ListPlan& list) const {
    ask_for_values(list.predicates);
    if (!full_type_) return;
    for (auto& predicate : predicates_of(*full_type_, *list.source.bound))
      list.predicates.push_back(std::move(predicate));
  }

  std::optional<Error> no_number() const { return find_no_number(clauses_, kind()); }

  /// What is too large is told before what is no number.
  template <class Plan>
  std::optional<Error> wrong_number(Result<Plan> const& planned) const {
    return !planned && planned.error().code == Code::limit_too_large ? std::optional(planned.error()) : no_number();
  }

  Result<Planned> list() {
    auto shown = shown_of(planner_.source(*found_.view), kind(), clauses_);
    if (!shown) return std::move(shown).error();
    auto list = keys_first(*found_.view, planner_.list(*found_.view, clauses_, found_.page));
    if (!list) return std::move(list).error();
    list->projection = *std::move(shown);
    finish(*list);
    return Planned(query::ReadPlan(*std::move(list)));
  }

  Result<Planned> object() {
    auto object = planner_.object(*found_.view, found_.id, {});
    if (!object) return std::move(object).error();
    auto shown = shown_of(object->source, kind(), clauses_);
    if (!shown) return std::move(shown).error();
    object->projection = *std::move(shown);
    // limit and offset cut the one row.
    auto const window = planner_.list(*found_.view, clauses_, std::nullopt);
    if (auto error = wrong_number(window)) return *std::move(error);
    if (!window) return window.error();
    if (window->window.limit > 0 && window->window.offset == 0) return Planned(query::ReadPlan(*std::move(object)));
    auto const tell = [](ObjectRow const& row, ReadContext const&) -> Result<Answer> {
      auto const& view = *row.plan.source.view;
      return Answer{Objects{view.name, row.plan.projection, store::Rows(0)}, view.name};
    };
    return Planned(read_object(asked(), *std::move(object), {}, tell));
  }

  Result<Planned> neighbours(Direction direction) {
    auto const& view = view_of_neighbours();
    auto plan = keys_first(view, planner_.neighbours(*found_.view, found_.id, direction, view, clauses_, found_.page));
    if (!plan) return std::move(plan).error();
    finish(plan->list);
    return Planned(query::ReadPlan(*std::move(plan)));
  }

  Result<Planned> document(query::DocumentKind kind, std::string_view filter) {
    auto plan = planner_.document(*found_.view, found_.id, kind, {});
    if (!plan) return std::move(plan).error();
    if (auto const* const reserved = clauses_.find(filter)) {
      auto names = names_of(*reserved);
      if (!names) return std::move(names).error();
      plan->members = {query::Members::Choice::only, *std::move(names)};
    }
    return Planned(query::ReadPlan(*std::move(plan)));
  }

  Result<Planned> statistics() {
    if (auto error = no_number()) return *std::move(error);
    auto plan = planner_.statistics(clauses_);
    if (!plan) return std::move(plan).error();
    return Planned(query::ReadPlan(*std::move(plan)));
  }

  Result<Planned> full_types_count() {
    if (auto error = no_number()) return *std::move(error);
    auto const plan = planner_.statistics(clauses_);
    if (!plan) return plan.error();
    return Planned(read_full_types(planner_.catalog.nodes(), plan->owner, true, dialect_));
  }

  Result<Planned> download_formats() {
    if (!clauses_.find("full_type")) return Planned(read_download_formats(planner_.catalog.nodes(), dialect_));
    auto formats = formats_of_type(word_of(clauses_, "full_type"));
    if (!formats) return std::move(formats).error();
    return Planned(*std::move(formats));
  }

  /// The first of these keys that is there.
  std::int64_t number_of(std::initializer_list<std::string_view> keys, std::int64_t otherwise) const {
    for (auto const key : keys)
      if (auto const* const reserved = clauses_.find(key))
        return std::stoll(std::get<ast::Integer>(reserved->clause->literals.front().value).digits);
    return otherwise;
  }

  Result<Planned> tree() {
    if (auto error = no_number()) return *std::move(error);
    TreeLimits limits;
    limits.incoming = number_of({"in_limit", "tree_in_limit"}, limits.incoming);
    limits.outgoing = number_of({"out_limit", "tree_out_limit"}, limits.outgoing);
    return planned(plan_tree(asked(), limits));
  }

  static Result<Planned> planned(Result<std::unique_ptr<PendingRead>> pending) {
    if (!pending) return std::move(pending).error();
    return Planned(*std::move(pending));
  }

  Result<Planned> files(PlannedRead (*plan_of)(ObjectRequest const&, std::string)) const {
    std::string path;
    if (auto const* const reserved = clauses_.find("filename")) {
      auto names = names_of(*reserved);
      if (!names || names->size() != 1)
        return Error{Code::wrong_type, "filename takes the path of one file", "for example filename=\"raw/out.txt\""};
      path = std::move(names->front());
    }
    return planned(plan_of(asked(), std::move(path)));
  }

  Result<Planned> download() const {
    return planned(plan_download(
        asked(), {word_of(clauses_, "download_format"), is_false(word_of(clauses_, "download")),
                  "The available download formats can be queried using the /nodes/download_formats/ endpoint."}));
  }

  Found const& found_;
  query::Clauses clauses_;
  std::optional<FullType> full_type_ = {};
  query::Planner const planner_;
  sql::Dialect const& dialect_;
};

std::string no_hint(query::View const&, http::Target const&) { return {}; }

}  // namespace

Result<Planned> prepare(Found const& found, http::Target const& target, model::Catalog const& catalog,
                        query::Policy const& policy, sql::Dialect const& dialect) {
  auto const kind = found.route->kind;
  auto query = grammar::parse(has_plain_filename(kind) ? with_quoted_filename(target.query) : target.decoded_query,
                              grammar::Tolerance::lenient);
  if (!query) return std::move(query).error();
  bool const is_of_links = kind == RouteKind::incoming || kind == RouteKind::outgoing;
  auto const& view = is_of_links ? view_of_neighbours() : found.view ? *found.view : vocabulary().nodes();
  rewrite(*query, view);
  if (auto error = find_impossible_time(*query)) return *std::move(error);
  auto clauses = query::sort_out(*query, vocabulary());
  if (!clauses) return std::move(clauses).error();
  if (clauses->find("profile")) return Planned(no_profile(found.route->resource()));
  std::erase_if(clauses->reserved, [](auto const& each) {
    auto const* const text = std::get_if<ast::String>(&each.clause->literals.front().value);
    return each.key->name == "full_type" && text != nullptr && text->text.empty();  // as if it were not there
  });
  // A key of two routes; elsewhere it would be a filter, and there is none of that name.
  bool const is_counted = kind == RouteKind::statistics || kind == RouteKind::full_types_count;
  if (auto const* const owner = clauses->find(Meaning::owner); owner && !is_counted) {
    clauses->filters.push_back(owner->clause);
    std::erase_if(clauses->reserved, [](auto const& each) { return each.key->meaning == Meaning::owner; });
  }
  if (auto error = find_conflict(*clauses, found)) return *std::move(error);
  return Planning(found, *std::move(clauses), {vocabulary(), catalog, policy}, dialect).run();
}

Result<Planned> prepare_posted(std::string_view method, std::string_view body, http::Target const& target,
                               model::Catalog const& catalog, query::Policy const& policy,
                               sql::Dialect const& dialect) {
  if (is_read(method)) {
    auto answer = said({{"message",
                         "Method Not Allowed. Use HTTP POST requests to use the AiiDA QueryBuilder: the body is a "
                         "JSON object, what QueryBuilder().as_dict() gives, with the keys path, project, filters, "
                         "order_by, limit, offset and distinct."}},
                       "QueryBuilder");
    answer.status = 405;
    return Planned(std::move(answer));
  }
  auto const query = grammar::parse(target.decoded_query, grammar::Tolerance::lenient);
  bool const names_profile =
      query && std::ranges::any_of(query->clauses, [](auto const& clause) { return clause.key == "profile"; });
  if (names_profile) return Planned(no_profile("querybuilder"));
  auto plan = querybuilder::read_query(body, catalog, policy);
  if (plan) return Planned(querybuilder::pending_query(*std::move(plan), querybuilder::usual_most_rows, dialect));
  auto error = std::move(plan).error();
  // Of the body, not of the query string.
  if (error.code == Code::syntax || error.code == Code::repeated_key) error.code = Code::malformed_request;
  return error;
}

Answer about_server(RouteKind kind, bool has_posting) {
  if (kind == RouteKind::endpoints) return said({{"available_endpoints", endpoints(has_posting)}}, "Info");
  return said({{"API_major_version", "4"},
               {"API_minor_version", "1"},
               {"API_revision_version", "0"},
               {"API_prefix", prefix},
               {"AiiDA_version", "2.8.0"},
               {"server", "restapi==" + std::string(program_version())}},
              "Info");
}

PlanWords const& words() {
  static constexpr PlanWords words{"incoming", "outgoing", 0, not_one, no_hint};
  return words;
}

}  // namespace restapi::api::v4
