// SPDX-License-Identifier: MIT
#include "base/database_message.hpp"

#include <algorithm>

namespace restapi {
namespace {

constexpr std::string_view hidden = "…";

/// Where SOCI says which statement it was, and where the values follow.
constexpr std::string_view before_statement[] = {" while executing \"", " while preparing \"", " while fetching "};
constexpr std::string_view before_values = "\" with :";

/// What libpq adds to the first sentence, a line for each.
constexpr std::string_view further[] = {"\nDETAIL:", "\nHINT:",      "\nCONTEXT:",  "\nQUERY:",      "\nLINE ",
                                        "\nWHERE:",  "\nSTATEMENT:", "\nLOCATION:", "\nSCHEMA NAME:"};

template <std::size_t count>
std::size_t first_of(std::string_view text, std::string_view const (&words)[count]) {
  auto first = text.size();
  for (auto const word : words) first = std::min(first, text.find(word));
  return first;
}

/// libpq ends its sentences with a line break, and has one between those about several hosts.
std::string in_one_line(std::string_view text) {
  std::string out;
  auto is_broken = false;
  for (auto const c : text) {
    if (c == '\n' || c == '\t') {
      is_broken = true;
      continue;
    }
    if (is_broken && !out.empty()) out += "; ";
    is_broken = false;
    out += c;
  }
  return out;
}

/// The end of a sentence after a quoted value: nothing, or where in the statement it is (` at character 23`).
bool is_end(std::string_view text) {
  constexpr std::string_view position = " at character ";
  if (text.starts_with(position)) text.remove_prefix(position.size());
  return text.find_first_not_of("0123456789.\n") == text.npos;
}

/// `invalid input syntax for type integer: "…"`. Words after the quotes are of a message of ours, about a file. Where
/// the sentence is cut, though, it may be cut inside a value.
std::string without_quoted_value(std::string_view sentence, bool is_cut) {
  auto const begin = sentence.find(": \"");
  if (begin == sentence.npos) return std::string(sentence);
  auto const value = begin + 3;
  auto const end = sentence.rfind('"');
  bool const is_ended = end >= value && is_end(sentence.substr(end + 1));
  if (!is_ended && !is_cut) return std::string(sentence);
  return std::string(sentence.substr(0, value)).append(hidden).append(is_ended ? sentence.substr(end) : "\"");
}

}  // namespace

std::string without_values(std::string_view message) {
  // A value may contain anything, these words too: what follows the first of them is looked at no more than needed.
  auto const statement = first_of(message, before_statement);
  auto const more = first_of(message, further);
  auto const end = std::min(statement, more);
  auto text = in_one_line(without_quoted_value(message.substr(0, end), end < message.size()));
  auto const rest = message.substr(statement);
  auto const values = rest.find(before_values);
  text += rest.substr(0, values == rest.npos ? rest.size() : values + 1);
  return text;
}

}  // namespace restapi
