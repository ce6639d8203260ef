// SPDX-License-Identifier: MIT
#include "api/v2/row_writers.hpp"

#include <string_view>
#include <utility>

#include "api/data.hpp"
#include "base/json_text.hpp"

namespace restapi::api::v2 {
namespace {

void append_csv(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (char const byte : text) out.append(byte == '"' ? 2 : 1, byte);
  out += '"';
}

class CsvWriter final : public RowWriter {
 public:
  explicit CsvWriter(std::shared_ptr<query::Projection const> projection) : projection_(std::move(projection)) {}

  void begin(std::string& out) override {
    for (bool first = true; auto const& field : projection_->fields) {
      if (!first) out += ',';
      append_csv(out, field.name);
      first = false;
    }
    out += "\r\n";
  }

  void write(std::string& out, store::Rows const& rows, AnswerLimits& limits) override {
    auto const& fields = projection_->fields;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) out += ',';
        auto const cell = rows.at(row, i);
        if (!cell) continue;
        limits.worked(cell->size());
        text_.clear();
        if (append_plain_value(text_, fields[i], *cell, limits)) append_csv(out, text_);
      }
      out += "\r\n";
    }
  }

  void fail(std::string& out, Error const& error) override {
    out += "#error,";
    append_csv(out, error.message);
    out += "\r\n";
  }

 private:
  std::shared_ptr<query::Projection const> const projection_;
  std::string text_;  // of a cell; kept for its room
};

class NdjsonWriter final : public RowWriter {
 public:
  explicit NdjsonWriter(std::shared_ptr<query::Projection const> projection) : projection_(std::move(projection)) {}

  void begin(std::string&) override {}

  void write(std::string& out, store::Rows const& rows, AnswerLimits& limits) override {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      append_object(out, *projection_, rows, row, limits);
      out += '\n';
    }
  }

  void fail(std::string& out, Error const& error) override {
    out += "{\"error\":";
    append_json_string(out, error.message);
    out += "}\n";
  }

 private:
  std::shared_ptr<query::Projection const> const projection_;
};

}  // namespace

std::unique_ptr<RowWriter> csv_writer(std::shared_ptr<query::Projection const> projection) {
  return std::make_unique<CsvWriter>(std::move(projection));
}

std::unique_ptr<RowWriter> ndjson_writer(std::shared_ptr<query::Projection const> projection) {
  return std::make_unique<NdjsonWriter>(std::move(projection));
}

}  // namespace restapi::api::v2
