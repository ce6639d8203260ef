// SPDX-License-Identifier: MIT
#include "api/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "base/json_text.hpp"
#include "base/keyed_hash.hpp"
#include "base/sorted_json.hpp"
#include "base/utf8.hpp"
#include "http/date.hpp"
#include "sql/compile.hpp"

namespace restapi::api {
namespace {

using model::Type;

// What is written around the data fits behind it without moving it, but for long targets.
constexpr std::size_t room_for_envelope = 1024;

// {"name":"value",
constexpr std::size_t around_value = 7;

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  bool const has_digits = std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
  return has_digits && !text.empty() && (text.front() != '0' || text.size() == 1);
}

void append_date(std::string& out, std::string_view cell) {
  out += '"';
  if (http::append_http_date(out, cell)) {
    out += '"';
  } else {  // "infinity", or a year that HTTP dates do not have: as stored
    out.pop_back();
    append_json_string(out, cell);
  }
}

void append_date(TextSize& out, std::string_view cell) {
  std::string date;
  append_date(date, cell);
  out += date;
}

template <class Out>
void append_value(Out& out, Type type, std::optional<std::string_view> cell) {
  if (!cell) {
    out += std::string_view("null");
    return;
  }
  switch (type) {
    case Type::integer:
      // SQLite keeps any text in an integer column: one that is no number is shown as what it is, not as JSON.
      if (is_integer(*cell))
        out += *cell;
      else
        append_json_string(out, *cell);
      return;
    case Type::boolean:
      out += std::string_view(*cell == "t" || *cell == "1" || *cell == "true" ? "true" : "false");
      return;  // PostgreSQL, SQLite
    case Type::datetime:
      append_date(out, *cell);
      return;
    case Type::text:
    case Type::uuid:
      append_json_string(out, *cell);
      return;
  }
}

/// JSON as it is stored. What cannot be read, for want of JSON or because it is too long, stops the answer.
void append_json(std::string& out, query::Shown const& field, std::optional<std::string_view> cell,
                 AnswerLimits& limits) {
  if (!cell) {
    out += "null";
    return;
  }
  auto const* const document = std::get_if<query::DocumentOperand>(&field.operand.of);
  if (cell->size() > query::largest_value && (document == nullptr || document->is_bounded))
    throw Interrupted{{Code::answer_too_large, field.name + " of one of the rows is too large for a list",
                       "at most 128 KiB; a part of a document can be asked for, such as attributes.cell"}};
  auto const begin = out.size();
  if (append_sorted_json(out, *cell, {}, limits)) return;
  out.resize(begin);
  out += "null";  // as a filter finds nothing in it
}

void append_json(TextSize& out, query::Shown const& field, std::optional<std::string_view> cell, AnswerLimits& limits) {
  std::string text;
  append_json(text, field, cell, limits);
  out += text;
}

template <class Out>
void write_row(Out& out, query::Projection const& projection, store::Rows const& rows, std::size_t row,
               std::size_t first_column, AnswerLimits& limits) {
  auto const& fields = projection.fields;
  for (char before = '{'; auto const i : projection.by_name) {
    out += before;
    before = ',';
    out += std::string_view(fields[i].json_name);
    auto const cell = rows.at(row, first_column + i);
    if (fields[i].type)
      append_value(out, *fields[i].type, cell);
    else
      append_json(out, fields[i], cell, limits);
    out += fields[i].json_end;
    limits.worked(cell ? cell->size() : 0);
  }
  out += '}';
}

template <class Out>
void write(Out& out, Objects const& objects, AnswerLimits& limits) {
  auto const& rows = objects.rows;
  out += std::string_view("{\"");
  out += objects.name;
  out += std::string_view("\":[");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (row > 0) out += ',';
    write_row(out, *objects.projection, rows, row, objects.first_column, limits);
  }
  out += std::string_view("]}");
}

}  // namespace

