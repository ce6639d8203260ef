// SPDX-License-Identifier: MIT
/// Random queries and random bytes for property tests: the same seed gives the same sequence on every machine.
/// Everything it gives is what parse could have given: print and parse it again and it is the same query.
///
///   QueryGenerator generate("name of the test");                  // any key
///   QueryGenerator generate("name of the test", {"id", "label"}); // keys of this vocabulary only
///   for (int round = 0; round < 1000; ++round) check(generate.query());
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/ast.hpp"
#include "grammar/operators.hpp"

namespace restapi::test {

class QueryGenerator {
 public:
  explicit QueryGenerator(std::string_view seed, std::vector<std::string> keys = {})
      : random_(hash(seed)), keys_(std::move(keys)) {}

  /// 0 to 6 clauses, and now and then groups.
  ast::Query query() {
    auto result = fields(below(7));
    if (one_in(4)) result.groups.push_back(group(3));
    return result;
  }

  /// At most so deep.
  ast::Group group(std::size_t depth) {
    ast::Group result{{}, one_in(3)};
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      auto alternative = fields(1 + below(2));
      if (depth > 1 && one_in(3)) alternative.groups.push_back(group(depth - 1));
      result.alternatives.push_back(std::move(alternative));
    }
    return result;
  }

  ast::Query fields(std::size_t clauses) {
    ast::Query result;
    for (; clauses > 0; --clauses) result.clauses.push_back(clause());
    return result;
  }

  /// Any operator, 1 to 4 literals of any kinds; offsets are 0.
  ast::Clause clause() {
    ast::Clause result{key(), {}, comparison(), literals()};
    for (std::size_t steps = one_in(4) ? 1 + below(2) : 0; steps > 0; --steps) result.path.push_back(step());
    return result;
  }

  ast::Step step() {
    if (one_in(4)) return {string().text, true};
    if (one_in(4)) return {text_of("0123456789", 1 + below(3))};
    return {key()};
  }

  std::string key() {
    if (!keys_.empty()) return pick(keys_);
    return text_of("abcxyzABZ_", 1) + text_of("abcxyzABZ_059", below(12));
  }

  ast::Operator comparison() {
    return grammar::operators_in_order[below(grammar::operators_in_order.size())].comparison;
  }

  std::vector<ast::Literal> literals() {
    std::vector<ast::Literal> result;
    for (std::size_t count = 1 + (one_in(3) ? below(4) : 0); count > 0; --count) result.push_back(literal());
    return result;
  }

  ast::Literal literal() {
    switch (below(5)) {
      case 0:
        return {string()};
      case 1:
        return {integer()};
      case 2:
        return {ast::Boolean{one_in(2)}};
      case 3:
        return {date_time()};
      default:
        return {word()};
    }
  }

  /// Mostly words and what the language itself is made of; now and then bytes that are no UTF-8.
  ast::String string() {
    static std::vector<std::string> const pieces = {"data.", "%",      "_", "\\",       "\"", "\"\"", "&",     "=",
                                                    "<",     ",",      " ", "\xC3\xA9", "a",  "A",    "slurm", "\xFF",
                                                    "+",     "=like=", "'", ";--",      "1",  "true"};
    return {concatenated(pieces, below(8))};
  }

  /// Up to 25 digits: more than any column holds.
  ast::Integer integer() {
    if (one_in(8)) return {"0"};
    return {(one_in(4) ? "-" : "") + text_of("123456789", 1) +
            text_of("0123456789", one_in(10) ? below(25) : below(5))};
  }

  /// The day need not exist: month 0 and hour 99 are well-formed.
  ast::DateTime date_time() {
    ast::DateTime result{number(9999), number(99), number(99)};
    if (one_in(3)) return result;
    result.hour = number(99);
    if (!one_in(3)) {
      result.minute = number(99);
      if (!one_in(3)) {
        result.second = number(99);
        if (one_in(2)) result.fraction = text_of("0123456789", 1 + below(9));
      }
    }
    if (one_in(2)) result.shift_minutes = number(2 * 5999) - 5999;  // -99:59 to +99:59
    return result;
  }

  /// Never spelled like an integer, a boolean or a date-time: those would not be words.
  ast::Word word() {
    static std::vector<std::string> const safe = {"slurm",         "append_text", "1.5", "45abc", "true1",      "a-b",
                                                  "338357f4-f236", ".",           "_",   "like",  "2016-04-23x"};
    ast::Word result{one_in(12) ? "2.50E+07" : pick(safe) + text_of("abz_.-", below(4))};
    if (one_in(4)) result.sign = one_in(2) ? '+' : '-';
    return result;
  }

  /// Up to 40 pieces of the language in any order, with a wild byte here and there: mostly no query.
  std::string noise() {
    static std::vector<std::string> const pieces = [] {
      std::vector<std::string> all = {
          "&",  ",",          "\"", "\"",   "+",    "-",    ":",     "T",     ".",           "id",    "a",      "_",
          "45", "2016-04-23", "(",  ")",    "|",    "!(",   "(id=1", "user.", "x)",          "true",  "T05:45", " ",
          "%",  "'",          "\\", "\xC3", "\xA9", "\xFF", "water", "id>45", "label=\"x\"", "+03:45"};
      for (auto const& row : grammar::operators) all.emplace_back(row.text);
      return all;
    }();
    std::string result = concatenated(pieces, below(40));
    if (one_in(4)) result += std::string(1, static_cast<char>(below(256)));
    return result;
  }

  /// The text with up to three bytes lost, doubled or changed: nearly a query.
  std::string damaged(std::string text) {
    for (std::size_t count = 1 + below(3); count > 0 && !text.empty(); --count) {
      std::size_t const place = below(text.size());
      switch (below(3)) {
        case 0:
          text.erase(place, 1);
          break;
        case 1:
          text.insert(place, 1, text[place]);
          break;
        default:
          text[place] = static_cast<char>(below(256));
      }
    }
    return text;
  }

  /// 0 … bound - 1. (The standard distributions differ between libraries.)
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  bool one_in(std::size_t chances) { return below(chances) == 0; }

  template <class T>
  T const& pick(std::vector<T> const& from) {
    return from[below(from.size())];
  }

 private:
  /// FNV-1a.
  static std::uint64_t hash(std::string_view text) {
    std::uint64_t result = 14695981039346656037u;
    for (char const byte : text) result = (result ^ static_cast<unsigned char>(byte)) * 1099511628211u;
    return result;
  }

  int number(std::size_t greatest) { return static_cast<int>(below(greatest + 1)); }

  std::string text_of(std::string_view alphabet, std::size_t length) {
    std::string result;
    while (result.size() < length) result += alphabet[below(alphabet.size())];
    return result;
  }

  std::string concatenated(std::vector<std::string> const& pieces, std::size_t count) {
    std::string result;
    for (; count > 0; --count) result += pick(pieces);
    return result;
  }

  std::mt19937_64 random_;
  std::vector<std::string> keys_;
};

}  // namespace restapi::test
