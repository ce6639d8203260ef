// SPDX-License-Identifier: MIT
#include "api/querybuilder/cast_value.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "api/data.hpp"
#include "base/json_text.hpp"
#include "base/json_value.hpp"
#include "base/sorted_json.hpp"
#include "sql/timestamp.hpp"

namespace restapi::api::querybuilder {
namespace {

using query::builder::Cast;
using Kind = JsonValue::Kind;

/// False, and nothing is written, where it is no JSON.
bool append_json_of_database(std::string& out, std::string_view json, AnswerLimits& limits) {
  auto const begin = out.size();
  if (append_sorted_json(out, json, {}, limits)) return true;
  out.resize(begin);
  return false;
}

/// A value without children. False, and nothing is written, where it cannot be that.
bool append_scalar(std::string& out, JsonValue const& value, Cast cast, AnswerLimits& limits) {
  std::string_view const text =
      value.is(Kind::boolean) ? (value.boolean ? "true" : "false") : std::string_view(value.text);
  switch (cast) {
    case Cast::real: {
      auto const number = query::builder::as_real(value.kind, text);
      append_real(out, number);
      return true;
    }
    case Cast::integer: {
      auto const number = query::builder::as_integer(value.kind, text);
      if (number) out += std::to_string(*number);
      return number.has_value();
    }
    case Cast::boolean: {
      auto const found = query::builder::as_boolean(value.kind, text);
      if (found) out += *found ? "true" : "false";
      return found.has_value();
    }
    case Cast::text:
      if (value.is(Kind::null)) return false;
      append_json_string(out, text);
      return true;
    case Cast::json:
      if (value.is(Kind::text)) return append_json_of_database(out, text, limits);
      append_json(out, value);
      return true;
    case Cast::datetime: {
      auto const time = query::builder::as_instant(value.kind, text);
      if (time) append_column_value(out, model::Type::datetime, sql::to_timestamp(*time));
      return time.has_value();
    }
  }
  return false;
}

}  // namespace

void append_real(std::string& out, std::optional<double> number) {
  if (!number || !std::isfinite(*number)) {
    out += "null";
    return;
  }
  std::array<char, 32> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number).ptr;
  std::string_view const text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  out += text;
  if (text.find_first_of(".e") == text.npos) out += ".0";
}

void append_cast(std::string& out, std::string_view json, std::optional<Cast> cast, AnswerLimits& limits) {
  auto const first = json.find_first_not_of(" \t\n\r");
  bool const is_scalar = first != json.npos && json[first] != '{' && json[first] != '[';
  bool done = false;
  if (cast && is_scalar) {
    auto const value = read_json(json, 1);  // what is none, such as NaN, is null
    done = value && append_scalar(out, *value, *cast, limits);
  } else if (!cast || cast == Cast::json) {
    done = append_json_of_database(out, json, limits);  // where not, a filter finds nothing in it either
  } else if (cast == Cast::text) {
    std::string text;
    done = append_json_of_database(text, json, limits);
    if (done) append_json_string(out, text);
  }
  if (!done) out += "null";
}

}  // namespace restapi::api::querybuilder
