// SPDX-License-Identifier: MIT
#include "api/v4/shown_documents.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "query/document_filters.hpp"
#include "query/projected_fields.hpp"

namespace restapi::api::v4 {
namespace {

/// A document that every row of a resource has.
struct OwnDocument {
  std::string_view resource, document;
};

constexpr OwnDocument own_documents[] = {{"computers", "metadata"}, {"groups", "extras"}};

/// One that a client asks for.
struct AskedDocument {
  std::string_view document;  ///< also the key that asks for it
  std::string_view filter;    ///< the key that chooses its members
};

constexpr AskedDocument asked_documents[] = {{"attributes", "attributes_filter"}, {"extras", "extras_filter"}};

/// true or false; nothing: neither.
std::optional<bool> truth_of(ast::Clause const& clause) {
  if (clause.literals.size() != 1) return std::nullopt;
  auto const* const truth = std::get_if<ast::Boolean>(&clause.literals.front().value);
  return truth != nullptr ? std::optional(truth->value) : std::nullopt;
}

query::Path path_of(std::string_view name) {
  query::Path path;
  for (bool more = true; more;) {
    auto const point = name.find('.');
    path.push_back({std::string(name.substr(0, point))});
    more = point != name.npos;
    if (more) name.remove_prefix(point + 1);
  }
  return path;
}

Error too_many(std::string_view key, std::string_view what, std::size_t most) {
  return {Code::out_of_range, std::string(key) + " has too many " + std::string(what),
          "at most " + std::to_string(most)};
}

/// The members of a document that are wanted, each once.
std::optional<Error> add_members(std::vector<query::Shown>& fields, AskedDocument const& asked,
                                 model::Document const* document, query::Clauses::Reserved const& filter) {
  auto names = names_of(filter);
  if (!names) return std::move(names).error();
  std::ranges::sort(*names);
  names->erase(std::unique(names->begin(), names->end()), names->end());
  for (auto& name : *names) {
    auto path = path_of(name);
    if (path.size() > query::max_steps) return too_many(asked.filter, "points in a name", query::max_steps);
    query::Shown shown{std::move(name), {}, {}, {query::DocumentOperand{document, std::move(path), false}}};
    shown.object = asked.document;
    fields.push_back(std::move(shown));
  }
  if (fields.size() > query::max_fields) return too_many(asked.filter, "names", query::max_fields);
  return std::nullopt;
}

query::Shown whole(std::string_view name, model::Document const* document) {
  return {std::string(name), {}, {}, {query::DocumentOperand{document, {}, false}}};
}

}  // namespace

Result<std::vector<std::string>> names_of(query::Clauses::Reserved const& reserved) {
  std::vector<std::string> names;
  for (auto const& literal : reserved.clause->literals) {
    if (auto const* text = std::get_if<ast::String>(&literal.value)) {
      names.push_back(text->text);
    } else if (auto const* word = std::get_if<ast::Word>(&literal.value); word && word->sign == 0) {
      names.push_back(word->text);
    } else if (auto const* integer = std::get_if<ast::Integer>(&literal.value)) {
      names.push_back(integer->digits);
    } else if (auto const* truth = std::get_if<ast::Boolean>(&literal.value)) {
      names.emplace_back(truth->value ? "true" : "false");
    } else {
      auto const key = std::string(reserved.key->name);
      return Error{Code::wrong_type, key + " takes names", "for example " + key + "=cell,\"array|bands\"",
                   literal.offset};
    }
  }
  return names;
}

Result<std::shared_ptr<query::Projection const>> shown_of(query::Source const& source, RouteKind kind,
                                                          query::Clauses const& clauses) {
  auto const& view = *source.view;
  std::vector<query::Shown> fields;
  for (auto const& own : own_documents)
    if (own.resource == view.name) fields.push_back(whole(own.document, source.bound->find_document(own.document)));
  if (view.resource->is_node && (kind == RouteKind::list || kind == RouteKind::object)) {
    for (auto const& asked : asked_documents) {
      auto const* const wanted = clauses.find(asked.document);
      if (wanted == nullptr) continue;
      auto const truth = truth_of(*wanted->clause);
      if (!truth)
        return Error{Code::wrong_type,
                     "The " + std::string(asked.document) + " filter is false by default and can only be set to true."};
      if (!*truth) continue;
      auto const* const document = source.bound->find_document(asked.document);
      auto const* const filter = clauses.find(asked.filter);
      if (filter == nullptr)
        fields.push_back(whole(asked.document, document));
      else if (auto error = add_members(fields, asked, document, *filter))
        return *std::move(error);
    }
  }
  if (fields.empty()) return view.projection;
  fields.insert(fields.end(), view.projection->fields.begin(), view.projection->fields.end());
  return std::make_shared<query::Projection const>(std::move(fields));
}

}  // namespace restapi::api::v4
