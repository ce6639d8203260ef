// SPDX-License-Identifier: MIT
#include "grammar/parse.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <iterator>
#include <string>

#include "grammar/expectations.hpp"
#include "grammar/query_def.hpp"

namespace restapi::grammar {

namespace {

bool fits(Expectation const& row, std::string_view rule, std::string_view text, std::size_t offset) {
  auto const one_of = [text](std::string_view bytes, std::size_t position) {
    return position < text.size() && bytes.find(text[position]) != std::string_view::npos;
  };
  return row.rule == rule && (row.after.empty() || (offset > 0 && one_of(row.after, offset - 1))) &&
         (row.at.empty() || one_of(row.at, offset));
}

Error syntax_error(std::string_view rule, std::string_view text, std::size_t offset) {
  auto const row = std::find_if(std::begin(expectations), std::end(expectations),
                                [&](Expectation const& candidate) { return fits(candidate, rule, text, offset); });
  assert(row != std::end(expectations));  // a test walks every rule that parse can expect
  return {Code::syntax, "syntax error: expected " + std::string(row->words), std::string(row->hint), offset};
}

}  // namespace

Result<ast::Query> parse(std::string_view text, Tolerance tolerated) {
  Position const begin = text.data();
  Position position = begin;
  Position const end = begin + text.size();
  ast::Query result;
  try {
    int depth = 0;
    auto const whole =
        x3::with<tolerance>(tolerated)[x3::with<group_depth>(std::ref(depth))[x3::with<text_begin>(begin)[query]]];
    bool const understood = tolerated == Tolerance::strict
                                ? x3::parse(position, end, whole, result)
                                : x3::phrase_parse(position, end, whole, x3::standard::blank, result);
    assert(understood && position == end);  // every way to fail is an expectation
    static_cast<void>(understood);
    return result;
  } catch (x3::expectation_failure<Position> const& failure) {
    return syntax_error(failure.which(), text, static_cast<std::size_t>(failure.where() - begin));
  }
}

std::optional<ast::Key> parse_key(std::string_view text) {
  Position position = text.data();
  Position const end = position + text.size();
  ast::Key written;
  try {
    auto const strict = Tolerance::strict;  // Spirit keeps a reference
    if (x3::parse(position, end, x3::with<tolerance>(strict)[key], written.name) &&
        x3::parse(position, end, x3::with<tolerance>(strict)[path], written.path) && position == end)
      return written;
  } catch (x3::expectation_failure<Position> const&) {  // nothing, or no closing quote, behind a point
  }
  return std::nullopt;
}

}  // namespace restapi::grammar
