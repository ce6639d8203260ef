// SPDX-License-Identifier: MIT
#include "api/web_socket/message.hpp"

#include <mutex>
#include <utility>

#include "api/web_socket/deflate.hpp"
#include "base/utf8.hpp"

namespace restapi::api::web_socket {
namespace {

enum Opcode : unsigned { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

constexpr unsigned is_last = 0x80;
constexpr unsigned is_deflated = 0x40;
constexpr std::size_t most_reason = 123;

/// §5.2. What a server sends is not masked.
std::string head_of(unsigned first, std::size_t size) {
  std::string head(1, static_cast<char>(first));
  auto const add = [&](int bytes) {
    while (bytes-- > 0) head += static_cast<char>(size >> (8 * bytes) & 0xff);
  };
  if (size < 126) {
    add(1);
  } else if (size <= 0xffff) {
    head += '\x7e';
    add(2);
  } else {
    head += '\x7f';
    add(8);
  }
  return head;
}

net::Outgoing control_frame(Opcode opcode, std::string_view payload) {
  return {head_of(is_last | opcode, payload.size()).append(payload), {}};
}

}  // namespace

struct Message::Shared {
  Kind kind;
  net::Body plain;
  std::once_flag once;
  net::Body deflated;  // empty: it would not be smaller
};

Message::Message(Kind kind, std::string payload) : shared_(std::make_shared<Shared>()) {
  shared_->kind = kind;
  if (!payload.empty()) shared_->plain = std::move(payload);
}

Kind Message::kind() const { return shared_->kind; }
std::string const& Message::payload() const { return shared_->plain.text(); }

net::Outgoing Message::frame(bool deflates) const {
  auto const& plain = shared_->plain;
  unsigned const first = is_last | (shared_->kind == Kind::text ? Opcode::text : Opcode::binary);
  if (deflates && plain.size() >= worth_deflating) {
    std::call_once(shared_->once, [this, &plain] {
      if (auto payload = web_socket::deflated(plain.text()); payload.size() < plain.size())
        shared_->deflated = std::move(payload);
    });
    if (auto const& small = shared_->deflated; !small.empty())
      return {head_of(first | is_deflated, small.size()), small};
  }
  return {head_of(first, plain.size()), plain};
}

Frames frames(std::span<Message const> messages, bool deflates) {
  if (messages.empty()) return {};
  auto all = messages.front().frame(deflates);
  if (messages.size() == 1) return {std::move(all), 1};
  auto rest = all.body.text();
  for (auto const& message : messages.subspan(1)) {
    auto const frame = message.frame(deflates);
    rest.append(frame.head).append(frame.body.text());
  }
  all.body = std::move(rest);
  return {std::move(all), messages.size()};
}

net::Outgoing ping_frame(std::string_view payload) { return control_frame(Opcode::ping, payload); }
net::Outgoing pong_frame(std::string_view payload) { return control_frame(Opcode::pong, payload); }

net::Outgoing close_frame(CloseCode code, std::string_view reason) {
  if (code == CloseCode::none) return control_frame(Opcode::close, {});
  auto const number = static_cast<std::uint16_t>(code);
  std::string payload{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  for (std::size_t size = 0; !reason.empty(); reason.remove_prefix(size)) {
    size = utf8::first_character(reason);
    if (size == 0 || payload.size() + size > 2 + most_reason) break;
    payload += reason.substr(0, size);
  }
  return control_frame(Opcode::close, payload);
}

}  // namespace restapi::api::web_socket
