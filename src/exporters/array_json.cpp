// SPDX-License-Identifier: MIT
#include "exporters/array_json.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json_text.hpp"
#include "exporters/comments.hpp"
#include "exporters/json_numbers.hpp"
#include "exporters/node_array.hpp"
#include "exporters/not_possible.hpp"

namespace restapi::exporters {
namespace {

void append(std::string& out, double number) { out += json_number(number); }
void append(std::string& out, std::int64_t number) { out += std::to_string(number); }
void append(std::string& out, std::uint64_t number) { out += std::to_string(number); }
void append(std::string& out, bool value) { out += value ? "true" : "false"; }
void append(std::string& out, std::string const& text) { append_json_string(out, text); }

/// Writes an array value by value.
template <class Values>
class Lists {
 public:
  Lists(std::string& out, std::vector<std::size_t> const& shape, Values const& values)
      : out_(out), shape_(shape), values_(values) {}

  /// The lists of this dimension and below. False where that is too large: a shape such as (10^9, 0) has no values, but
  /// many lists.
  bool write(std::size_t dimension = 0) {
    if (out_.size() > largest_answer) return false;
    if (dimension == shape_.size()) {
      append(out_, static_cast<typename Values::value_type const&>(values_[next_++]));
      return true;
    }
    out_ += '[';
    for (std::size_t i = 0; i < shape_[dimension]; ++i) {
      if (i > 0) out_ += ',';
      if (!write(dimension + 1)) return false;
    }
    out_ += ']';
    return true;
  }

 private:
  std::string& out_;
  std::vector<std::size_t> const& shape_;
  Values const& values_;
  std::size_t next_ = 0;
};

bool append(std::string& out, Array const& array) {
  return std::visit([&](auto const& values) { return Lists(out, array.shape, values).write(); }, array.values);
}

}  // namespace

Result<std::string> arrays_json(Node const& node) {
  auto const names = array_names(node.attributes);
  if (!names) return names.error();
  std::string out = "{";
  for (auto const& name : *names) {
    if (name == "original_uuid" || name == "comments") continue;
    auto const array = read_array(node, name);
    if (!array) return array.error();
    append_json_string(out, name);
    out += ':';
    if (!append(out, *array)) return too_large();
    out += ',';
  }
  out += R"("original_uuid":)";
  append_json_string(out, node.uuid);
  out += R"(,"comments":)";
  append_json_string(out, comments());
  return out + '}';
}

}  // namespace restapi::exporters
