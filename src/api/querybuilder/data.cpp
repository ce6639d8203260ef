// SPDX-License-Identifier: MIT
// The rows of a graph of tables as JSON: one list for each tag.
#include "api/data.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

#include "api/querybuilder/cast_value.hpp"
#include "base/json_text.hpp"
#include "query/builder/plan.hpp"
#include "sql/builder/compile.hpp"

namespace restapi::api {
namespace {

using model::Type;
using namespace query::builder;

constexpr std::string_view full_type_key = "full_type", node_type_key = "node_type", process_type_key = "process_type";

/// A key of an element and what is at it.
struct Member {
  std::string_view key;
  std::string json_key;    // with what stands around it
  Output const* output;    // null: the full type, which is made of two of the others
  std::size_t column = 0;  // of the rows
};

struct Element {
  std::string tag_json;
  std::string_view tag;
  std::vector<Member> members;  // by key
  std::optional<std::size_t> node_type = {}, process_type = {};
};

Member member_of(std::string_view key, Output const* output, std::size_t column) {
  Member member{key, {}, output, column};
  append_json_string(member.json_key, key);
  member.json_key += ':';
  return member;
}

Element element_of(Part const& part, std::size_t first_column) {
  Element element{{}, part.tag, {}};
  append_json_string(element.tag_json, part.tag);
  for (std::size_t i = 0; i < part.outputs.size(); ++i) {
    auto const& output = part.outputs[i];
    element.members.push_back(member_of(output.key, &output, first_column + i));
    bool const is_text = output.column.type == Type::text && output.function == Function::none;
    if (is_text && output.key == node_type_key) element.node_type = first_column + i;
    if (is_text && output.key == process_type_key) element.process_type = first_column + i;
  }
  bool const has_full_type = element.node_type || element.process_type;
  bool const is_taken = std::ranges::find(element.members, full_type_key, &Member::key) != element.members.end();
  if (has_full_type && !is_taken) element.members.push_back(member_of(full_type_key, nullptr, 0));
  std::ranges::sort(element.members, {}, &Member::key);
  return element;
}

/// Those that have something to show, by tag. Columns come in the order of sql::builder::compile_query().
std::vector<Element> elements_of(BuilderPlan const& plan) {
  std::vector<Element> elements;
  std::size_t column = 0;
  auto const add = [&](Part const& part) {
    if (!part.outputs.empty()) elements.push_back(element_of(part, column));
    column += part.outputs.size();
  };
  for (auto const& vertex : plan.path) {
    if (vertex.joined && vertex.joined->edge) add(*vertex.joined->edge);
    add(vertex.part);
  }
  std::ranges::sort(elements, {}, &Element::tag);
  return elements;
}

void append_json_cell(std::string& out, Output const& output, std::string_view cell, AnswerLimits& limits) {
  if (cell.size() > sql::builder::largest_json)
    throw Interrupted{{Code::answer_too_large, output.key + " of one of the rows is too large for this answer",
                       "at most 1 MiB; a part of a document can be asked for, such as attributes.cell"}};
  querybuilder::append_cast(out, cell, output.cast, limits);
}

/// What a function has made of the cells of a column.
void append_result(std::string& out, Output const& output, std::string_view cell) {
  if (output.function == Function::count) return append_column_value(out, Type::integer, cell);
  if (output.column.type) return append_column_value(out, *output.column.type, cell);
  if (output.cast == Cast::real) return querybuilder::append_real(out, as_real(JsonValue::Kind::number, cell));
  if (output.cast == Cast::integer) return append_column_value(out, Type::integer, cell);
  append_column_value(out, output.cast == Cast::datetime ? Type::datetime : Type::text, cell);
}

void append_cell(std::string& out, Output const& output, std::optional<std::string_view> cell, AnswerLimits& limits) {
  if (!cell)
    out += "null";
  else if (output.function != Function::none)
    append_result(out, output, *cell);
  else if (output.column.type)
    append_column_value(out, *output.column.type, cell);
  else
    append_json_cell(out, output, *cell, limits);
  limits.worked(cell ? cell->size() : 1);
}

/// False: an element without a type of nodes, and with none of processes, has none.
bool append_full_type(std::string& out, Element const& element, store::Rows const& rows, std::size_t row) {
  auto const at = [&](std::optional<std::size_t> column) {
    return column ? rows.at(row, *column).value_or("") : std::string_view();
  };
  auto const node_type = at(element.node_type), process_type = at(element.process_type);
  bool const is_empty = node_type.empty() && process_type.empty();
  if (is_empty && !element.node_type) return false;
  if (is_empty)
    out += "null";
  else
    append_json_string(out, std::string(node_type) + '|' + std::string(process_type));
  return true;
}

template <class Out>
void write_element(Out& out, Element const& element, store::Rows const& rows, std::size_t row, AnswerLimits& limits) {
  out += '{';
  std::string value;
  for (bool first = true; auto const& member : element.members) {
    value.clear();
    if (member.output == nullptr) {
      if (!append_full_type(value, element, rows, row)) continue;
    } else {
      append_cell(value, *member.output, rows.at(row, member.column), limits);
    }
    if (!first) out += ',';
    first = false;
    out += std::string_view(member.json_key);
    out += std::string_view(value);
  }
  out += '}';
}

template <class Out>
void write(Out& out, std::vector<Element> const& elements, store::Rows const& rows, AnswerLimits& limits) {
  out += '{';
  for (bool first = true; auto const& element : elements) {
    if (rows.empty()) break;
    if (!first) out += ',';
    first = false;
    out += std::string_view(element.tag_json);
    out += std::string_view(":[");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (row > 0) out += ',';
      write_element(out, element, rows, row, limits);
    }
    out += ']';
  }
  out += '}';
}

}  // namespace

// Measured before it is written: what is in the database may become several times as long as JSON.
std::string data_of(GraphRows const& graph, AnswerLimits& limits) {
  auto const elements = elements_of(*graph.plan);
  std::string data;
  if (graph.rows.bytes() >= worth_measuring) {
    constexpr std::size_t room_for_envelope = 1024;
    TextSize size;
    write(size, elements, graph.rows, limits);
    limits.sized(size.size());
    limits.take(size.size() + room_for_envelope);
    data.reserve(size.size() + room_for_envelope);
  }
  write(data, elements, graph.rows, limits);
  return data;
}

}  // namespace restapi::api
