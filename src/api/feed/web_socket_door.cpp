// SPDX-License-Identifier: MIT
#include "api/feed/web_socket_door.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "api/web_socket/handshake.hpp"
#include "base/json_text.hpp"

namespace restapi::api::feed {
namespace {

using web_socket::CloseCode;
using Clock = net::Connection::Clock;

/// Tokens are looked at so often, and whether a cursor gets too old.
constexpr std::chrono::seconds between_ticks{5};

/// Bytes that may wait for a reader before it is given more.
constexpr std::size_t most_unread = 64 * 1024;

std::string_view said_of(Subscription::End why) {
  switch (why) {
    case Subscription::End::unreadable:
      return "the database cannot be read now";
    case Subscription::End::crowded:
      return "too many come back at once: try again in a moment";
    case Subscription::End::displaced:
      return "another client has got the place: come back in a moment";
    case Subscription::End::too_slow:
      return "too slow: come back, with a cursor to miss nothing";
  }
  return {};
}

class WebSocketDoor final : public Door {
 public:
  WebSocketDoor(std::shared_ptr<Feed> feed, WebSocketDoorOptions options,
                std::function<std::unique_ptr<web_socket::Endpoint>(Visit)> enter)
      : owned_(std::move(feed)), feed_(*owned_), options_(options), enter_(std::move(enter)) {}

  std::string_view path() const override { return options_.path; }
  std::string_view name() const override { return name_of(options_.way); }
  bool admits_itself() const override { return options_.admits_itself; }
  void stop() override { feed_.stop(); }

  http::Attempt attempt(DoorQuestion question) override {
    if (web_socket::wants_web_socket(question.request) && !question.is_allowed_origin)
      return question.finish({403,
                              {{"Content-Type", "application/json"}},
                              message_json("pages of this origin may not listen (--cors-origin)")});
    auto handshake = web_socket::shake_hands(question.request);
    if (!handshake.is_agreed()) return question.finish(std::move(handshake.response));
    std::shared_ptr<Feed::Listener> listener = feed_.listen(options_.way, question.request.client, options_.needs);
    if (!listener)
      return question.refuse(
          {Code::overloaded, "there are as many listeners as this server has room for", "try again later"});
    bool const is_admitted = !options_.admits_itself || !question.refusal_of({});
    auto reply = question.finish(std::move(handshake.response));
    reply.successor = [this, listener = std::move(listener), query = question.target.decoded_query, is_admitted,
                       admits = std::move(question.admits),
                       deflates = handshake.deflates](net::Connection& connection) {
      return std::make_unique<web_socket::WebSocket>(
          connection, deflates, web_socket::WebSocketOptions{.ping_interval = feed_.options().ping_interval},
          [&](web_socket::WebSocket& socket) {
            return enter_({socket, feed_, listener, query, is_admitted, admits});
          });
    };
    return reply;
  }

 private:
  std::shared_ptr<Feed> const owned_;
  Feed& feed_;
  WebSocketDoorOptions const options_;
  std::function<std::unique_ptr<web_socket::Endpoint>(Visit)> const enter_;
};

}  // namespace

std::optional<std::string_view> parameter(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    auto const part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    auto const name = part.substr(0, part.find('='));
    if (name == key) return part.substr(std::min(name.size() + 1, part.size()));
  }
  return std::nullopt;
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the system has no random numbers");
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // version and variant (RFC 9562 §5.4)
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  return text;
}

WebSocketListener::WebSocketListener(Visit visit)
    : visit_(std::move(visit)),
      subscription_(std::make_shared<Subscription>(visit_.feed, *this, visit_.listener->client(),
                                                   post_to(visit_.socket.connection().weak_from_this()))) {
  subscription_->end_with(*visit_.listener);
  if (!visit_.is_admitted) return;
  visit_.listener->on_grown(visit_.socket.connection().weak_from_this());
  visit_.socket.set_deadline(Clock::now() + between_ticks);
}

void WebSocketListener::send(std::string text) {
  if (socket().is_closed()) return;
  socket().send(web_socket::Message(web_socket::Kind::text, std::move(text)));
  visit_.listener->count_messages(1);
}

void WebSocketListener::send(web_socket::Frames const& frames) {
  socket().send(frames);
  visit_.listener->count_messages(frames.messages);
}

void WebSocketListener::on_event(net::Event& event) {
  if (auto const* call = dynamic_cast<Call*>(&event)) return call->task();
  subscription_->go_on();
}

void WebSocketListener::on_deadline() {
  if (!visit_.admits()) {
    on_expired();
    return socket().close(CloseCode::policy_violation, "the token is not accepted any more");
  }
  socket().set_deadline(Clock::now() + between_ticks);
  subscription_->keep_fresh();
  on_tick();
}

bool WebSocketListener::has_room() const { return visit_.socket.unread() < most_unread && !visit_.socket.is_closed(); }

void WebSocketListener::on_entry(Entry const& entry) {
  if (!socket().is_closed()) tell(entry);
}

void WebSocketListener::on_ended(Subscription::End why) {
  on_leaving(why);
  socket().close(CloseCode::try_again_later, said_of(why));
}

std::unique_ptr<Door> make_web_socket_door(std::shared_ptr<Feed> feed, WebSocketDoorOptions options,
                                           std::function<std::unique_ptr<web_socket::Endpoint>(Visit)> enter) {
  return std::make_unique<WebSocketDoor>(std::move(feed), options, std::move(enter));
}

}  // namespace restapi::api::feed
