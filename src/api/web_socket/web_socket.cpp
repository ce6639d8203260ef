// SPDX-License-Identifier: MIT
#include "api/web_socket/web_socket.hpp"

#include <algorithm>
#include <utility>

namespace restapi::api::web_socket {

WebSocket::WebSocket(net::Connection& connection, bool deflates, WebSocketOptions const& options,
                     EndpointFactory const& endpoint)
    : connection_(connection),
      deflates_(deflates),
      options_(options),
      reader_(options.most, deflates),
      rate_(options.messages_a_second, options.messages_at_once) {
  if (options_.ping_interval.count() > 0) ping_at_ = Clock::now() + options_.ping_interval;
  keep_time();
  endpoint_ = endpoint(*this);  // last: it may call already
}

void WebSocket::send(Message const& message) {
  if (is_closed_) return;
  connection_.send(message.frame(deflates_));
  ++messages_;
}

void WebSocket::send(Frames const& frames) {
  if (is_closed_ || frames.messages == 0) return;
  connection_.send(frames.outgoing);
  messages_ += frames.messages;
}

void WebSocket::close(CloseCode code, std::string_view reason) {
  if (is_closed_ || std::exchange(is_closing_, true)) return;
  if (endpoint_) endpoint_->on_closing(code);
  finish(code, reason);
}

// The connection lingers: the answer of the client to a close is on its way, and nobody needs it.
void WebSocket::finish(CloseCode code, std::string_view reason) {
  is_closed_ = true;
  connection_.send(close_frame(code, reason));
  connection_.finish(true);
  end(code);
}

void WebSocket::set_deadline(Clock::time_point deadline) {
  deadline_ = deadline;
  keep_time();
}

void WebSocket::on_bytes(std::string_view bytes) {
  if (auto const failure = reader_.read(bytes, [this](Received received) { return take(std::move(received)); }))
    close(*failure);
}

/// False: nothing behind it is of interest.
bool WebSocket::take(Received received) {
  using What = Received::What;
  if (is_closed_) return false;
  if (received.what != What::close && !rate_.take(Clock::now())) {
    close(CloseCode::policy_violation, "too many messages");
    return false;
  }
  switch (received.what) {
    case What::text:
    case What::binary:
      if (endpoint_)
        endpoint_->on_message(received.what == What::text ? Kind::text : Kind::binary, std::move(received.payload));
      break;
    case What::ping:
      connection_.send(pong_frame(received.payload));
      break;
    case What::pong:
      if (pong_due_ == Clock::time_point::max()) break;
      pong_due_ = Clock::time_point::max();
      ping_at_ = Clock::now() + options_.ping_interval;
      keep_time();
      break;
    case What::close:
      finish(received.code, {});  // in answer: the same code
      break;
  }
  return !is_closed_;
}

void WebSocket::on_end() {
  connection_.finish(false);
  is_closed_ = true;
  end(CloseCode::abnormal);
}

void WebSocket::on_event(net::Event& event) {
  if (!is_closed_) endpoint_->on_event(event);
}

void WebSocket::on_sent() {
  if (!is_closed_) endpoint_->on_sent();
}

void WebSocket::on_deadline() {
  auto const now = Clock::now();
  if (now >= deadline_) {
    deadline_ = Clock::time_point::max();
    endpoint_->on_deadline();
    if (is_closed_) return;
  }
  if (now >= pong_due_) {
    // The ping is behind what the client is still reading: how long that may take is the connection's business.
    if (!connection_.waits_for_reader()) return close(CloseCode::going_away, "no pong");
    pong_due_ = now + options_.ping_timeout;
  }
  if (now >= ping_at_) {
    ping_at_ = Clock::time_point::max();
    pong_due_ = now + options_.ping_timeout;
    connection_.send(ping_frame({}));
  }
  keep_time();
}

void WebSocket::on_drain() {
  if (!is_closed_ && endpoint_) endpoint_->on_drain();
  close(CloseCode::service_restart);
}

void WebSocket::keep_time() {
  if (is_closed_) return;  // the deadline is that of the connection's end
  auto const next = std::min({ping_at_, pong_due_, deadline_});
  if (next == Clock::time_point::max())
    connection_.clear_deadline();
  else
    connection_.set_deadline(next);
}

void WebSocket::end(CloseCode code) {
  is_closed_ = true;
  if (endpoint_ && !std::exchange(has_ended_, true)) endpoint_->on_closed(code);
}

}  // namespace restapi::api::web_socket
