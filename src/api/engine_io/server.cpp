// SPDX-License-Identifier: MIT
#include "api/engine_io/server.hpp"

#include <sys/random.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/engine_io/timers.hpp"
#include "api/web_socket/handshake.hpp"
#include "base/base64url.hpp"
#include "base/keyed_hash.hpp"
#include "base/memory_budget.hpp"
#include "base/places.hpp"

namespace restapi::api::engine_io {
namespace {

using Clock = std::chrono::steady_clock;
using web_socket::CloseCode;
using web_socket::WebSocket;

/// Bytes that may wait in a connection before it is given more; the rest waits in the session.
constexpr std::size_t most_unread = 64 * 1024;

/// What the protocol refuses, by its numbers.
struct Refusal {
  int code;
  std::string_view message;
  int status = 400;
};
constexpr Refusal transport_unknown{0, "Transport unknown"};
constexpr Refusal session_unknown{1, "Session ID unknown"};
constexpr Refusal bad_handshake_method{2, "Bad handshake method"};
constexpr Refusal bad_request{3, "Bad request"};
constexpr Refusal forbidden{4, "Forbidden", 403};
constexpr Refusal unsupported_version{5, "Unsupported protocol version"};

http::Response refused(Refusal const& refusal) {
  return {refusal.status,
          {{"Content-Type", "application/json"}},
          "{\"code\":" + std::to_string(refusal.code) + ",\"message\":\"" + std::string(refusal.message) + "\"}"};
}

http::Response full() {
  http::Response response{503, {{"Content-Type", "application/json"}, {"Retry-After", "5"}}, {}};
  response.body = "{\"code\":3,\"message\":\"the server has as many sessions as it has room for\"}";
  return response;
}

http::Response text(std::string body) {
  return {200, {{"Content-Type", "text/plain; charset=UTF-8"}}, std::move(body)};
}

/// Values of a query; those of interest have no character that is percent-encoded.
std::string_view value_of(std::string_view target, std::string_view key) {
  auto query = target.substr(std::min(target.find('?'), target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);  // '?' or '&'
    auto const part = query.substr(0, query.find('&'));
    query.remove_prefix(part.size());
    auto const equals = part.find('=');
    if (equals != part.npos && part.substr(0, equals) == key) return part.substr(equals + 1);
  }
  return {};
}

struct Wake final : net::Event {};

}  // namespace

std::string new_id() {
  std::array<char, 15> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the system has no random numbers");
  return to_base64url({bytes.data(), bytes.size()});
}

struct Server::Common {
  explicit Common(ServerOptions what) : options(what) {}

  std::shared_ptr<Entry> open(Transport transport, Time asked, std::shared_ptr<Places::Place> place,
                              HandlerFactory const& factory, std::shared_ptr<Common> const& self);
  std::shared_ptr<Entry> find(std::string_view id) const;
  void forget(std::string const& id);

  ServerOptions const options;
  std::shared_ptr<Places> const places = std::make_shared<Places>(options.max_sessions);
  std::shared_ptr<MemoryBudget> const memory = std::make_shared<MemoryBudget>(options.max_memory);
  mutable std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Entry>, KeyedHash, std::equal_to<>> entries;
  std::atomic<bool> is_stopping = false;
  Timers timers;  // last: its tasks need the rest
};

/// A session, its lock, and who waits for it. Locks are taken in this order: an entry's, the timers' or a mailbox's.
struct SessionHandle::Entry final : Output, std::enable_shared_from_this<Entry> {
  Entry(std::string id, Transport transport, Time now, std::shared_ptr<Server::Common> what)
      : common(std::move(what)),
        session(std::move(id), transport, common->options.session, now, *this, common->memory) {}

  /// A poll that waits.
  struct Poll {
    Poll(http::LateAnswer who, Server::Finish how, std::uint64_t which)
        : answer(std::move(who)), finish(std::move(how)), number(which) {}
    http::LateAnswer answer;
    Server::Finish finish;
    std::uint64_t number;
    std::optional<std::stop_callback<std::function<void()>>> left = {};
  };

  /// A WebSocket: by address, to know it again, and the connection that it is on.
  struct Socket {
    Server::Carrier const* carrier = nullptr;
    std::weak_ptr<net::Connection> connection = {};
  };

  /// Everything is done in turns.
  template <class Call>
  void turn(Call call) {
    bool is_gone = false;
    {
      std::lock_guard const lock(mutex);
      call(Clock::now());
      keep_time();
      is_gone = session.is_gone();
    }
    if (is_gone) common->forget(session.id());
  }

  /// In a turn.
  void keep_time() {
    auto const next = session.next_tick();
    if (next >= ticks_at) return;
    ticks_at = next;
    common->timers.at(next, [weak = weak_from_this()] {
      auto const entry = weak.lock();
      if (!entry) return;
      entry->turn([&](Time now) {
        if (entry->ticks_at <= now) entry->ticks_at = Time::max();
        entry->session.tick(now);
      });
    });
  }

  /// In a turn.
  void wait(http::LateAnswer answer, Server::Finish finish, std::stop_token const& gone) {
    auto const number = ++polls;
    poll.emplace(std::move(answer), std::move(finish), number);
    poll->left.emplace(gone, [common = common.get(), weak = weak_from_this(), number] {
      // Elsewhere: this may be the turn of the session already, which is about to forget the poll.
      common->timers.soon([weak, number] {
        auto const entry = weak.lock();
        if (!entry) return;
        entry->turn([&](Time now) {
          if (!entry->poll || entry->poll->number != number) return;
          entry->poll.reset();
          entry->session.poll_left(now);
        });
      });
    });
  }

