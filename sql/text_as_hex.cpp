// SPDX-License-Identifier: MIT
#include "sql/text_as_hex.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "query/fold.hpp"
#include "sql/server_encoding.hpp"
#include "sql/value_list.hpp"

namespace restapi::sql {
namespace {

std::string hex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string made;
  made.reserve(2 * text.size());
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    made += digits[byte >> 4];
    made += digits[byte & 15];
  }
  return made;
}

// Steps of whole bytes: the digits of one half and those of the next would otherwise make a third.
std::string regular_expression(query::Pattern const& pattern) {
  using Kind = query::Pattern::Piece::Kind;
  constexpr std::string_view byte = "(?:..)", character = "(?:[0-7].|[cd].{3}|e.{5}|f.{7})";
  std::string text = "^";
  for (auto const& piece : pattern.pieces) {
    if (piece.kind == Kind::any) text.append(byte) += '*';
    if (piece.kind == Kind::optional) text.append(character) += "{0," + std::to_string(piece.count) + '}';
    if (piece.kind == Kind::exactly) text.append(character) += '{' + std::to_string(piece.count) + '}';
    text += hex(piece.text);
  }
  return text + '$';
}

std::string_view text_of(model::Value const& value) { return std::get<std::string>(value); }

class Writer {
 public:
  Writer(Statement& statement, Operand operand, Dialect const& dialect, ServerEncoding const* encoding)
      : statement_(statement),
        operand_(operand),
        dialect_(dialect),
        without_equivalent_(encoding ? encoding->without_equivalent() : std::string_view()) {}

  void operator()(query::Membership const& test) {
    std::vector<model::Value> values;
    values.reserve(test.values.size());
    for (auto const& value : test.values) values.emplace_back(hex(text_of(value)));
    write_operand(false);
    statement_.add(" = ANY (CAST(").bind(array_literal(values)).add(" AS text[]))");
  }

  void operator()(query::InIntervals const& test) {
    for (bool first = true; auto const& [from, to] : test.intervals) {
      if (!first) statement_.add(" OR ");
      first = false;
      if (from) write_end(" >= ", *from);
      if (from && to) statement_.add(" AND ");
      if (to) write_end(" < ", *to);
      if (!from && !to) statement_.add(operand_.column).add(" IS NOT NULL");
    }
  }

  void operator()(query::Match const& test) {
    write_operand(test.pattern.fold);
    statement_.add(" ~ CAST(").bind(regular_expression(test.pattern)).add(" AS text)");
  }

  void operator()(query::Presence test) { add_presence(statement_, operand_, test); }

 private:
  void write_operand(bool is_folded) {
    statement_.add("encode(convert_to(");
    if (!without_equivalent_.empty()) statement_.add("regexp_replace(");
    if (is_folded)
      dialect_.folded(statement_, operand_);
    else
      add_text(statement_, operand_);
    if (!without_equivalent_.empty())
      statement_.add(", CAST(").bind(std::string(without_equivalent_)).add(" AS text), chr(127), 'g')");
    statement_.add(", 'UTF8'), 'hex')");
  }

  void write_end(Fragment comparison, model::Value const& end) {
    write_operand(true);
    statement_.add(" COLLATE \"C\"").add(comparison).add("CAST(").bind(hex(text_of(end))).add(" AS text)");
  }

  Statement& statement_;
  Operand operand_;
  Dialect const& dialect_;
  std::string_view const without_equivalent_;  // or convert_to() would fail for all rows
};

/// Looks at all texts of a test, also at those that an index is asked for.
struct Beyond {
  char32_t last_sure;

  bool has(std::string_view text) const {
    while (!text.empty()) {
      auto const length = utf8::first_character(text);
      if (length == 0 || utf8::decode(text.substr(0, length)) > last_sure) return true;
      text.remove_prefix(length);
    }
    return false;
  }
  bool has(std::optional<model::Value> const& value) const { return value && has(text_of(*value)); }

  bool operator()(query::Membership const& test) const {
    return std::ranges::any_of(test.values, [this](auto const& value) { return has(text_of(value)); });
  }
  bool operator()(query::InIntervals const& test) const {
    return std::ranges::any_of(test.intervals, [this](auto const& one) { return has(one.from) || has(one.to); });
  }
  bool operator()(query::Match const& test) const {
    auto const after = query::after_prefix(test.pattern.prefix());
    return (after && has(std::string_view(*after))) ||
           std::ranges::any_of(test.pattern.pieces,
                               [this](auto const& piece) { return has(std::string_view(piece.text)); });
  }
  bool operator()(query::Presence) const { return false; }
};

}  // namespace

char32_t last_sure_character(std::string_view server_encoding) {
  if (server_encoding == "UTF8" || server_encoding == "SQL_ASCII") return 0x10FFFF;
  return server_encoding == "LATIN1" ? 0xFF : 0x7F;
}

bool has_character_beyond(char32_t last_sure, Operand operand, query::Test const& test) {
  bool const is_string = operand.type == model::Type::text || operand.type == model::Type::uuid;
  return is_string && last_sure < 0x10FFFF && std::visit(Beyond{last_sure}, test);
}

void add_hex_test(Statement& statement, Operand operand, query::Test const& test, Dialect const& dialect,
                  ServerEncoding const* encoding) {
  std::visit(Writer(statement, operand, dialect, encoding), test);
}

}  // namespace restapi::sql
