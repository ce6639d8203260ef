// SPDX-License-Identifier: MIT
/// Random filters and orders for tests that compare answers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/v2/vocabulary.hpp"
#include "base/utf8.hpp"
#include "grammar/operators.hpp"
#include "grammar/print.hpp"
#include "http/target.hpp"
#include "model/accepted_operators.hpp"
#include "support/query_generator.hpp"

namespace restapi::test {

/// Random queries that mostly mean something: keys of a resource, operators of their types, values near those in
/// tests/fixtures. The same seed gives the same sequence everywhere.
class MeaningfulQueries {
 public:
  MeaningfulQueries(std::string_view seed, query::View const& view) : dice_(seed), view_(view) {}

  /// Of a column.
  ast::Clause filter() { return filter_of(view_); }

  /// Now and then of a row that is related, or of one that is related to that.
  ast::Clause far_filter() {
    std::vector<std::string> keys;
    auto const* view = &view_;
    while (keys.size() < 2 && dice_.one_in(2)) {
      std::vector<model::Relation const*> relations;
      for (auto const& relation : model::relations())
        if (relation.from == (view->resource->is_node ? "nodes" : view->name)) relations.push_back(&relation);
      if (relations.empty()) break;
      auto const& relation = *dice_.pick(relations);
      keys.emplace_back(relation.name);
      view = &api::v2::vocabulary().view_of(relation);
      if (!relation.has_link || !dice_.one_in(4)) continue;
      keys.emplace_back("link");
      view = &api::v2::vocabulary().view_of_links();
      break;
    }
    auto clause = view->resource->documents.empty() || dice_.one_in(2) ? filter_of(*view) : document_filter(*view);
    keys.push_back(clause.key);
    clause.key = keys.front();
    for (auto key = keys.rbegin(); key + 1 != keys.rend(); ++key) clause.path.insert(clause.path.begin(), {*key});
    return clause;
  }

  /// With groups at most so deep.
  ast::Query query(std::size_t depth) {
    ast::Query result;
    for (auto count = 1 + dice_.below(2); count > 0; --count) result.clauses.push_back(far_filter());
    if (depth > 0 && dice_.one_in(2)) result.groups.push_back(group(depth));
    return result;
  }

  ast::Group group(std::size_t depth) {
    ast::Group group{{}, dice_.one_in(3)};
    for (auto count = 1 + dice_.below(3); count > 0; --count) group.alternatives.push_back(query(depth - 1));
    return group;
  }

 private:
  ast::Clause document_filter(query::View const& view) {
    auto const& documents = view.resource->documents;
    ast::Clause clause{
        std::string(documents[dice_.below(documents.size())].name), {dice_.pick(steps_)}, dice_.pick(operators_), {}};
    while (dice_.one_in(3)) clause.path.push_back(dice_.pick(steps_));
    auto const family = grammar::row_of(clause.comparison).family;
    for (auto count = values_after(family); count > 0; --count) clause.literals.push_back(json_literal(family));
    return clause;
  }

  ast::Literal json_literal(grammar::Family family) {
    if (family == grammar::Family::length) return {ast::Integer{std::to_string(dice_.below(5))}};
    if (family == grammar::Family::json_type) return {ast::Word{dice_.pick(json_types_)}};
    if (family == grammar::Family::presence || family == grammar::Family::beginning ||
        family == grammar::Family::pattern)
      return literal(model::Type::text, family);
    if (family == grammar::Family::member) return {ast::String{dice_.pick(steps_).text}};
    switch (dice_.below(4)) {
      case 0:
        return {ast::Boolean{dice_.one_in(2)}};
      case 1:
        return {ast::String{dice_.pick(json_texts_)}};
      case 2:
        return {ast::Integer{dice_.pick(json_integers_)}};
      default:
        return {ast::Word{dice_.pick(json_numbers_)}};
    }
  }

  ast::Clause filter_of(query::View const& view) {
    while (true) {
      auto const& field = view.fields[dice_.below(view.fields.size())];
      if (field.use == query::Use::private_filter) continue;
      auto const type = field.type;
      auto const comparison = dice_.pick(operators_);
      if (!model::accepts(type, comparison)) continue;
      ast::Clause clause{std::string(field.name), {}, comparison, {}};
      auto const family = grammar::row_of(comparison).family;
      for (auto count = values_after(family); count > 0; --count) clause.literals.push_back(literal(type, family));
      return clause;
    }
  }