std::string data_of(Objects const& objects, AnswerLimits& limits) {
  auto const& shown = objects.projection->fields;
  auto const& rows = objects.rows;
  assert(rows.width() >= objects.first_column + shown.size() || rows.empty());
  std::string data;
  if (rows.bytes() >= worth_measuring) {
    TextSize size;
    write(size, objects, limits);
    limits.sized(size.size());
    limits.take(size.size() + room_for_envelope);
    data.reserve(size.size() + room_for_envelope);
  } else {
    std::size_t names = 0;
    for (auto const& field : shown) names += field.json_name.size() + around_value;
    data.reserve(rows.text_size() + rows.size() * names + room_for_envelope);
  }
  write(data, objects, limits);
  return data;
}

std::string object_of(Objects const& objects, std::size_t row) {
  AnswerLimits none;
  std::string object;
  write_row(object, *objects.projection, objects.rows, row, objects.first_column, none);
  return object;
}

void append_object(std::string& out, query::Projection const& projection, store::Rows const& rows, std::size_t row,
                   AnswerLimits& limits, std::size_t first_column) {
  write_row(out, projection, rows, row, first_column, limits);
}

void append_column_value(std::string& out, Type type, std::optional<std::string_view> cell) {
  append_value(out, type, cell);
}

bool append_plain_value(std::string& out, query::Shown const& field, std::string_view cell, AnswerLimits& limits) {
  if (field.type == Type::text || field.type == Type::uuid) {
    if (utf8::is_valid(cell)) {
      out += cell;
      return true;
    }
  }
  auto const begin = out.size();
  if (field.type)
    append_value(out, *field.type, cell);
  else
    append_json(out, field, cell, limits);
  auto const written = std::string_view(out).substr(begin);
  if (written == "null") {
    out.resize(begin);
    return false;
  }
  if (!written.starts_with('"')) return true;
  if (written.find('\\') == written.npos) {
    out.pop_back();
    out.erase(begin, 1);
    return true;
  }
  auto const text = nlohmann::json::parse(written, nullptr, false);
  out.resize(begin);
  out += text.is_string() ? text.get<std::string>() : std::string();
  return true;
}

Result<std::string> data_of(Document const& document, AnswerLimits& limits) {
  using Choice = query::Members::Choice;
  auto const name = document.name;
  auto const stored = document.row.at(0, document.column);
  auto const& members = document.members;
  std::string data;
  auto const room = name.size() + (stored ? stored->size() : 0) + room_for_envelope;
  limits.take(room);
  data.reserve(room);
  data.append("{\"").append(name).append("\":");
  std::unordered_set<std::string_view, KeyedHash> const named(members.names.begin(), members.names.end());
  auto const is_wanted = [&](std::string_view key) { return named.contains(key) == (members.choice == Choice::only); };
  auto json = stored.value_or("null");
  json.remove_prefix(std::min(json.find_first_not_of(" \n\t\r"), json.size()));
  if (json.starts_with("null")) json = "{}";
  bool const is_object = json.starts_with('{');
  std::function<bool(std::string_view)> const all;
  bool const done =
      is_object && append_sorted_json(data, json, members.choice == Choice::all ? all : is_wanted, limits);
  if (!done) {
    // Nothing of what is stored: it is nothing for the log.
    auto const why = is_object ? fmt::format("broken JSON, or nested deeper than {} levels", max_json_depth)
                               : std::string("no JSON object");
    return Error{Code::unreadable_document, fmt::format("the database has {} here that are {}", name, why)};
  }
  data += '}';
  return data;
}

