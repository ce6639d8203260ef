// SPDX-License-Identifier: MIT
/// A session of Engine.IO 4 (https://socket.io/docs/v4/engine-io-protocol/), without sockets and clocks: what comes in,
/// and the time, are handed in; what happens then is told to its Output.
///
/// It is polled, or carried by a WebSocket; a polled one may be upgraded. What is sent waits in the session until a
/// poll comes, or until the WebSocket has room for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/engine_io/packet.hpp"
#include "base/memory_budget.hpp"

namespace restapi::api::engine_io {

using Time = std::chrono::steady_clock::time_point;

struct Settings {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};     ///< without a pong: the session ends
  std::chrono::milliseconds upgrade_timeout{10'000};  ///< from a WebSocket's coming to its taking over
  std::size_t max_payload = 1'000'000;                ///< bytes of a POST; the client is told
  std::size_t most_waiting = std::size_t{4} << 20;    ///< bytes for a client that does not take them; beyond: the end
};

enum class Transport { polling, web_socket };

/// What a session makes happen. Called within its functions.
class Output {
 public:
  virtual ~Output() = default;

  virtual void answer_poll(std::string payload) = 0;  ///< the poll that waits, with 200
  virtual void refuse_poll() = 0;                     ///< likewise, with 400
  virtual void wake_web_socket() = 0;                 ///< that carries the session: take() has something, or it is over
  virtual void answer_probe(Message packet) = 0;      ///< to the WebSocket that is about to take over
  virtual void adopt_probe() = 0;                     ///< which takes over
  virtual void drop_probe() = 0;                      ///< or is closed
  virtual void received(Kind kind, std::string data) = 0;  ///< a message
  virtual void sent() = 0;                                 ///< nothing waits for the client any more
  virtual void deadline_passed() = 0;                      ///< the one that was set; it is off now
  virtual void closed() = 0;                               ///< once, and the last of the three above
};

class Session {
 public:
  /// `now`: when it was asked for. The output must outlive it. What comes first is already sent. `memory`: that
  /// sessions share, beyond 4 KiB of each; null: without a limit.
  Session(std::string id, Transport transport, Settings const& settings, Time now, Output& output,
          std::shared_ptr<MemoryBudget> memory = {});

  // ---- For whoever speaks with the client ----

  void send(Message packet);

  /// Ends it, behind what was sent before.
  void close();

  /// So many bytes are kept of what the client sends. False: there is no more room.
  bool keep(std::size_t bytes) { return memory_.take(bytes); }
  void give_back(std::size_t bytes) { memory_.give_back(bytes); }  ///< requires: kept before

  void set_deadline(Time deadline) { deadline_ = deadline; }

  std::string const& id() const { return id_; }
  Time now() const { return now_; }
  std::size_t waiting() const { return waiting_bytes_; }  ///< bytes for the client
  bool is_open() const { return state_ == State::open; }

  // ---- Polling ----

  struct Waits {};
  struct Refused {};  ///< with 400
  using Polled = std::variant<std::string, Waits, Refused>;

  /// Where it waits, answer_poll() or refuse_poll() comes, unless the poll leaves before.
  Polled poll(Time now);
  void poll_left(Time now);

  /// False: refused, with 400.
  bool post(std::string_view body, Time now);

  // ---- The WebSocket that carries it ----

  void web_socket_received(Kind kind, std::string_view data, Time now);
  void web_socket_left();
  std::vector<Message> take();  ///< all that waits
  void web_socket_sent();       ///< it has passed on what it took

  // ---- The WebSocket that is about to ----

  bool may_be_upgraded() const { return is_open() && transport_ == Transport::polling && probe_ == Probe::none; }
  void probe_came(Time now);  ///< requires: may_be_upgraded()
  void probe_received(Kind kind, std::string_view data, Time now);
  void probe_left();

  // ---- Time ----

  /// Does what is due. To be called at next_tick(); everything that has the time calls it as well.
  void tick(Time now);
  Time next_tick() const;

  /// Nobody needs to know it any more.
  bool is_gone() const { return state_ == State::gone; }

 private:
  enum class State {
    open,
    ending,  ///< closed, and the next poll is told so
    gone,
  };
  enum class Probe { none, came, answered };

  void handle(Packet packet, Time now);
  void client_closes(Time now);
  void end(PacketType last = PacketType::close);
  void answer_waiting_poll(std::string payload);
  bool put(Message packet);
  void forget_waiting();

  std::string const id_;
  Settings const& settings_;
  Output& output_;
  Transport transport_;
  State state_ = State::open;
  Probe probe_ = Probe::none;
  bool poll_waits_ = false;
  std::vector<Message> waiting_;
  std::size_t waiting_bytes_ = 0;
  MemoryShare memory_;
  std::size_t held_ = 0;  // of the memory, for what waits
  Time now_;              // the last that was handed in
  Time ping_at_;
  Time pong_due_ = Time::max();
  Time poll_held_until_ = Time::max();
  Time probe_until_ = Time::max();
  Time forget_at_ = Time::max();
  Time deadline_ = Time::max();
};

}  // namespace restapi::api::engine_io
