// SPDX-License-Identifier: MIT
/// What was written in a query string, before anyone asks what it means: plain std types, no Spirit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace restapi::ast {

enum class Operator {
  equal,
  not_equal,
  less,
  greater,
  less_equal,
  greater_equal,
  like,
  ilike,
  in,
  not_in,
  is,
  starts_with,
  has_key,
  contains,
  of_length,
  longer,
  shorter,
  of_type,
};

/// "aiida": the text between the quotes, "" already turned into ".
struct String {
  std::string text;
  bool operator==(String const&) const = default;
};

/// 45, -3. Digits as written, so that a number of any length is well-formed; its range is the planner's question.
struct Integer {
  std::string digits;  ///< without leading zeros; '-' first when negative; at least one digit
  bool operator==(Integer const&) const = default;
};

struct Boolean {
  bool value;
  bool operator==(Boolean const&) const = default;
};

/// 2016-04-23T05:45:12.25+03:45: the fields as written. Whether the day exists is the planner's question.
struct DateTime {
  int year, month, day;
  std::optional<int> hour = {}, minute = {}, second = {};
  std::string fraction = {};              ///< the digits after the point
  std::optional<int> shift_minutes = {};  ///< east positive; only after a time
  bool operator==(DateTime const&) const = default;
};

/// slurm, append_text, -scheduler_type: a bare word, with the sign that may stand before a sort key.
struct Word {
  std::string text;  ///< never begins with a sign
  char sign = 0;     ///< '+', '-' or 0
  bool operator==(Word const&) const = default;
};

struct Literal {
  std::variant<String, Integer, Boolean, DateTime, Word> value;
  std::size_t offset = 0;  ///< byte in the decoded query
};

/// One of the steps behind a key: first_name of user.first_name, 0 of attributes.cell.0, extras."my tag".
struct Step {
  std::string text;
  bool is_quoted = false;
  /// Whole numbers are an index however they are written, also -1, which is the last element. Nobody writes that in a
  /// query string.
  bool counts = false;
  bool operator==(Step const&) const = default;
};

/// user.first_name, attributes.cell.0: a name, and what is behind it.
struct Key {
  std::string name;
  std::vector<Step> path = {};
};

struct Clause {
  std::string key;
  std::vector<Step> path;
  Operator comparison;
  std::vector<Literal> literals;  ///< at least one
  std::size_t offset = 0;         ///< byte of the key in the decoded query
  std::size_t operator_offset = 0;
};

struct Query;

/// (…|…): at least one of the alternatives has to be fulfilled, or none of them: !(…|…).
struct Group {
  std::vector<Query> alternatives;  ///< at least one, none empty
  bool is_negated = false;
  std::size_t offset = 0;  ///< byte of its "!" or "(" in the decoded query
};

/// All clauses and groups have to be fulfilled.
struct Query {
  std::vector<Clause> clauses = {};
  std::vector<Group> groups = {};
};

}  // namespace restapi::ast
