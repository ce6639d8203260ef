// SPDX-License-Identifier: MIT
/// What a client sends over WebSocket: bytes in, in pieces of any size; messages and control frames out (RFC 6455
/// §5–§7). No socket, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/web_socket/message.hpp"

namespace restapi::api::web_socket {

struct Received {
  enum class What { text, binary, ping, pong, close };
  What what;
  std::string payload = {};          ///< of `close`: its reason
  CloseCode code = CloseCode::none;  ///< of `close`
};

class Reader {
 public:
  /// `most`: bytes of a message, also of one that was compressed, and fragments. `inflates`: permessage-deflate has
  /// been agreed on.
  Reader(std::size_t most, bool inflates);
  ~Reader();
  Reader(Reader const&) = delete;
  Reader& operator=(Reader const&) = delete;

  /// Hands out what is complete, until `take` gives false. Returns why the connection is to be closed, if the client
  /// has broken the protocol. Behind this, and behind a close, nothing is read any more.
  std::optional<CloseCode> read(std::string_view bytes, std::function<bool(Received)> const& take);

  /// Between two messages: then it takes no memory but its own size.
  bool is_at_rest() const { return !frames_; }

 private:
  class Frames;

  std::size_t const most_;
  bool const inflates_;
  bool is_over_ = false;
  std::unique_ptr<Frames> frames_;
};

}  // namespace restapi::api::web_socket
