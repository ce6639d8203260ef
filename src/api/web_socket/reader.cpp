// SPDX-License-Identifier: MIT
#include "api/web_socket/reader.hpp"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "api/web_socket/deflate.hpp"
#include "base/utf8.hpp"

namespace restapi::api::web_socket {
namespace {

/// Those that may be sent (§7.4.1, §7.4.2).
bool is_sendable(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

struct FreeContext {
  void operator()(wslay_frame_context* context) const { wslay_frame_context_free(context); }
};

/// Of a frame on the wire, without its payload (§5.2). It is masked.
std::size_t head_size(std::uint64_t payload) { return 2 + (payload < 126 ? 0 : payload <= 0xffff ? 2 : 8) + 4; }

}  // namespace

/// wslay's context has a buffer of 4 KiB and lives, like the beginning of a message, until both are used up: a
/// connection at rest needs none.
class Reader::Frames {
 public:
  Frames(std::size_t most, bool inflates) : most_(most), inflates_(inflates) {
    wslay_frame_callbacks const callbacks{nullptr, give, nullptr};
    wslay_frame_context_ptr context = nullptr;
    if (wslay_frame_context_init(&context, &callbacks, this) != 0) throw std::bad_alloc();
    context_.reset(context);
  }

  std::optional<CloseCode> read(std::string_view bytes, std::function<bool(Received)> const& take, bool& is_over) {
    rest_ = bytes;
    begun_ += bytes.size();
    while (!is_over) {
      wslay_frame_iocb piece{};
      auto const size = wslay_frame_recv(context_.get(), &piece);
      if (size == WSLAY_ERR_WANT_READ) return std::nullopt;
      if (size < 0) return CloseCode::protocol_error;
      if (auto const failure = add(piece, take, is_over)) return failure;
    }
    return std::nullopt;
  }

  /// Nothing has begun that is not complete.
  bool is_empty() const { return begun_ == 0 && !message_; }

 private:
  struct Begun {
    Kind kind;
    bool is_deflated;
    std::string payload = {};
    std::size_t frames = 0;
  };

  /// wslay asks for so many bytes at most.
  static ssize_t give(std::uint8_t* buffer, std::size_t size, int, void* frames) {
    auto& rest = static_cast<Frames*>(frames)->rest_;
    auto const given = std::min(size, rest.size());
    std::memcpy(buffer, rest.data(), given);
    rest.remove_prefix(given);
    return given > 0 ? static_cast<ssize_t>(given) : -1;
  }

  std::optional<CloseCode> add(wslay_frame_iocb const& piece, std::function<bool(Received)> const& take,
                               bool& is_over) {
    if (auto const failure = frame_ ? std::nullopt : begin(piece)) return failure;
    frame_ = true;
    auto& payload = wslay_is_ctrl_frame(piece.opcode) ? control_ : message_->payload;
    payload.append(reinterpret_cast<char const*>(piece.data), piece.data_length);
    frame_read_ += piece.data_length;
    if (frame_read_ < piece.payload_length) return std::nullopt;
    begun_ -= head_size(piece.payload_length) + frame_read_;
    frame_ = false;
    frame_read_ = 0;
    if (wslay_is_ctrl_frame(piece.opcode)) return end_control(piece.opcode, take, is_over);
    return piece.fin ? end_message(take, is_over) : std::nullopt;
  }

  /// What its head says. wslay has looked at the length, and at the size of a control frame.
  std::optional<CloseCode> begin(wslay_frame_iocb const& frame) {
    if (!frame.mask) return CloseCode::protocol_error;
    bool const begins_message = frame.opcode == WSLAY_TEXT_FRAME || frame.opcode == WSLAY_BINARY_FRAME;
    bool const may_be_deflated = inflates_ && begins_message;
    if (frame.rsv != WSLAY_RSV_NONE && !(may_be_deflated && frame.rsv == WSLAY_RSV1_BIT))
      return CloseCode::protocol_error;
    if (frame.opcode == WSLAY_CONNECTION_CLOSE || frame.opcode == WSLAY_PING || frame.opcode == WSLAY_PONG) {
      control_.clear();
      return std::nullopt;
    }
    if (!begins_message && frame.opcode != WSLAY_CONTINUATION_FRAME) return CloseCode::protocol_error;
    if (begins_message == message_.has_value()) return CloseCode::protocol_error;
    if (begins_message)
      message_ = Begun{frame.opcode == WSLAY_TEXT_FRAME ? Kind::text : Kind::binary, frame.rsv != WSLAY_RSV_NONE};
    // Before any of it is kept: whoever announces much sends it slowly.
    if (frame.payload_length > most_ - message_->payload.size()) return CloseCode::too_large;
    // Of one byte each there are no more: so many empty ones only cost time.
    if (++message_->frames > most_) return CloseCode::too_large;
    return std::nullopt;
  }

  std::optional<CloseCode> end_message(std::function<bool(Received)> const& take, bool& is_over) {
    auto message = *std::exchange(message_, std::nullopt);
    if (message.is_deflated) {
      auto result = inflated(message.payload, most_);
      if (result.error)
        return *result.error == InflateError::too_large ? CloseCode::too_large : CloseCode::invalid_data;
      message.payload = std::move(result.message);
    }
    bool const is_text = message.kind == Kind::text;
    if (is_text && !utf8::is_valid(message.payload)) return CloseCode::invalid_data;
    is_over = !take({is_text ? Received::What::text : Received::What::binary, std::move(message.payload)});
    return std::nullopt;
  }

  std::optional<CloseCode> end_control(unsigned opcode, std::function<bool(Received)> const& take, bool& is_over) {
    if (opcode != WSLAY_CONNECTION_CLOSE) {
      auto const what = opcode == WSLAY_PING ? Received::What::ping : Received::What::pong;
      is_over = !take({what, std::exchange(control_, {})});
      return std::nullopt;
    }
    Received closed{Received::What::close};
    if (!control_.empty()) {
      if (control_.size() < 2) return CloseCode::protocol_error;
      auto const byte = [this](std::size_t i) { return static_cast<unsigned char>(control_[i]); };
      auto const code = static_cast<unsigned>(byte(0) << 8 | byte(1));
      if (!is_sendable(code)) return CloseCode::protocol_error;
      closed.code = static_cast<CloseCode>(code);
      closed.payload = control_.substr(2);
      if (!utf8::is_valid(closed.payload)) return CloseCode::invalid_data;
    }
    take(std::move(closed));
    is_over = true;
    return std::nullopt;
  }

  std::size_t const most_;
  bool const inflates_;
  std::unique_ptr<wslay_frame_context, FreeContext> context_;
  std::string_view rest_;         // of what is being read
  std::uint64_t begun_ = 0;       // bytes that came and belong to no complete frame
  bool frame_ = false;            // the head of one has been looked at
  std::uint64_t frame_read_ = 0;  // bytes of its payload
  std::optional<Begun> message_;  // in fragments, maybe
  std::string control_;           // such frames may come between these
};

Reader::Reader(std::size_t most, bool inflates) : most_(most), inflates_(inflates) {}
Reader::~Reader() = default;

std::optional<CloseCode> Reader::read(std::string_view bytes, std::function<bool(Received)> const& take) {
  if (is_over_ || bytes.empty()) return std::nullopt;
  if (!frames_) frames_ = std::make_unique<Frames>(most_, inflates_);
  auto const failure = frames_->read(bytes, take, is_over_);
  if (failure) is_over_ = true;
  if (is_over_ || frames_->is_empty()) frames_.reset();
  return failure;
}

}  // namespace restapi::api::web_socket