 public:
  std::vector<ast::Clause> filters() {
    std::vector<ast::Clause> clauses;
    for (auto count = 1 + dice_.below(3); count > 0; --count) clauses.push_back(filter());
    return clauses;
  }

  /// Up to three keys with signs; empty: none.
  std::string order() {
    std::string text;
    for (auto count = dice_.below(4); count > 0; --count) {
      auto const& field = view_.fields[dice_.below(view_.fields.size())];
      if (!query::is_sortable(field)) continue;
      text += (text.empty() ? "" : ",") + std::string(dice_.one_in(2) ? "-" : "") + std::string(field.name);
    }
    return text;
  }

 private:
  std::size_t values_after(grammar::Family family) {
    switch (family) {
      case grammar::Family::equality:
      case grammar::Family::order:
      case grammar::Family::pattern:
      case grammar::Family::presence:
      case grammar::Family::beginning:
      case grammar::Family::member:
      case grammar::Family::length:
      case grammar::Family::json_type:
        return 1;
      case grammar::Family::membership:
      case grammar::Family::elements:
        break;
    }
    return 1 + dice_.below(4);
  }

  ast::Literal literal(model::Type type, grammar::Family family) {
    if (family == grammar::Family::presence) return {ast::Word{dice_.one_in(2) ? "null" : "notnull"}};
    if (family == grammar::Family::beginning) {
      auto beginning = text();
      beginning.resize(dice_.below(beginning.size() + 1));
      return {ast::String{utf8::is_valid(beginning) ? beginning : ""}};
    }
    switch (type) {
      case model::Type::integer:
        if (dice_.one_in(4)) return {ast::Integer{dice_.pick(far_integers_)}};
        return {ast::Integer{std::to_string(dice_.below(100))}};
      case model::Type::boolean:
        return {ast::Boolean{dice_.one_in(2)}};
      case model::Type::datetime:
        return {date_time()};
      default:
        return {ast::String{family == grammar::Family::pattern ? pattern() : text()}};
    }
  }

  std::string text() { return dice_.pick(texts_); }

  // A stored text with characters replaced by wildcards, or pieces in any order.
  std::string pattern() {
    if (dice_.one_in(3)) {
      std::string result;
      for (auto count = dice_.below(8); count > 0; --count) result += dice_.pick(pieces_);
      return result;
    }
    auto result = text();
    for (auto count = 1 + dice_.below(4); count > 0 && !result.empty(); --count) {
      auto const place = dice_.below(result.size());
      if (static_cast<unsigned char>(result[place]) >= 0x80) continue;
      if (dice_.one_in(3))
        result.insert(place, dice_.pick(wildcards_));
      else
        result.replace(place, 1, dice_.pick(wildcards_));
    }
    return result;
  }

  ast::DateTime date_time() {
    auto time = dice_.pick(times_);
    switch (dice_.below(5)) {
      case 0:
        time.hour = time.minute = time.second = std::nullopt;
        time.fraction.clear();
        break;
      case 1:
        time.minute = time.second = std::nullopt;
        time.fraction.clear();
        break;
      case 2:
        time.second = std::nullopt;
        time.fraction.clear();
        break;
      case 3:
        time.fraction.resize(dice_.below(time.fraction.size() + 1));
        break;
      default:
        break;
    }
    if (time.hour && dice_.one_in(3)) time.shift_minutes = static_cast<int>(dice_.below(24 * 60)) - 12 * 60;
    return time;
  }

  static std::vector<ast::Operator> all() {
    std::vector<ast::Operator> operators;
    for (auto const& row : grammar::operators_in_order) operators.push_back(row.comparison);
    return operators;
  }

