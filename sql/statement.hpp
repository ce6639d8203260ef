// SPDX-License-Identifier: MIT
/// SQL text and its values, travelling together. Placeholders are written by bind(), as :p1, :p2, …, in order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.hpp"
#include "sql/fragment.hpp"

namespace restapi::sql {

class Statement {
 public:
  /// The name appears in logs and measurements: "list", "count", "object". Width: the columns of its rows.
  Statement(Fragment name, std::size_t width) : name_(name.text()), width_(width) {
    text_.reserve(usual_size);
    values_.reserve(usual_values);
  }

  Statement& add(Fragment fragment);

  /// Writes the next placeholder and keeps its value.
  Statement& bind(model::Value value);

  /// Its rows have a whole JSON document, which may be large (store/rows.hpp).
  Statement& reads_document() {
    is_for_document_ = true;
    return *this;
  }

  std::string_view name() const { return name_; }
  bool is_for_document() const { return is_for_document_; }
  std::size_t width() const { return width_; }
  std::string const& text() const { return text_; }
  std::vector<model::Value> const& values() const { return values_; }

 private:
  // What one object takes: written without moving.
  static constexpr std::size_t usual_size = 512, usual_values = 2;

  std::string_view name_;
  std::size_t width_;
  bool is_for_document_ = false;
  std::string text_;
  std::vector<model::Value> values_;
};

}  // namespace restapi::sql
