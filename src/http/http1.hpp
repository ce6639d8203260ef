// SPDX-License-Identifier: MIT
/// HTTP/1.1 on one connection, without the connection: bytes in, requests and faults out; responses in,
/// bytes out. A value without threads, sockets or clocks, so that every case is a test of microseconds.
///
/// The order of calls is that of the wire: receive() until it returns a request or a fault, then respond()
/// to it, then next() for what had been sent behind it. One request at a time: bytes that arrive while an answer
/// is due are kept, and the owner should not read more of them.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/request_reader.hpp"
#include "net/outgoing.hpp"

namespace restapi::http {

/// Header fields of one answer alone; those of a Response may be shared by many. Values without line ends.
struct OwnFields {
  std::string_view request_id = {};     ///< X-Request-Id; empty: none
  std::string_view applied = {};        ///< Preference-Applied (RFC 7240); empty: none
  std::string_view server_timing = {};  ///< Server-Timing; empty: none
};

class Http1 {
 public:
  enum class Phase {
    idle,       ///< between two requests
    reading,    ///< a request has begun
    answering,  ///< a request or a fault was handed out: respond() is due
    finished,   ///< nothing more will be read or written: close once the output is sent
  };

  /// What the input amounts to: nothing yet, a request to answer, or a fault to refuse.
  using Event = std::variant<std::monostate, Request, Error>;

  Http1(HttpLimits limits, std::string peer_address);

  Phase phase() const { return phase_; }
  std::string const& peer_address() const { return peer_address_; }

  /// Bytes from the client, in pieces of any size. Ignored when finished.
  Event receive(std::string_view bytes);

  /// The next request that is already here. To be asked when an answer is on its way.
  Event next();

  /// The client sends no more (half-closed). What it has asked for completely is still answered.
  Event end();

  /// A request took too long to arrive: the fault to refuse. Requires: reading.
  Error expire();

  /// Serialises the answer; `now` becomes its Date. Requires: answering.
  net::Outgoing respond(SharedResponse const& response, std::time_t now, OwnFields own = {});

  /// The head of an answer behind which the connection speaks something else; this is of no more use then, but for
  /// take_rest(). `is_chunked`: what follows is its body, in chunks. Requires: answering.
  std::string leave(SharedResponse const& response, std::time_t now, OwnFields own = {}, bool is_chunked = false);

  /// What the client has sent behind its last request.
  std::string take_rest() { return std::move(kept_); }
  std::size_t rest() const { return kept_.size(); }  ///< bytes of that

  /// The request that is due an answer was sent with HEAD.
  bool is_head() const { return is_head_; }

  /// It was of HTTP/1.0, which knows no chunks.
  bool is_http_1_0() const { return is_http_1_0_; }

  /// "HTTP/1.1 100 Continue" if the client waits for it before it sends its body; empty otherwise and after the first
  /// call.
  std::string_view take_interim();

  /// The next answer is the last one and says so: the server is about to stop.
  void wind_down() { winding_down_ = true; }
  bool winds_down() const { return winding_down_; }

  /// Bytes may still be on their way that nobody is going to read: linger when closing.
  bool has_unread_input() const { return has_unread_input_; }

 private:
  Event read(std::string_view bytes, std::size_t& used);
  Event hand_out(Error fault);
  static std::string begin_head(SharedResponse const& response, std::time_t now, OwnFields own);

  HttpLimits limits_;
  std::string peer_address_;
  std::string kept_;                     // received, not used yet
  std::optional<RequestReader> reader_;  // only while reading: an idle connection should cost little
  Phase phase_ = Phase::idle;
  bool ended_ = false;
  bool is_head_ = false;
  bool is_http_1_0_ = false;
  bool closes_ = false;                // after the answer that is due
  bool announces_keep_alive_ = false;  // HTTP/1.0 has to be told
  bool winding_down_ = false;
  bool interim_due_ = false;
  bool interim_sent_ = false;
  bool has_unread_input_ = false;
};

}  // namespace restapi::http
