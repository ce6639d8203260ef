#include "api/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <mutex>
#include <stop_token>
#include <utility>
#include <variant>

#include "api/acceptor.hpp"
#include "api/http_connection.hpp"
#include "api/transport.hpp"
#include "api/worker_pool.hpp"

namespace restapi::api {
namespace {

using std::chrono::milliseconds;

/// How long a server that is about to stop listens to connections that are idle: clients who ask often will have asked
/// once more, and been told.
constexpr milliseconds parting{1'000};

/// How long a handshake may be under way, when new ones go elsewhere: a round trip, even a long one.
constexpr milliseconds handshake{300};

/// HttpConnection on a Link: carries events to the workers, answers to the socket, and keeps the time.
class HttpLink final : public Link {
 public:
  HttpLink(ServerOptions const& options, WorkerPool& workers, std::string peer_address)
      : options_(options),
        workers_(workers),
        connection_({options.max_target, options.max_headers, options.max_body}, std::move(peer_address)) {
    set_deadline(Clock::now() + options_.idle_timeout);
  }

 private:
  using Phase = HttpConnection::Phase;

  void on_bytes(std::string_view bytes) override { handle(connection_.receive(bytes)); }
  void on_end() override { handle(connection_.end()); }

  void on_sent() override {
    if (connection_.phase() == Phase::idle) handle(connection_.next());
  }

  void on_answer(Reply const& reply) override {
    if (connection_.phase() != Phase::answering) return;
    send(connection_.respond(*reply.response, std::time(nullptr)));
    keep_time();
  }

  void on_deadline() override {
    if (connection_.phase() == Phase::reading) {
      handle(connection_.expire());
    } else if (connection_.phase() == Phase::idle) {
      finish(false);
    }
  }

  void on_drain() override { connection_.wind_down(); }
  void on_closed() override { asked_.request_stop(); }
  bool wants_bytes() const override {
    return connection_.phase() == Phase::idle || connection_.phase() == Phase::reading;
  }
  bool is_idle() const override { return connection_.phase() == Phase::idle; }

  void handle(HttpConnection::Event event) {
    if (auto* request = std::get_if<Request>(&event)) {
      asked_ = std::stop_source();
      request->arrived = Clock::now();
      request->gone = asked_.get_token();
      workers_.submit(weak_from_this(), std::move(*request));
    } else if (auto* fault = std::get_if<Error>(&event)) {
      workers_.submit(weak_from_this(), std::move(*fault));
    } else if (auto const interim = connection_.take_interim(); !interim.empty()) {
      send({std::string(interim), {}});
    }
    keep_time();
  }

  /// A phase has its time limit from its beginning: bytes that trickle in do not prolong it.
  void keep_time() {
    if (connection_.phase() == timed_phase_) return;
    timed_phase_ = connection_.phase();
    switch (timed_phase_) {
      case Phase::idle:
        return set_deadline(Clock::now() + options_.idle_timeout);
      case Phase::reading:
        return set_deadline(Clock::now() + options_.request_timeout);
      case Phase::answering:
        return clear_deadline();
      case Phase::finished:
        return finish(connection_.has_unread_input());
    }
  }

  ServerOptions const& options_;
  WorkerPool& workers_;
  HttpConnection connection_;
  std::stop_source asked_{std::nostopstate};  // of the request that is being answered
  Phase timed_phase_ = Phase::idle;
};

milliseconds tick_for(ServerOptions const& options) {
  auto const shortest = std::min({options.request_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp(shortest / 8, milliseconds{10}, milliseconds{500});
}

}  // namespace

class HttpServer::Implementation {
 public:
  Implementation(ServerOptions options, Application& application)
      : options_(std::move(options)), application_(application) {
    options_.io_threads = std::max(options_.io_threads, 1u);
    options_.workers = std::max(options_.workers, 1u);
    options_.max_connections = std::max<std::size_t>(options_.max_connections, 1);
    options_.least_bytes_per_second = std::max<std::size_t>(options_.least_bytes_per_second, 1);
  }

  ~Implementation() { stop(milliseconds{0}); }

  std::uint16_t start() {
    acceptor_ = std::make_unique<Acceptor>(options_.hostname, options_.port, options_.reuse_port);
    auto const port = acceptor_->port();
    workers_ = std::make_unique<WorkerPool>(options_.workers, options_.max_requests, application_);
    transport_ = std::make_unique<Transport>(
        TransportOptions{.io_threads = options_.io_threads,
                         .max_connections = options_.max_connections,
                         .least_idle = options_.least_idle,
                         .write_timeout = options_.write_timeout,
                         .least_bytes_per_second = options_.least_bytes_per_second,
                         .max_unread = options_.max_unread,
                         .tick = tick_for(options_),
                         .on_room = [this] { acceptor_->notice_room(); }},
        [this](std::string peer) { return std::make_shared<HttpLink>(options_, *workers_, std::move(peer)); });
    acceptor_->start(
        {.take = [this](int descriptor, sockaddr_storage const& peer) { transport_->adopt(descriptor, peer); },
         .has_room = [this] { return transport_->has_room(); },
         .make_room = [this] { transport_->make_room(); }});
    return port;
  }

  void stop(milliseconds limit) {
    draining_ = true;
    auto const end = std::chrono::steady_clock::now() + limit;
    // First the word that this answer is the last, then no new connections: otherwise a client could come back too
    // soon.
    if (transport_ && limit.count() > 0) transport_->begin_drain(std::min(parting, limit / 2));
    if (acceptor_) acceptor_->stop(std::min(handshake, limit / 4));
    if (transport_ && limit.count() > 0) {
      transport_->drain(std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now()));
    }
    if (workers_) workers_->stop();  // answers need the transport, so the workers end first
    std::lock_guard const lock(mutex_);
    transport_.reset();
    workers_.reset();
    acceptor_.reset();
  }

  void hurry() {
    std::lock_guard const lock(mutex_);
    if (acceptor_) acceptor_->hurry();
    if (transport_) transport_->hurry();
  }

  bool draining() const { return draining_; }

  ServerCounts counts() const {
    std::lock_guard const lock(mutex_);
    if (!transport_ || !workers_) return {};
    auto const connections = transport_->counts();
    auto const requests = workers_->counts();
    return {.connections = connections.connections,
            .queued = requests.queued,
            .working = requests.working,
            .accepted = connections.accepted,
            .refused = connections.refused,
            .evicted = connections.evicted,
            .too_slow = connections.too_slow,
            .requests = requests.requests,
            .shed = requests.shed};
  }

 private:
  ServerOptions options_;
  Application& application_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Transport> transport_;
  mutable std::mutex mutex_;  // the pointers above change only in start() and at the end of stop()
  std::atomic<bool> draining_{false};
};

HttpServer::HttpServer(ServerOptions options, Application& application)
    : implementation_(std::make_unique<Implementation>(std::move(options), application)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::start() { return implementation_->start(); }
void HttpServer::stop(milliseconds limit) { implementation_->stop(limit); }
void HttpServer::hurry() { implementation_->hurry(); }
bool HttpServer::draining() const { return implementation_->draining(); }
ServerCounts HttpServer::counts() const { return implementation_->counts(); }

}  // namespace restapi::api
