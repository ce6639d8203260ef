// SPDX-License-Identifier: MIT
#include "api/v2/hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "api/v2/vocabulary.hpp"
#include "base/ascii.hpp"
#include "grammar/operators.hpp"
#include "grammar/parse.hpp"
#include "grammar/print.hpp"
#include "query/json_number.hpp"
#include "query/object_id.hpp"

namespace restapi::api::v2 {
namespace {

using ast::Operator;

/// A text that some filter of the query compares with.
struct Compared {
  query::Field const& field;
  Operator comparison;
  std::string_view text;
  std::string_view resource;

  bool is_pattern() const { return comparison == Operator::like || comparison == Operator::ilike; }
  bool is_equality() const { return comparison == Operator::equal || comparison == Operator::in; }
  bool is_type_of_node() const { return field.name == "type" && resource != "groups"; }
  bool is_uuid() const { return field.type == model::Type::uuid; }
};

struct Hint {
  bool (*is_met)(Compared const&);
  std::string (*text)(Compared const&);
};

bool is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }
bool is_word(char byte) { return is_upper(byte) || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'); }
bool is_capital_digit(char byte) { return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F'); }

/// StructureData: what Python calls it. Types are written data.core.structure.StructureData.
bool is_class(std::string_view text) {
  return !text.empty() && is_upper(text.front()) && std::ranges::all_of(text, is_word);
}

std::string_view without_dot(std::string_view text) {
  return text.substr(0, text.size() - (text.ends_with('.') ? 1 : 0));
}

/// data.core.structure.StructureData: the last dot is missing.
bool is_type_without_dot(std::string_view text) {
  auto const last = text.rfind('.');
  bool const is_type = std::ranges::all_of(text, [](char byte) { return is_word(byte) || byte == '.' || byte == '_'; });
  return is_type && last != text.npos && is_class(text.substr(last + 1));
}

bool is_nothing(std::string_view text) { return text == "null" || text == "NULL" || text == "none" || text == "None"; }

/// FINISHED: AiiDA wrote states so before its version 1.
bool is_in_capitals(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_upper); }

/// %DAta for %data: the client took %da for an escape and made capitals of it. Whether it was sent as %DA, which is no
/// UTF-8, or as %25DA, depends on the other percent signs of the address.
bool has_escape_made_of_a_pattern(std::string_view text) {
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    auto const digits = text.substr(at + 1, 2);
    if (digits.size() == 2 && std::ranges::all_of(digits, is_capital_digit) && std::ranges::any_of(digits, is_upper))
      return true;
  }
  return false;
}

/// bands%20of for "bands of". A pattern that begins with %20 may be meant so.
bool has_blank_encoded_twice(std::string_view text) {
  constexpr std::string_view blank = "%20";
  auto const at = text.find(blank);
  if (at == text.npos || at == 0 || at + blank.size() == text.size()) return false;
  return is_word(text[at - 1]) && is_word(text[at + blank.size()]);
}

constexpr std::size_t longest_text = 64;

// Of several, the first is given.
constexpr Hint hints[] = {
    {[](Compared const& c) { return c.comparison == Operator::like && has_escape_made_of_a_pattern(c.text); },
     [](Compared const&) {
       return std::string(
           "a pattern has % and two capitals that a client may have made of small letters; "
           "write each % of a pattern as %25 before the client sees it");
     }},
    {[](Compared const& c) { return has_blank_encoded_twice(c.text); },
     [](Compared const&) {
       return std::string("a text has %20, perhaps a blank that was encoded twice; once is right");
     }},
    {[](Compared const& c) { return c.text.find('+') != c.text.npos; },
     [](Compared const&) { return std::string("+ is a plus here and never a blank; write a blank as %20"); }},
    {[](Compared const& c) { return c.is_equality() && is_nothing(c.text); },
     [](Compared const& c) {
       return std::string(c.text) + " is a text here; missing values are found with " + std::string(c.field.name) +
              "=is=null";
     }},
    {[](Compared const& c) {
       return c.is_uuid() && c.is_equality() && c.text.size() < 36 && query::uuid_notation(c.text);
     },
     [](Compared const& c) {
       return "a whole uuid has 32 digits; a start of it is found with uuid=like=\"" + std::string(c.text) + "%\"";
     }},
    {[](Compared const& c) { return c.text.find('*') != c.text.npos; },
     [](Compared const& c) {
       return "* is no wildcard; patterns are written " + std::string(c.field.name) + "=like=\"%...%\"";
     }},
    {[](Compared const& c) { return c.is_equality() && c.text.find('%') != c.text.npos; },
     [](Compared const& c) {
       return "% is a wildcard only after =like= and =ilike=: " + std::string(c.field.name) + "=like=\"%...%\"";
     }},
    {[](Compared const& c) {
       return c.is_type_of_node() && c.text.size() <= longest_text && is_class(without_dot(c.text)) &&
              (c.is_equality() || c.is_pattern());
     },
     [](Compared const& c) {
       std::string const name(without_dot(c.text));
       return name + " is a class; types that end with it are found with type=like=\"%." + name + ".\"";
     }},
    {[](Compared const& c) {
       return c.is_type_of_node() && c.is_equality() && c.text.size() <= longest_text && is_type_without_dot(c.text);
     },
     [](Compared const& c) { return "types end with a dot: type=\"" + std::string(c.text) + ".\""; }},
    {[](Compared const& c) { return c.field.name == "state" && c.is_equality() && is_in_capitals(c.text); },
     [](Compared const&) { return std::string("states are in small letters here: state=\"finished\""); }},
    {[](Compared const& c) { return c.is_pattern() && !c.text.empty() && c.text.find_first_of("%_") == c.text.npos; },
     [](Compared const& c) {
       return "a pattern without % is compared with the whole text; a part of it is found with " +
              std::string(c.field.name) + "=like=\"%...%\"";
     }},
};

bool is_printable(char byte) { return byte >= ' ' && byte <= '~'; }

/// What was probably meant with a value behind a path, where the literal says of which type it is.
std::string hint_of_path(ast::Clause const& clause) {
  auto const family = grammar::row_of(clause.comparison).family;
  bool const compares =
      family == grammar::Family::equality || family == grammar::Family::membership || family == grammar::Family::order;
  if (clause.path.empty() || !compares) return {};
  auto const key = grammar::print_key(clause);
  if (key.size() > longest_text || !std::ranges::all_of(key, is_printable)) return {};
  for (auto const& literal : clause.literals) {
    auto const* const string = std::get_if<ast::String>(&literal.value);
    auto const* const word = std::get_if<ast::Word>(&literal.value);
    auto const& text = string ? string->text : word ? word->text : std::string();
    if (text.empty() || text.size() > longest_text) continue;
    auto const lower = in_ascii_lower_case(text);
    if (is_nothing(text)) return fmt::format("{} is a text here; missing values are found with {}=is=null", text, key);
    if (lower == "true" || lower == "false") return lower + " is written in small letters and without quotes";
    if (string && query::read_json_number(text))
      return fmt::format("in quotes this is a text; numbers have none: {}={}", key, text);
  }
  return {};
}

}  // namespace

