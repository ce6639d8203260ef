// SPDX-License-Identifier: MIT
#include "api/v4/rewritten.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/v4/vocabulary.hpp"
#include "grammar/operators.hpp"
#include "grammar/parse.hpp"
#include "query/convert.hpp"

namespace restapi::api::v4 {
namespace {

using ast::Operator;
using grammar::Family;
using model::Type;

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t longest = 64;  // characters of a number, or of a time

/// A number as columns of integers are compared with it.
struct Number {
  enum class Place { below, among, above } place;  ///< of the integers that there are
  std::int64_t floor = 0;                          ///< among them: the greatest that is not greater
  bool is_whole = true;
};

/// What is written, with or without quotes.
std::string text_of(ast::Literal const& literal) {
  if (auto const* integer = std::get_if<ast::Integer>(&literal.value)) return integer->digits;
  if (auto const* text = std::get_if<ast::String>(&literal.value)) return text->text;
  auto const* const word = std::get_if<ast::Word>(&literal.value);
  if (word == nullptr) return {};
  return word->sign == 0 ? word->text : word->sign + word->text;
}

std::optional<Number> number_of(ast::Literal const& literal) {
  auto const text = text_of(literal);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  bool const has_digit = std::ranges::any_of(digits, [](char byte) { return byte >= '0' && byte <= '9'; });
  bool const is_plain = digits.find_first_not_of("+-.eE0123456789") == digits.npos;
  if (!has_digit || !is_plain || (text.size() > longest && digits.find_first_not_of("-0123456789") != digits.npos))
    return std::nullopt;
  auto const* const end = digits.data() + digits.size();
  using Place = Number::Place;
  std::int64_t whole = 0;
  auto const integer = std::from_chars(digits.data(), end, whole);
  if (integer.ptr == end && integer.ec == std::errc()) return Number{Place::among, whole};
  auto const outside = [&](bool is_negative) { return Number{is_negative ? Place::below : Place::above}; };
  if (integer.ptr == end) return outside(digits.starts_with('-'));
  double value = 0;
  auto const real = std::from_chars(digits.data(), end, value);
  if (real.ptr != end) return std::nullopt;
  if (real.ec == std::errc::result_out_of_range) {
    bool const is_tiny = digits.find("e-") != digits.npos || digits.find("E-") != digits.npos;
    return is_tiny ? Number{Place::among, digits.starts_with('-') ? -1 : 0, false} : outside(digits.starts_with('-'));
  }
  constexpr double two_to_63 = 9223372036854775808.0;
  if (value >= two_to_63 || value < -two_to_63) return outside(value < 0);
  auto const floor = std::floor(value);
  return Number{Place::among, static_cast<std::int64_t>(floor), floor == value};
}

void put(ast::Literal& literal, std::int64_t number) { literal.value = ast::Integer{std::to_string(number)}; }

/// A comparison that all integers fulfil, or none.
void decide(ast::Clause& clause, bool is_fulfilled) {
  clause.comparison = is_fulfilled ? Operator::greater_equal : Operator::less;
  clause.literals.resize(1);
  put(clause.literals.front(), least);
}

void rewrite_order_of_integers(ast::Clause& clause) {
  auto& literal = clause.literals.front();
  auto const number = clause.literals.size() == 1 ? number_of(literal) : std::nullopt;
  if (!number) return;
  bool const is_less = clause.comparison == Operator::less || clause.comparison == Operator::less_equal;
  if (number->place != Number::Place::among) return decide(clause, is_less == (number->place == Number::Place::above));
  if (!number->is_whole) clause.comparison = is_less ? Operator::less_equal : Operator::greater;
  put(literal, number->floor);
}

void rewrite_equality_of_integers(ast::Clause& clause) {
  auto const family = grammar::row_of(clause.comparison).family;
  if (family == Family::equality && clause.literals.size() > 1) return;
  std::vector<ast::Literal> kept;
  for (auto& literal : clause.literals) {
    auto const number = number_of(literal);
    if (!number) return;  // the planner says what is wrong with it
    if (number->place != Number::Place::among || !number->is_whole) continue;
    put(literal, number->floor);
    kept.push_back(literal);
  }
  if (kept.empty()) return decide(clause, grammar::row_of(clause.comparison).is_negated);
  clause.literals = std::move(kept);
}

/// A time in quotes is an instant, whatever is left out.
void rewrite_time(ast::Literal& literal) {
  auto const* const written = std::get_if<ast::String>(&literal.value);
  if (written == nullptr || written->text.size() > longest) return;
  auto text = written->text;
  constexpr std::size_t end_of_day = 10, digits_of_fraction = 6;
  if (text.size() > end_of_day && text[end_of_day] == ' ') text[end_of_day] = 'T';
  auto const query = grammar::parse("key=" + text);
  if (!query || query->clauses.size() != 1 || query->clauses[0].literals.size() != 1) return;
  auto const* const time = std::get_if<ast::DateTime>(&query->clauses[0].literals[0].value);
  if (time == nullptr) return;
  auto instant = *time;
  instant.hour = instant.hour.value_or(0);
  instant.minute = instant.minute.value_or(0);
  instant.second = instant.second.value_or(0);
  if (instant.fraction.size() < digits_of_fraction) instant.fraction.resize(digits_of_fraction, '0');
  literal.value = std::move(instant);
}

// What AiiDA 1 called the label.
std::string_view today(std::string_view key, query::View const& view) {
  bool const has_name = view.name == "computers" || view.name == "groups";
  if (key == "name" && has_name) return "label";
  if (key == "type" && view.name == "groups") return "type_string";
  return vocabulary().canonical(key);
}

void rewrite_filter(ast::Clause& clause, query::View const& view) {
  if (!clause.path.empty()) return;
  clause.key = today(clause.key, view);
  auto const* const field = view.find(clause.key);
  if (field == nullptr) return;
  auto const family = grammar::row_of(clause.comparison).family;
  if (field->type == Type::datetime)
    for (auto& literal : clause.literals) rewrite_time(literal);
  if (field->type != Type::integer) return;
  if (family == Family::order) rewrite_order_of_integers(clause);
  if (family == Family::equality || family == Family::membership) rewrite_equality_of_integers(clause);
}

/// orderby="-ctime,id": the words between the quotes.
void rewrite_names(ast::Clause& clause, query::View const& view) {
  std::vector<ast::Literal> words;
  auto const add = [&](std::string_view name, char sign, std::size_t offset) {
    words.push_back({ast::Word{std::string(today(name, view)), sign}, offset});
  };
  for (auto const& literal : clause.literals) {
    if (auto const* word = std::get_if<ast::Word>(&literal.value)) {
      add(word->text, word->sign, literal.offset);
    } else if (auto const* text = std::get_if<ast::String>(&literal.value)) {
      std::string_view rest = text->text;
      for (bool more = true; more;) {
        auto const comma = rest.find(',');
        auto name = rest.substr(0, comma);
        more = comma != rest.npos;
        if (more) rest.remove_prefix(comma + 1);
        char const sign = name.starts_with('-') || name.starts_with('+') ? name.front() : '\0';
        if (sign != 0) name.remove_prefix(1);
        add(name, sign, literal.offset);
      }
    } else {
      words.push_back(literal);
    }
  }
  clause.literals = std::move(words);
}

void rewrite_number(ast::Clause& clause) {
  auto& literal = clause.literals.front();
  auto const number = clause.literals.size() == 1 ? number_of(literal) : std::nullopt;
  if (!number) return;
  using Place = Number::Place;
  auto const cut = number->floor < 0 && !number->is_whole ? number->floor + 1 : number->floor;
  put(literal, number->place == Place::above ? most : number->place == Place::below ? least : cut);
}

/// A number that is no pk is nobody's.
void rewrite_owner(ast::Clause& clause) {
  auto& literal = clause.literals.front();
  auto const number = clause.literals.size() == 1 ? number_of(literal) : std::nullopt;
  if (!number) return;
  bool const is_pk = number->place == Number::Place::among && number->is_whole && number->floor >= 0;
  put(literal, is_pk ? number->floor : least);
}

template <class Act>
void for_each_clause(ast::Query& query, Act const& act) {
  for (auto& clause : query.clauses) act(clause);
  for (auto& group : query.groups)
    for (auto& alternative : group.alternatives) for_each_clause(alternative, act);
}

template <class Find>
std::optional<Error> first_error(ast::Query const& query, Find const& find) {
  for (auto const& clause : query.clauses)
    if (auto error = find(clause)) return error;
  for (auto const& group : query.groups)
    for (auto const& alternative : group.alternatives)
      if (auto error = first_error(alternative, find)) return error;
  return std::nullopt;
}

}  // namespace

void rewrite(ast::Query& query, query::View const& view) {
  for_each_clause(query, [&view](ast::Clause& clause) {
    auto const* const key = clause.path.empty() ? vocabulary().find_key(clause.key) : nullptr;
    if (key == nullptr) return rewrite_filter(clause, view);
    if (key->meaning == query::Meaning::order) return rewrite_names(clause, view);
    if (row_of(*key).value != ValueOf::number) return;
    key->meaning == query::Meaning::owner ? rewrite_owner(clause) : rewrite_number(clause);
  });
}

std::optional<Error> find_impossible_time(ast::Query const& query) {
  return first_error(query, [](ast::Clause const& clause) -> std::optional<Error> {
    for (auto const& literal : clause.literals) {
      if (!std::holds_alternative<ast::DateTime>(literal.value)) continue;
      auto interval = query::to_interval(literal, clause.key);
      if (interval) continue;
      auto error = std::move(interval).error();
      return Error{Code::syntax,
                   "time value has wrong format. The right format is <date>T<time><offset>; " + error.message,
                   std::move(error.hint)};
    }
    return std::nullopt;
  });
}

std::optional<Error> find_no_number(query::Clauses const& clauses, RouteKind kind) {
  for (auto const& [key, clause] : clauses.reserved) {
    auto const& row = row_of(*key);
    if (row.value != ValueOf::number || !row.acts_at(kind)) continue;
    auto const* const integer = std::get_if<ast::Integer>(&clause->literals.front().value);
    auto const wrong = [&](std::string_view hint) {
      return Error{Code::wrong_type, std::string(row.spoken) + " must be an integer", std::string(hint)};
    };
    if (integer == nullptr || clause->literals.size() > 1)
      return wrong("for example " + std::string(key->name) + "=20");
    auto const number = number_of(clause->literals.front());
    bool const has_least = key->meaning != query::Meaning::owner;
    if (!number || (has_least && (number->floor < row.least || number->place == Number::Place::below)))
      return wrong("it must be at least " + std::to_string(row.least));
  }
  return std::nullopt;
}

}  // namespace restapi::api::v4
