#include "api/http_server.hpp"

#include <algorithm>
#include <ctime>
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
  }

  ~Implementation() { stop(milliseconds{0}); }

  std::uint16_t start() {
    acceptor_ = std::make_unique<Acceptor>(options_.hostname, options_.port);
    auto const port = acceptor_->port();
    workers_ = std::make_unique<WorkerPool>(options_.workers, application_);
    transport_ = std::make_unique<Transport>(
        TransportOptions{options_.io_threads, options_.write_timeout, tick_for(options_)},
        [this](std::string peer) { return std::make_shared<HttpLink>(options_, *workers_, std::move(peer)); });
    acceptor_->start([this](int descriptor, sockaddr_storage const& peer) { transport_->adopt(descriptor, peer); });
    return port;
  }

  void stop(milliseconds limit) {
    if (acceptor_) acceptor_->stop();
    if (transport_ && limit.count() > 0) transport_->drain(limit);
    if (workers_) workers_->stop();  // answers need the transport, so the workers end first
    transport_.reset();
    workers_.reset();
    acceptor_.reset();
  }

 private:
  ServerOptions options_;
  Application& application_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Transport> transport_;
};

HttpServer::HttpServer(ServerOptions options, Application& application)
    : implementation_(std::make_unique<Implementation>(std::move(options), application)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::start() { return implementation_->start(); }
void HttpServer::stop(milliseconds limit) { implementation_->stop(limit); }

}  // namespace restapi::api