std::string hint_of_id(query::ObjectPlan const& plan, store::Rows const& rows) {
  auto const& object = plan.object;
  auto const with_pk = [&](std::string_view pk) {
    return std::string(plan.source.view->name) + "?id=" + std::string(pk);
  };
  bool const is_whole = !object.first_uuid.empty() && object.first_uuid == object.last_uuid;
  if (is_whole && rows.size() > 1)
    return "several have this uuid: " + with_pk(*rows.at(0, 0)) + " and " + with_pk(*rows.at(1, 0)) +
           " tell them apart";
  constexpr std::size_t digits_of_a_pk = 18;
  bool const is_number = object.text.find_first_not_of("0123456789") == std::string::npos;
  if (plan.source.view->resource->identity == model::Identity::uuid && is_number &&
      object.text.size() <= digits_of_a_pk)
    return "if " + object.text + " is a pk: " + with_pk(object.text);
  return {};
}

std::string hint_of_empty_list(query::View const& view, http::Target const& target) {
  auto const query = grammar::parse(target.decoded_query);
  if (!query) return {};
  for (auto const& clause : query->clauses) {
    if (auto hint = hint_of_path(clause); !hint.empty()) return hint;
    if (!clause.path.empty()) continue;
    auto const* const field = view.find(vocabulary().canonical(clause.key));
    if (!field) continue;
    for (auto const& literal : clause.literals) {
      std::string_view text;
      if (auto const* string = std::get_if<ast::String>(&literal.value)) text = string->text;
      if (auto const* word = std::get_if<ast::Word>(&literal.value)) text = word->text;
      Compared const compared{*field, clause.comparison, text, view.name};
      for (auto const& hint : hints)
        if (hint.is_met(compared)) return hint.text(compared);
    }
  }
  return {};
}

}  // namespace restapi::api::v2
