// SPDX-License-Identifier: MIT
#include "http/http1.hpp"

#include <fmt/format.h>

#include <cassert>
#include <iterator>
#include <utility>

#include "http/date.hpp"

namespace restapi::http {
namespace {

/// Kept input that grew beyond this is given back to the allocator between two requests.
constexpr std::size_t idle_capacity = 512;

/// Its Connection field is the response's own: it names the protocol (RFC 9110 §7.8).
constexpr int switching_protocols = 101;

/// Room for the head of an answer with the usual header fields.
constexpr std::size_t usual_head = 512;

/// Written once a second and thread.
std::string_view date_of(std::time_t now) {
  thread_local std::time_t written = -1;
  thread_local std::string text;
  if (now != written) {
    text = http_date(now);
    written = now;
  }
  return text;
}

/// Gives the memory back, which assigning an empty string does not.
void release(std::string& text) { std::string().swap(text); }

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }  // RFC 9110 §6.4.1

}  // namespace

Http1::Http1(HttpLimits limits, std::string peer_address) : limits_(limits), peer_address_(std::move(peer_address)) {}

Http1::Event Http1::receive(std::string_view bytes) {
  if (phase_ == Phase::finished) return {};
  if (phase_ == Phase::answering) {
    if (closes_) {
      has_unread_input_ = true;
    } else {
      kept_ += bytes;
    }
    return {};
  }
  std::size_t used = 0;
  if (kept_.empty()) {
    Event event = read(bytes, used);
    if (!closes_ && used < bytes.size()) kept_.assign(bytes.substr(used));
    return event;
  }
  kept_ += bytes;
  return next();
}

Http1::Event Http1::next() {
  if (phase_ == Phase::finished || phase_ == Phase::answering) return {};
  std::size_t used = 0;
  Event event = read(kept_, used);
  kept_.erase(0, used);
  if (kept_.empty() && kept_.capacity() > idle_capacity) release(kept_);
  if (ended_ && phase_ != Phase::answering) phase_ = Phase::finished;
  return event;
}

Http1::Event Http1::end() {
  ended_ = true;
  return next();
}

Error Http1::expire() {
  assert(phase_ == Phase::reading);
  return std::get<Error>(hand_out({Code::request_too_slow, "the request took too long to arrive"}));
}

Http1::Event Http1::hand_out(Error fault) {
  is_head_ = reader_ && reader_->request().method == "HEAD";
  reader_.reset();
  release(kept_);
  closes_ = true;
  announces_keep_alive_ = false;
  has_unread_input_ = true;
  phase_ = Phase::answering;
  return fault;
}

Http1::Event Http1::read(std::string_view bytes, std::size_t& used) {
  if (phase_ == Phase::idle) {
    // RFC 9112 §2.2: empty lines before a request are forgiven.
    while (bytes.substr(used, 2) == "\r\n") used += 2;
    if (used == bytes.size() || bytes.substr(used) == "\r") return {};
    reader_.emplace(limits_);
    interim_sent_ = false;
    phase_ = Phase::reading;
  }
  used += reader_->read(bytes.substr(used));
  if (reader_->refusal()) {
    used = bytes.size();
    return hand_out(*reader_->refusal());
  }
  if (!reader_->is_complete()) {
    interim_due_ = reader_->awaits_continue() && used == bytes.size() && !interim_sent_;
    return {};
  }
  interim_due_ = false;
  closes_ = !reader_->keeps_alive();
  is_http_1_0_ = reader_->is_http_1_0();
  announces_keep_alive_ = is_http_1_0_ && !closes_;
  Request request = reader_->take_request();
  reader_.reset();
  is_head_ = request.method == "HEAD";
  request.peer_address = peer_address_;
  phase_ = Phase::answering;
  if (closes_ && used < bytes.size()) has_unread_input_ = true;
  return request;
}

std::string_view Http1::take_interim() {
  if (!interim_due_) return {};
  interim_due_ = false;
  interim_sent_ = true;
  return "HTTP/1.1 100 Continue\r\n\r\n";
}

std::string Http1::begin_head(SharedResponse const& response, std::time_t now, OwnFields own) {
  std::string head;
  head.reserve(usual_head);
  head += response.head();
  head += "Server: restapi\r\nDate: ";
  head += date_of(now);
  if (!own.request_id.empty()) {
    head += "\r\nX-Request-Id: ";
    head += own.request_id;
  }
  if (!own.applied.empty()) {
    head += "\r\nPreference-Applied: ";
    head += own.applied;
  }
  if (!own.server_timing.empty()) {
    head += "\r\nServer-Timing: ";
    head += own.server_timing;
  }
  return head;
}

std::string Http1::leave(SharedResponse const& response, std::time_t now, OwnFields own, bool is_chunked) {
  assert(phase_ == Phase::answering);
  phase_ = Phase::finished;
  auto head = begin_head(response, now, own);
  if (is_chunked) head += "\r\nTransfer-Encoding: chunked";
  if (response->status != switching_protocols) head += "\r\nConnection: close";
  return head + "\r\n\r\n";
}

net::Outgoing Http1::respond(SharedResponse const& response, std::time_t now, OwnFields own) {
  assert(phase_ == Phase::answering);
  if (winding_down_ && !closes_) {
    closes_ = true;
    if (!kept_.empty()) has_unread_input_ = true;
  }

  net::Outgoing outgoing{begin_head(response, now, own), {}};
  std::string& head = outgoing.head;
  if (has_body(response->status)) {
    fmt::format_to(std::back_inserter(head), "\r\nContent-Length: {}", response->body.size());
    if (!is_head_) outgoing.body = response->body;
  }
  if (closes_) {
    head += "\r\nConnection: close";
  } else if (announces_keep_alive_) {
    head += "\r\nConnection: keep-alive";
  }
  head += "\r\n\r\n";

  phase_ = closes_ ? Phase::finished : Phase::idle;
  if (closes_) release(kept_);
  return outgoing;
}

}  // namespace restapi::http
