// SPDX-License-Identifier: MIT
#include "api/streamed_rows.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>

namespace restapi::api {
namespace {

class StreamedRows final : public http::BodySource {
 public:
  StreamedRows(store::Rows first, std::unique_ptr<store::RowStream> rows, std::unique_ptr<RowWriter> writer,
               BatchLimits limits)
      : first_(std::move(first)), rows_(std::move(rows)), writer_(std::move(writer)), limits_(std::move(limits)) {}

  http::Piece next() override {
    http::Piece piece;
    auto rows = first_ ? Result<store::Rows>(*std::exchange(first_, std::nullopt)) : rows_->next();
    if (!has_begun_) writer_->begin(piece.text);
    has_begun_ = true;
    if (!rows) return broken(std::move(piece), rows.error());
    if (rows->empty()) {
      piece.kind = http::Piece::Kind::last;
      return piece;
    }
    auto const whole = piece.text.size();
    try {
      AnswerLimits limits(limits_.memory, limits_.time, limits_.gone);
      writer_->write(piece.text, *rows, limits);
    } catch (Interrupted const& interrupted) {
      piece.text.resize(whole);
      return broken(std::move(piece), interrupted.error);
    }
    return piece;
  }

  void look() override { rows_->look(); }

 private:
  http::Piece broken(http::Piece piece, Error const& error) {
    if (error.code != Code::cancelled)
      spdlog::error("a streamed list has ended early: {} {}", error.message, error.detail);
    writer_->fail(piece.text, error);
    piece.kind = http::Piece::Kind::broken;
    return piece;
  }

  std::optional<store::Rows> first_;
  std::unique_ptr<store::RowStream> const rows_;
  std::unique_ptr<RowWriter> const writer_;
  BatchLimits const limits_;
  bool has_begun_ = false;
};

}  // namespace

std::unique_ptr<http::BodySource> streamed_rows(store::Rows first, std::unique_ptr<store::RowStream> rows,
                                                std::unique_ptr<RowWriter> writer, BatchLimits limits) {
  return std::make_unique<StreamedRows>(std::move(first), std::move(rows), std::move(writer), std::move(limits));
}

}  // namespace restapi::api
