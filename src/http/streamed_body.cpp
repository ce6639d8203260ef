// SPDX-License-Identifier: MIT
#include "http/streamed_body.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

#include "net/protocol.hpp"

namespace restapi::http {
namespace {

using Clock = net::Connection::Clock;

constexpr std::chrono::milliseconds between_looks{500};

/// What a reset finds on its way it destroys: the last words have so long to arrive.
constexpr std::chrono::milliseconds before_reset{1'000};

/// Between the thread that makes a body and the connection that sends it.
class Flow {
 public:
  /// Waits until so many bytes more may wait for the reader, at most so long. False: not yet, or nobody wants them.
  bool take_room(std::size_t bytes, std::chrono::milliseconds limit, std::stop_token const& gone) {
    std::unique_lock lock(mutex_);
    bool const is_room =
        changed_.wait_for(lock, gone, limit, [&] { return waiting_ == 0 || waiting_ + bytes <= most_unread_of_body; });
    if (!is_room || gone.stop_requested()) return false;
    waiting_ += bytes;
    return true;
  }

  /// So many have been handed to the kernel.
  void sent(std::size_t bytes) {
    {
      std::lock_guard const lock(mutex_);
      waiting_ -= bytes;
    }
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t waiting_ = 0;
};

/// A piece on its way to the connection.
struct Made final : net::Event {
  Made(std::string text, Piece::Kind what) : body(std::move(text)), kind(what) {}
  net::Body body;
  Piece::Kind const kind;
};

/// What a source throws must not end the server.
Piece next_of(BodySource& source) {
  try {
    return source.next();
  } catch (std::exception const& error) {
    spdlog::error("an answer ends in the middle: {}", error.what());
  } catch (...) {
    spdlog::error("an answer ends in the middle: unknown exception");
  }
  return {{}, Piece::Kind::broken};
}

/// On a thread of its own.
class Maker {
 public:
  Maker(std::unique_ptr<BodySource> source, std::weak_ptr<net::Connection> connection, std::shared_ptr<Flow> flow,
        std::stop_token gone, net::SendLimits limits)
      : source_(std::move(source)),
        connection_(std::move(connection)),
        flow_(std::move(flow)),
        gone_(std::move(gone)),
        limits_(limits) {}

  void run() {
    try {
      make();
    } catch (std::exception const& error) {  // no memory for a piece
      spdlog::error("an answer ends in the middle: {}", error.what());
      net::Connection::abandon(connection_);
    }
  }

 private:
  void make() {
    for (bool has_more = true; has_more && !gone_.stop_requested();) {
      auto piece = next_of(*source_);
      has_more = piece.kind == Piece::Kind::more;
      if (has_more && piece.text.empty()) continue;
      if (!wait_for_reader(piece.text.size())) return;
      made_ += piece.text.size();
      net::Connection::post(connection_, std::make_unique<Made>(std::move(piece.text), piece.kind));
    }
  }

  /// False: there is none any more.
  bool wait_for_reader(std::size_t bytes) {
    for (bool is_room = false; !is_room;) {
      auto const begin = Clock::now();
      is_room = flow_->take_room(bytes, between_looks, gone_);
      waited_ += Clock::now() - begin;
      if (gone_.stop_requested()) return false;
      if (waited_ > longest_wait()) {
        net::Connection::abandon(connection_);
        return false;
      }
      if (!is_room) source_->look();
    }
    return true;
  }

  // A piece has its time as soon as it waits alone. So a reader that takes a little now and then would keep the
  // database's rows for days.
  Clock::duration longest_wait() const {
    return limits_.write_timeout + std::chrono::milliseconds(made_ * 1000 / limits_.least_bytes_per_second);
  }

  std::unique_ptr<BodySource> const source_;
  std::weak_ptr<net::Connection> const connection_;
  std::shared_ptr<Flow> const flow_;
  std::stop_token const gone_;
  net::SendLimits const limits_;
  std::size_t made_ = 0;
  Clock::duration waited_{0};
};

/// Sends what has been made.
class Sending final : public net::Protocol {
 public:
  Sending(net::Connection& connection, std::shared_ptr<Flow> flow, bool is_chunked, std::stop_source gone)
      : connection_(connection), flow_(std::move(flow)), is_chunked_(is_chunked), gone_(std::move(gone)) {
    if (!is_chunked_) connection_.reset_on_close(true);  // nothing else tells an end from a cut
  }
  /// The connection may have gone without a word, with its thread.
  ~Sending() override { gone_.request_stop(); }

  void on_bytes(std::string_view) override {}
  void on_end() override {}
  void on_event(net::Event& event) override {
    auto* const made = dynamic_cast<Made*>(&event);
    if (made == nullptr) return;
    unsent_ += made->body.size();
    if (!made->body.empty()) send(std::move(made->body));
    if (made->kind == Piece::Kind::more) return;
    if (made->kind == Piece::Kind::broken && !is_chunked_) return connection_.set_deadline(Clock::now() + before_reset);
    if (made->kind == Piece::Kind::last) end();
    connection_.finish(false);
  }
  void on_sent() override { flow_->sent(std::exchange(unsent_, 0)); }
  void on_deadline() override {
    if (unsent_ > 0) return connection_.set_deadline(Clock::now() + before_reset);
    connection_.finish(false);
  }
  void on_drain() override {}  // it has an end of its own
  void on_closed() override { gone_.request_stop(); }
  bool wants_bytes() const override { return false; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return true; }

 private:
  void send(net::Body body) {
    if (!is_chunked_) return connection_.send({body.text(), {}});
    auto head = fmt::format("{}{:x}\r\n", has_begun_ ? "\r\n" : "", body.size());
    has_begun_ = true;
    connection_.send({std::move(head), std::move(body)});
  }

  void end() {
    if (is_chunked_)
      connection_.send({has_begun_ ? "\r\n0\r\n\r\n" : "0\r\n\r\n", {}});
    else
      connection_.reset_on_close(false);
  }

  net::Connection& connection_;
  std::shared_ptr<Flow> const flow_;
  bool const is_chunked_;
  std::stop_source gone_;
  bool has_begun_ = false;
  std::size_t unsent_ = 0;  // of what has been made
};

}  // namespace

std::unique_ptr<net::Protocol> StreamedBodies::begin(net::Connection& connection, std::unique_ptr<BodySource> source,
                                                     bool is_chunked, std::stop_source gone) {
  auto const flow = std::make_shared<Flow>();
  auto maker = std::make_shared<Maker>(std::move(source), connection.weak_from_this(), flow, gone.get_token(), limits_);
  {
    std::lock_guard const lock(mutex_);
    all_.remove_if([](Making const& making) { return making.is_over.load(); });
    auto& making = all_.emplace_back();
    try {
      making.thread = std::jthread([&making, owned = std::move(maker)]() mutable {
        owned->run();
        owned.reset();
        making.is_over = true;
      });
    } catch (std::system_error const&) {
      all_.pop_back();
      return nullptr;
    }
  }
  return std::make_unique<Sending>(connection, flow, is_chunked, std::move(gone));
}

void StreamedBodies::end() {
  std::list<Making> ending;
  {
    std::lock_guard const lock(mutex_);
    ending.swap(all_);
  }
}

}  // namespace restapi::http
