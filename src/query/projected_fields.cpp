// SPDX-License-Identifier: MIT
#include "query/projected_fields.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/suggest.hpp"
#include "grammar/parse.hpp"
#include "query/document_filters.hpp"
#include "query/filters.hpp"

namespace restapi::query {
namespace {

constexpr std::string_view degree = "degree";

/// Everything that a name may be or begin with.
std::vector<std::string_view> known_names(Source const& source) {
  auto names = sort_keys(*source.view);
  auto const& resource = *source.view->resource;
  for (auto const* document : source.bound->documents) names.push_back(document->name);
  for (auto const& relation : model::relations())
    if (relation.arity == model::Arity::one && relation_of(source, relation.name) == &relation)
      names.push_back(relation.name);
  if (resource.is_node) names.push_back(degree);
  return names;
}

/// Reads one name.
class FieldReader {
 public:
  FieldReader(std::string_view written, std::size_t offset, Source const& source, Planner const& planner)
      : written_(written), offset_(offset), source_(source), planner_(planner) {}

  Result<Shown> run() const {
    auto const key = grammar::parse_key(written_);
    if (!key) return unknown(written_, source_);
    if (auto const* relation = relation_of(source_, key->name); relation != nullptr && !key->path.empty())
      return of_related(*relation, *key);
    return of_row(key->name, key->path, source_, nullptr);
  }

 private:
  Error unknown(std::string_view name, Source const& source) const {
    auto const* const relation = relation_of(source, name);
    bool const has_fields = relation != nullptr && relation->arity == model::Arity::one;
    return {Code::unknown_key,
            std::string(source.view->name) + " has no field \"" + std::string(name.substr(0, 64)) + "\"",
            has_fields ? "name a field of the " + std::string(name) + ": " + std::string(name) + ".id"
                       : suggest(name, known_names(source)),
            offset_};
  }

  Result<Shown> of_related(model::Relation const& relation, ast::Key const& key) const {
    auto const& first = key.path.front();
    if (relation.arity != model::Arity::one)
      return Error{Code::unknown_key,
                   std::string(source_.view->name) + " may have several of \"" + std::string(relation.name) + "\"",
                   "fields are of the row, or of the one row that it is related to", offset_};
    if (!planner_.catalog.has(relation)) return unknown(key.name, source_);
    auto const related = planner_.source(planner_.vocabulary.view_of(relation));
    return of_row(first.text, std::span(key.path).subspan(1), related, &relation);
  }

  Result<Shown> of_row(std::string_view name, std::span<ast::Step const> path, Source const& source,
                       model::Relation const* through) const {
    auto const& resource = *source.view->resource;
    if (auto const* document = source.bound->find_document(name)) {
      if (path.size() > max_steps)
        return Error{Code::out_of_range, "the path has too many steps", "at most " + std::to_string(max_steps),
                     offset_};
      return shown({}, {DocumentOperand{document, {path.begin(), path.end()}}, through});
    }
    if (path.empty() && name == degree && resource.is_node && through == nullptr) return shown({}, {DegreeOperand{}});
    auto const* field = find(name, source, through != nullptr);
    if (field == nullptr) return unknown(name, source);
    if (!path.empty())
      return Error{Code::unknown_key, "nothing stands behind " + std::string(name.substr(0, 64)),
                   std::string(name.substr(0, 64)) + " is a field without parts", offset_};
    if (field->use == Use::private_filter)
      return Error{Code::private_key, std::string(name) + " is private and is never shown", "", offset_};
    if (!may_be_shown(*field) || field->relation != nullptr) return unknown(name, source);
    auto const* const other = through != nullptr  ? source.bound
                              : field->is_of_link ? planner_.catalog.find(field->resource->name)
                                                  : nullptr;
    return shown(field->type, {ColumnOperand{field->index, other}, through});
  }

  /// Behind a relation, AiiDA's own name is known as well, as in filters.
  Field const* find(std::string_view name, Source const& source, bool is_related) const {
    auto const* field = source.view->find(planner_.vocabulary.canonical(name));
    if (field != nullptr || !is_related) return field;
    auto const& fields = source.view->fields;
    auto const by_column = std::ranges::find(fields, name, &Field::column);
    return by_column == fields.end() ? nullptr : &*by_column;
  }

  Shown shown(std::optional<model::Type> type, Operand operand) const {
    return {std::string(written_), {}, type, std::move(operand)};
  }

  std::string_view const written_;
  std::size_t const offset_;
  Source const& source_;
  Planner const& planner_;
};

/// What is written, with or without quotes; nothing: no name.
std::optional<std::string_view> name_of(ast::Literal const& literal) {
  if (auto const* word = std::get_if<ast::Word>(&literal.value); word && word->sign == 0) return word->text;
  if (auto const* text = std::get_if<ast::String>(&literal.value)) return text->text;
  return std::nullopt;
}

}  // namespace

Result<Shown> read_field(std::string_view written, std::size_t offset, Source const& source, Planner const& planner) {
  return FieldReader(written, offset, source, planner).run();
}

Result<std::shared_ptr<Projection const>> read_projection(ast::Clause const& clause, Source const& source,
                                                          Planner const& planner) {
  std::vector<Shown> fields;
  auto const add = [&](Shown field) {
    if (std::ranges::find(fields, field.name, &Shown::name) == fields.end()) fields.push_back(std::move(field));
  };
  for (auto const& literal : clause.literals) {
    auto const name = name_of(literal);
    if (!name)
      return Error{Code::wrong_type, clause.key + " takes names of fields",
                   "for example " + clause.key + "=id,label,attributes.energy", literal.offset};
    if (*name == "*") {
      for (auto const& field : source.view->projection->fields) add(field);
    } else {
      auto field = read_field(*name, literal.offset, source, planner);
      if (!field) return std::move(field).error();
      add(*std::move(field));
    }
    if (fields.size() > max_fields)
      return Error{Code::out_of_range, clause.key + " has too many names", "at most " + std::to_string(max_fields),
                   literal.offset};
  }
  return std::make_shared<Projection const>(std::move(fields));
}

}  // namespace restapi::query
