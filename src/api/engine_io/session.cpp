// SPDX-License-Identifier: MIT
#include "api/engine_io/session.hpp"

#include <algorithm>
#include <utility>

namespace restapi::api::engine_io {
namespace {

/// How long a poll waits that comes while a WebSocket is about to take over. The client polls no more and takes over;
/// or it waits for this answer before it does.
constexpr std::chrono::milliseconds hold{100};

/// Beside its text, of a message that nobody else has.
constexpr std::size_t around_message = 256;

/// So much of each session is not counted: a client that takes what it is sent needs no more.
constexpr std::size_t uncounted = 4096;

std::string text_of(PacketType type) { return packet(type).payload(); }

}  // namespace

Session::Session(std::string id, Transport transport, Settings const& settings, Time now, Output& output,
                 std::shared_ptr<MemoryBudget> memory)
    : id_(std::move(id)),
      settings_(settings),
      output_(output),
      transport_(transport),
      memory_(std::move(memory), uncounted),
      now_(now),
      ping_at_(now + settings.ping_interval) {
  put(packet(PacketType::open, "{\"sid\":\"" + id_ + "\",\"upgrades\":[" +
                                   (transport == Transport::polling ? "\"websocket\"" : "") +
                                   "],\"pingInterval\":" + std::to_string(settings.ping_interval.count()) +
                                   ",\"pingTimeout\":" + std::to_string(settings.ping_timeout.count()) +
                                   ",\"maxPayload\":" + std::to_string(settings.max_payload) + "}"));
}

/// False: there is no room. What goes to many sessions is held by whoever made it.
bool Session::put(Message packet) {
  auto const held = packet.is_shared() ? 0 : around_message + packet.payload().size();
  if (!memory_.take(held)) return false;
  held_ += held;
  waiting_bytes_ += packet.payload().size();
  waiting_.push_back(std::move(packet));
  return true;
}

void Session::forget_waiting() {
  memory_.give_back(std::exchange(held_, 0));
  waiting_bytes_ = 0;
  waiting_.clear();
}

void Session::send(Message packet) {
  if (!is_open()) return;
  if (!put(std::move(packet)) || waiting_bytes_ > settings_.most_waiting) {
    end();
  } else if (transport_ == Transport::web_socket) {
    output_.wake_web_socket();
  } else if (poll_waits_) {
    answer_waiting_poll(payload_of(take()));
    output_.sent();
  }
}

void Session::close() {
  if (!is_open()) return;
  if (transport_ == Transport::web_socket || poll_waits_) {
    auto rest = std::exchange(waiting_, {});
    end();
    waiting_ = std::move(rest);  // the WebSocket takes it before it closes
    return;
  }
  put(packet(PacketType::close));
  state_ = State::ending;
  forget_at_ = now_ + settings_.ping_timeout;
  if (std::exchange(probe_, Probe::none) != Probe::none) output_.drop_probe();
  output_.closed();
}

Session::Polled Session::poll(Time now) {
  tick(now);
  if (state_ == State::ending) {
    state_ = State::gone;
    return payload_of(take());
  }
  if (!is_open() || transport_ != Transport::polling) return Refused{};
  if (poll_waits_) {
    end();
    return Refused{};
  }
  if (!waiting_.empty()) {
    auto payload = payload_of(take());
    output_.sent();
    return payload;
  }
  poll_waits_ = true;
  if (probe_ != Probe::none) poll_held_until_ = now + hold;
  return Waits{};
}

void Session::poll_left(Time now) {
  if (!std::exchange(poll_waits_, false)) return;
  tick(now);
  end();
}

void Session::answer_waiting_poll(std::string payload) {
  poll_waits_ = false;
  poll_held_until_ = Time::max();
  output_.answer_poll(std::move(payload));
}

bool Session::post(std::string_view body, Time now) {
  tick(now);
  if (!is_open() || transport_ != Transport::polling) return false;
  auto payload = read_payload(body);
  for (auto& one : payload.packets) {
    if (!is_open()) return true;
    handle(std::move(one), now);
  }
  if (!payload.is_whole) end();
  return payload.is_whole;
}

void Session::handle(Packet packet, Time now) {
  switch (packet.type) {
    case PacketType::message:
      return output_.received(packet.kind, std::move(packet.data));
    case PacketType::pong:
      pong_due_ = Time::max();
      ping_at_ = now + settings_.ping_interval;
      return;
    case PacketType::close:
      return client_closes(now);
    case PacketType::ping:  // these are the server's
      return end();
    case PacketType::open:
    case PacketType::upgrade:
    case PacketType::noop:
      return;
  }
}

/// A poll of the client may wait, or be on its way: it is told that there is nothing.
void Session::client_closes(Time now) {
  if (transport_ == Transport::web_socket || poll_waits_) return end(PacketType::noop);
  end(PacketType::noop);
  put(packet(PacketType::noop));
  state_ = State::ending;
  forget_at_ = now + settings_.ping_timeout;
}

void Session::end(PacketType last) {
  if (!is_open()) return;
  state_ = State::gone;
  forget_waiting();
  if (poll_waits_) answer_waiting_poll(text_of(last));
  if (std::exchange(probe_, Probe::none) != Probe::none) output_.drop_probe();
  output_.closed();
  if (transport_ == Transport::web_socket) output_.wake_web_socket();
}

void Session::web_socket_received(Kind kind, std::string_view data, Time now) {
  tick(now);
  if (!is_open()) return;
  if (auto one = read_packet(kind, data))
    handle(*std::move(one), now);
  else
    end();
}

void Session::web_socket_left() { end(); }

std::vector<Message> Session::take() {
  auto taken = std::exchange(waiting_, {});
  forget_waiting();
  return taken;
}

void Session::web_socket_sent() {
  if (is_open() && waiting_.empty()) output_.sent();
}

void Session::probe_came(Time now) {
  probe_ = Probe::came;
  probe_until_ = now + settings_.upgrade_timeout;
}

void Session::probe_received(Kind kind, std::string_view data, Time now) {
  tick(now);
  if (probe_ == Probe::none || !is_open()) return;
  auto const one = read_packet(kind, data);
  if (one && one->type == PacketType::ping && one->data == "probe") {
    probe_ = Probe::answered;
    output_.answer_probe(packet(PacketType::pong, "probe"));
    if (poll_waits_ && poll_held_until_ == Time::max()) answer_waiting_poll(text_of(PacketType::noop));
  } else if (one && one->type == PacketType::upgrade) {
    probe_ = Probe::none;
    probe_until_ = Time::max();
    transport_ = Transport::web_socket;
    output_.adopt_probe();
    if (std::exchange(poll_waits_, false)) {  // it came too late
      poll_held_until_ = Time::max();
      output_.refuse_poll();
    }
    if (!waiting_.empty()) output_.wake_web_socket();
  } else {
    output_.drop_probe();
    probe_left();
  }
}

void Session::probe_left() {
  probe_ = Probe::none;
  probe_until_ = Time::max();
  poll_held_until_ = Time::max();
}

void Session::tick(Time now) {
  now_ = now;
  if (state_ == State::ending && forget_at_ <= now) state_ = State::gone;
  if (!is_open()) return;
  if (deadline_ <= now) {
    deadline_ = Time::max();
    output_.deadline_passed();
    if (!is_open()) return;
  }
  if (pong_due_ <= now) return end();
  if (ping_at_ <= now) {
    // Whoever is there has the whole time from the ping on, however late that is. A client that does not poll has it
    // from when the ping was due.
    bool const is_there = poll_waits_ || transport_ == Transport::web_socket;
    pong_due_ = (is_there ? now : ping_at_) + settings_.ping_timeout;
    ping_at_ = Time::max();
    if (pong_due_ <= now) return end();
    send(packet(PacketType::ping));
  }
  if (poll_held_until_ <= now && poll_waits_) answer_waiting_poll(text_of(PacketType::noop));
  if (probe_until_ <= now) {
    output_.drop_probe();
    probe_left();
  }
}

Time Session::next_tick() const {
  if (state_ == State::ending) return forget_at_;
  if (!is_open()) return Time::max();
  return std::min({ping_at_, pong_due_, poll_held_until_, probe_until_, deadline_});
}

}  // namespace restapi::api::engine_io