  void answer_poll(std::string payload) override { answer(text(std::move(payload))); }
  void refuse_poll() override { answer(refused(bad_request)); }
  void answer(http::Response response) {
    if (!poll) return;
    poll->answer.give(poll->finish(std::move(response)));
    poll.reset();
  }

  void wake_web_socket() override {
    if (!std::exchange(is_woken, true)) net::Connection::post_patiently(carrier.connection, std::make_unique<Wake>());
  }
  void answer_probe(Message packet) override { to_probe.push_back(std::move(packet)); }
  void adopt_probe() override { carrier = std::exchange(probe, {}); }
  void drop_probe() override { net::Connection::post(std::exchange(probe, {}).connection, std::make_unique<Wake>()); }

  void received(Kind kind, std::string data) override {
    if (handler) handler->on_message(kind, std::move(data));
  }
  void sent() override {
    if (handler) handler->on_sent();
  }
  void deadline_passed() override {
    if (handler) handler->on_deadline();
  }
  void closed() override {
    if (handler) handler->on_closed();
  }

  std::shared_ptr<Server::Common> const common;
  std::mutex mutex;  // of what follows
  Session session;
  std::unique_ptr<Handler> handler;
  std::shared_ptr<Places::Place> place;
  std::optional<Poll> poll;
  std::uint64_t polls = 0;
  Socket carrier;
  Socket probe;
  std::vector<Message> to_probe;
  bool is_woken = false;
  Time ticks_at = Time::max();
};

bool SessionHandle::tell(std::function<void()> const& what) const {
  auto const entry = entry_.lock();
  if (!entry) return false;
  bool is_open = false;
  entry->turn([&](Time now) {
    entry->session.tick(now);
    is_open = entry->session.is_open();
    if (is_open) what();
  });
  return is_open;
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

/// Null: the server stops.
std::shared_ptr<Server::Entry> Server::Common::open(Transport transport, Time asked,
                                                    std::shared_ptr<Places::Place> place, HandlerFactory const& factory,
                                                    std::shared_ptr<Common> const& self) {
  auto const now = asked == Time() ? Clock::now() : asked;
  auto entry = std::make_shared<Entry>(new_id(), transport, now, self);
  entry->place = std::move(place);
  {
    std::lock_guard const lock(mutex);
    if (is_stopping) return nullptr;
    entries.emplace(entry->session.id(), entry);
  }
  // Elsewhere: nobody waits for the turn of another session. It is not told so: nobody would fetch that, maybe.
  entry->place->on_displaced([self, weak = std::weak_ptr(entry)] {
    self->timers.soon([weak] {
      auto const displaced = weak.lock();
      if (!displaced) return;
      displaced->turn([&](Time) { displaced->session.close(); });
      displaced->common->forget(displaced->session.id());
    });
  });
  entry->turn([&](Time) { entry->handler = factory(entry->session, SessionHandle(entry)); });
  return entry;
}

std::shared_ptr<Server::Entry> Server::Common::find(std::string_view id) const {
  std::lock_guard const lock(mutex);
  auto const found = entries.find(id);
  return found == entries.end() ? nullptr : found->second;
}

void Server::Common::forget(std::string const& id) {
  std::shared_ptr<Entry> last;  // ends behind the lock
  std::lock_guard const lock(mutex);
  if (auto const found = entries.find(id); found != entries.end()) {
    last = std::move(found->second);
    entries.erase(found);
  }
}

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
  auto const entry = id.empty() ? nullptr : common_->find(id);
  if (!id.empty() && !entry) return refuse(session_unknown);
  if (!entry && request.method != "GET") return refuse(bad_handshake_method);
  if (value_of(target, "EIO") != "4") return refuse(unsupported_version);
  if (is_web_socket != web_socket::wants_web_socket(request)) return refuse(bad_request);
  if (is_web_socket && !is_allowed_origin) return refuse(forbidden);

  if (is_web_socket) {
    bool may_be = true;
    if (entry) entry->turn([&](Time) { may_be = entry->session.may_be_upgraded(); });
    if (!may_be) return refuse(bad_request);
    std::shared_ptr<Places::Place> place = entry ? nullptr : common_->places->take(request.client);
    if (!entry && (common_->is_stopping || !place)) return finish(full());
    auto handshake = web_socket::shake_hands(request);
    auto reply = finish(std::move(handshake.response));
    if (!handshake.is_agreed()) return reply;
    reply.successor = [common = common_, entry, place = std::move(place), asked = request.arrived,
                       factory = std::move(factory), deflates = handshake.deflates](net::Connection& connection) {
      return std::make_unique<WebSocket>(
          connection, deflates, common->options.web_socket,
          [&](WebSocket& socket) -> std::unique_ptr<web_socket::Endpoint> {
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
          });
    };
    return reply;
  }

  if (request.method == "POST") {
    bool is_taken = false;
    entry->turn([&](Time now) { is_taken = entry->session.post(request.body.text(), now); });
    return is_taken ? finish(text("ok")) : refuse(bad_request);
  }
  if (request.method != "GET") return refuse(bad_request);
  auto polled = entry;
  if (!polled) {
    if (auto place = common_->places->take(request.client))
      polled = common_->open(Transport::polling, request.arrived, std::move(place), factory, common_);
  }
  if (!polled) return finish(full());
  return http::Later{[polled, finish, gone = request.gone](http::LateAnswer answer) {
                       polled->turn([&](Time now) {
                         auto outcome = polled->session.poll(now);
                         if (auto* payload = std::get_if<std::string>(&outcome))
                           answer.give(finish(text(std::move(*payload))));
                         else if (std::holds_alternative<Session::Refused>(outcome))
                           answer.give(finish(refused(bad_request)));
                         else
                           polled->wait(std::move(answer), finish, gone);
                       });
                     },
                     true};
}

}  // namespace restapi::api::engine_io
