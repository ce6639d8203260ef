// SPDX-License-Identifier: MIT
#include "api/engine_io/server.hpp"

#include <sys/random.h>

#include <array>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/engine_io/answers.hpp"
#include "api/engine_io/entry.hpp"
#include "api/web_socket/handshake.hpp"
#include "base/base64url.hpp"

namespace restapi::api::engine_io {
namespace {

using web_socket::CloseCode;
using web_socket::WebSocket;

/// Bytes that may wait in a connection before it is given more; the rest waits in the session.
constexpr std::size_t most_unread = 64 * 1024;

}  // namespace

std::string new_id() {
  std::array<char, 15> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the system has no random numbers");
  return to_base64url({bytes.data(), bytes.size()});
}
/// A session's end of a WebSocket: the one that carries it, or the one that is about to.
class Server::Carrier final : public web_socket::Endpoint {
 public:
  Carrier(WebSocket& socket, std::shared_ptr<Entry> entry) : socket_(socket), entry_(std::move(entry)) {}

  void on_message(Kind kind, std::string payload) override {
    in_turn([&](Time now) {
      if (entry_->carrier.carrier == this)
        entry_->session.web_socket_received(kind, payload, now);
      else if (entry_->probe.carrier == this)
        entry_->session.probe_received(kind, payload, now);
    });
  }
  void on_event(net::Event&) override {
    in_turn([](Time) {});
  }
  void on_sent() override {
    in_turn([this](Time) {
      if (entry_->carrier.carrier == this) entry_->session.web_socket_sent();
    });
  }
  void on_closed(CloseCode) override {
    entry_->turn([this](Time) {
      if (entry_->carrier.carrier == this) entry_->session.web_socket_left();
      if (entry_->probe.carrier != this) return;
      entry_->probe = {};
      entry_->session.probe_left();
    });
  }

  /// And then sends what there is to send.
  template <class Call>
  void in_turn(Call call) {
    std::vector<Message> messages;
    bool is_over = false;
    entry_->turn([&](Time now) {
      entry_->is_woken = true;  // it is, now
      call(now);
      if (entry_->probe.carrier == this) {
        messages.swap(entry_->to_probe);
      } else if (entry_->carrier.carrier == this) {
        if (socket_.unread() < most_unread) messages = entry_->session.take();
        is_over = !entry_->session.is_open();
        entry_->is_woken = false;
      } else {
        is_over = true;
      }
    });
    for (auto const& message : messages) socket_.send(message);
    if (is_over) socket_.close(entry_->common->is_stopping ? CloseCode::service_restart : CloseCode::normal);
  }

 private:
  WebSocket& socket_;
  std::shared_ptr<Entry> const entry_;
};
Server::Server(ServerOptions options) : common_(std::make_shared<Common>(options)) {}

Server::~Server() { stop(); }

std::size_t Server::sessions() const {
  std::lock_guard const lock(common_->mutex);
  return common_->entries.size();
}

void Server::stop() {
  std::vector<std::shared_ptr<Entry>> entries;
  {
    std::lock_guard const lock(common_->mutex);
    common_->is_stopping = true;
    for (auto const& [id, entry] : common_->entries) entries.push_back(entry);
  }
  for (auto const& entry : entries) entry->turn([&](Time) { entry->session.close(); });
  common_->timers.stop();
  std::lock_guard const lock(common_->mutex);
  common_->entries.clear();
}
http::Attempt Server::attempt(http::Request const& request, Finish const& finish, HandlerFactory factory,
                              bool is_allowed_origin) {
  auto const& target = request.target;
  auto const refuse = [&](Refusal const& refusal) { return finish(refused(refusal)); };
  auto const transport = value_of(target, "transport");
  bool const is_web_socket = transport == "websocket";
  if (!is_web_socket && transport != "polling") return refuse(transport_unknown);
  auto const id = value_of(target, "sid");
  auto entry = id.empty() ? nullptr : common_->find(id);
  if (!id.empty() && !entry) return refuse(session_unknown);
  if (!entry && request.method != "GET") return refuse(bad_handshake_method);
  if (value_of(target, "EIO") != "4") return refuse(unsupported_version);
  if (is_web_socket != web_socket::wants_web_socket(request)) return refuse(bad_request);
  if (is_web_socket && !is_allowed_origin) return refuse(forbidden);
  if (is_web_socket) return carry(request, finish, std::move(entry), std::move(factory));
  if (request.method == "POST") {
    bool is_taken = false;
    entry->turn([&](Time now) { is_taken = entry->session.post(request.body.text(), now); });
    return is_taken ? finish(text("ok")) : refuse(bad_request);
  }
  if (request.method != "GET") return refuse(bad_request);
  return poll(request, finish, std::move(entry), factory);
}

/// A WebSocket, for a session that is there or for a new one.
http::Attempt Server::carry(http::Request const& request, Finish const& finish, std::shared_ptr<Entry> entry,
                            HandlerFactory factory) {
  bool may_be = true;
  if (entry) entry->turn([&](Time) { may_be = entry->session.may_be_upgraded(); });
  if (!may_be) return finish(refused(bad_request));
  std::shared_ptr<Places::Place> place = entry ? nullptr : common_->places->take(request.client);
  if (!entry && (common_->is_stopping || !place)) return finish(full());
  auto handshake = web_socket::shake_hands(request);
  auto reply = finish(std::move(handshake.response));
  if (!handshake.is_agreed()) return reply;
  reply.successor = [common = common_, entry = std::move(entry), place = std::move(place), asked = request.arrived,
                     factory = std::move(factory), deflates = handshake.deflates](net::Connection& connection) {
    auto const make_carrier = [&](WebSocket& socket) -> std::unique_ptr<web_socket::Endpoint> {
      auto const session = entry ? entry : common->open(Transport::web_socket, asked, place, factory, common);
      if (!session) socket.close(CloseCode::try_again_later);
      if (!session) return nullptr;
      auto carrier = std::make_unique<Carrier>(socket, session);
      carrier->in_turn([&](Time now) {
        Entry::Socket const self{carrier.get(), connection.weak_from_this()};
        if (!entry) {
          session->carrier = self;
        } else if (session->session.may_be_upgraded()) {  // not another one, meanwhile
          session->probe = self;
          session->session.probe_came(now);
        }
      });
      return carrier;
    };
    return std::make_unique<WebSocket>(connection, deflates, common->options.web_socket, make_carrier);
  };
  return reply;
}

/// A poll of a session that is there or of a new one.
http::Attempt Server::poll(http::Request const& request, Finish const& finish, std::shared_ptr<Entry> entry,
                           HandlerFactory const& factory) {
  if (!entry) {
    if (auto place = common_->places->take(request.client))
      entry = common_->open(Transport::polling, request.arrived, std::move(place), factory, common_);
  }
  if (!entry) return finish(full());
  auto const ask = [entry = std::move(entry), finish, gone = request.gone](http::LateAnswer answer) {
    entry->turn([&](Time now) {
      auto outcome = entry->session.poll(now);
      if (auto* payload = std::get_if<std::string>(&outcome))
        answer.give(finish(text(std::move(*payload))));
      else if (std::holds_alternative<Session::Refused>(outcome))
        answer.give(finish(refused(bad_request)));
      else
        entry->wait(std::move(answer), finish, gone);
    });
  };
  return http::Later{ask, true};
}

}  // namespace restapi::api::engine_io