std::string data_of(Statistics const& statistics, AnswerLimits& limits) {
  auto const& rows = statistics.rows;
  // Each row may be a type and a day of its own, in a map and in a document.
  constexpr std::size_t nodes_of_row = 512;
  limits.take(rows.size() * nodes_of_row + 4 * rows.bytes());
  std::map<std::string, std::int64_t> types, days;
  std::int64_t total = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    limits.worked(nodes_of_row);
    auto const number = rows.integer_at(row, 2);
    total += number;
    if (auto const type = rows.at(row, 0)) types[std::string(*type)] += number;
    if (auto const day = rows.at(row, 1)) days[std::string(*day)] += number;
  }
  return nlohmann::json{{"ctime_by_day", days}, {"total", total}, {"types", types}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

namespace {

using Counted = std::vector<std::pair<std::optional<std::string>, std::int64_t>>;

/// Days put together, as far as it takes; which part of a date that is.
std::string_view join_days(Counted& days) {
  struct Unit {
    std::string_view name;
    std::size_t length;  // of YYYY-MM-DD
  };
  std::string_view name;
  for (auto const& unit : {Unit{"day", 10}, Unit{"month", 7}, Unit{"year", 4}}) {
    std::map<std::optional<std::string>, std::int64_t> joined;
    for (auto const& [day, number] : days) joined[day ? std::optional(day->substr(0, unit.length)) : day] += number;
    days.assign(joined.begin(), joined.end());
    name = unit.name;
    if (std::ssize(days) <= sql::most_of_facet) break;
  }
  std::ranges::stable_sort(days, std::greater<>(), [](auto const& counted) { return counted.second; });
  if (std::ssize(days) > sql::most_of_facet) days.resize(static_cast<std::size_t>(sql::most_of_facet));
  return name;
}

/// In a document, null and nothing are the same.
void join_nulls(Counted& values) {
  auto const is_null = [](auto const& counted) { return !counted.first || *counted.first == "null"; };
  auto const first = std::ranges::find_if(values, is_null);
  if (first == values.end()) return;
  auto const second = std::find_if(std::next(first), values.end(), is_null);
  first->first.reset();
  if (second == values.end()) return;
  first->second += second->second;
  values.erase(second);
  std::ranges::stable_sort(values, std::greater<>(), [](auto const& counted) { return counted.second; });
}

void append_facet(std::string& out, query::Shown const& key, Counted values, std::int64_t total, AnswerLimits& limits) {
  bool const is_date = key.type == Type::datetime;
  auto const by = is_date ? join_days(values) : std::string_view();
  for (auto const& [value, number] : values) total -= number;
  out += key.json_name;
  out += '{';
  if (is_date) out.append("\"by\":\"").append(by).append("\",");
  out += "\"other\":" + std::to_string(total) + ",\"values\":[";
  for (bool first = true; auto const& [value, number] : values) {
    out += first ? "" : ",";
    out += "{\"count\":" + std::to_string(number) + ",\"value\":";
    if (key.type)
      append_value(out, is_date ? Type::text : *key.type, value);
    else
      append_json(out, key, value, limits);
    out += '}';
    first = false;
  }
  out += "]}";
}

}  // namespace

std::string data_of(Facets const& facets, AnswerLimits& limits) {
  auto const& rows = facets.rows;
  auto const total = rows.empty() ? 0 : rows.integer_at(0, 3);
  std::vector<Counted> counted(facets.keys->fields.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto const value = rows.at(row, 1);
    limits.worked(value ? value->size() : 1);
    counted[static_cast<std::size_t>(rows.integer_at(row, 0))].emplace_back(value, rows.integer_at(row, 2));
  }
  for (std::size_t i = 0; i < counted.size(); ++i)
    if (!facets.keys->fields[i].type) join_nulls(counted[i]);
  std::string data = "{\"facets\":{";
  for (bool first = true; auto const i : facets.keys->by_name) {
    if (!first) data += ',';
    first = false;
    append_facet(data, facets.keys->fields[i], std::move(counted[i]), total, limits);
  }
  return data + "}}";
}

std::string data_of(Json const& json, AnswerLimits&) { return json.text; }

std::string data_of(File const&, AnswerLimits&) { return "null"; }

std::string data_of(Description const&, AnswerLimits&) { return "null"; }

std::string data_of(Page const&, AnswerLimits&) { return "null"; }

Result<std::string> data_of(Content const& content, AnswerLimits& limits) {
  return std::visit([&](auto const& kind) -> Result<std::string> { return data_of(kind, limits); }, content);
}

}  // namespace restapi::api