  QueryGenerator dice_;
  query::View const& view_;
  std::vector<ast::Operator> operators_ = all();
  std::vector<ast::Step> steps_{{"value"},
                                {"value"},
                                {"value"},
                                {"process_state"},
                                {"state"},
                                {"exit_status"},
                                {"volume"},
                                {"mesh"},
                                {"cell"},
                                {"kinds"},
                                {"sites"},
                                {"symbols"},
                                {"name"},
                                {"0"},
                                {"1"},
                                {"0"},
                                {"0", true},
                                {"units", true},
                                {"a b", true},
                                {"", true},
                                {"\xD0\xBA\xD0\xBB\xD1\x8E\xD1\x87", true}};
  std::vector<std::string> json_types_{"object", "array", "string", "number", "boolean", "null"};
  std::vector<std::string> json_texts_{"", "m", "finished", "\xC3\xA9", "~", "2", "true", "angstrom^3", "a\\b", "Si"};
  std::vector<std::string> json_integers_{"0", "1", "2", "36", "39", "-3", "9007199254740992", "9007199254740993"};
  std::vector<std::string> json_numbers_{"2.0", "0.20e+1", "63.9999980265116",  "1e300",
                                         "0.0", "3.5e1",   "9007199254740993.0"};
  std::vector<std::string> far_integers_{
      "-1", "386912", "386913", "2147483648", "9223372036854775807", "-9223372036854775808"};
  std::vector<std::string> texts_{"",
                                  "m",
                                  "M",
                                  "Ma",
                                  "\xC3\xA9",
                                  "\xC3\x89",
                                  "~",
                                  "_",
                                  "%",
                                  "a\\b",
                                  "aiida",
                                  "AiiDA",
                                  "slurm",
                                  "core.slurm",
                                  "FINISHED",
                                  "finished",
                                  "IMPORTED",
                                  "Khan",
                                  "Zo\xC3\xAB",
                                  "data.",
                                  "data.core.str.Str.",
                                  "data.array.kpoints.KpointsData.",
                                  "calculation.job.quantumespresso.pw.PwCalculation.",
                                  "it's \"50%\" of a_b\\c",
                                  "This calculation is 100% useful",
                                  "{}",
                                  "shared",
                                  "100%_\\o/",
                                  "cdfd48f9-7ed2-4969-ba06-09c752b83d2a",
                                  "17735b6b-1ebe-426b-809e-0b8e639115f0",
                                  "5a5a5a5a",
                                  "(a|b)*[^c]+?{2}$^.\\d"};
  std::vector<std::string> wildcards_{"%", "_", "__", "%_", "\\", "\\%", "\\_", "\\\\", ".", "*", "[", "("};
  std::vector<std::string> pieces_{"%", "_",   "\\",  "\\%", "\\_",      "a",  "A", "i",    "data",
                                   ".", "*",   "+",   "?",   "[a]",      "(",  ")", "|",    "^",
                                   "$", "{2}", "\\d", "'",   "\xC3\xA9", "\"", " ", "calc", "\xF0\x9F\xA7\xAA",
                                   "0", "-"};
  std::vector<ast::DateTime> times_{
      {2016, 4, 23, 5, 44, 59, "999999"},   {2016, 4, 23, 5, 45, 0, "000000"},  {2016, 4, 29, 19, 24, 12, "999999"},
      {2015, 12, 31, 23, 59, 59, "999999"}, {2016, 1, 25, 14, 35, 0, "400000"}, {2024, 2, 29, 23, 59, 59, "999999"},
      {2024, 3, 1, 0, 0, 0, "000000"},      {2024, 3, 1, 0, 0, 0, "500000"},    {2024, 3, 1, 5, 45, 59, "999999"},
      {2024, 12, 31, 23, 59, 59, "999999"}, {2016, 8, 12, 7, 2, 41, "000001"},  {1, 1, 1, 0, 0, 0, "0"},
      {9999, 12, 31, 23, 59, 59, "9"}};
};

/// The target that lists the resource with these filters, and `rest` behind them.
inline std::string target_of(query::View const& view, ast::Query const& filters, std::string const& rest = {}) {
  auto query = grammar::print(filters);
  if (!rest.empty()) query += (query.empty() ? "" : "&") + rest;
  return "/api/v2/" + std::string(view.name) + "?" + http::percent_encode(query);
}

inline std::string target_of(query::View const& view, std::vector<ast::Clause> const& clauses,
                             std::string const& rest = {}) {
  return target_of(view, ast::Query{clauses}, rest);
}

}  // namespace restapi::test
