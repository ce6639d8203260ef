// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>

#include "base/keyed_hash.hpp"
#include "base/places.hpp"
#include "http/answer_event.hpp"
#include "http/asked.hpp"
#include "http/client_address.hpp"
#include "http/handed_on.hpp"
#include "http/http1.hpp"
#include "http/preferences.hpp"
#include "http/request_id.hpp"
#include "http/server_timing.hpp"
#include "http/streamed_body.hpp"
#include "http/worker_pool.hpp"
#include "net/acceptor.hpp"
#include "net/transport.hpp"

namespace restapi::http {
namespace {

using std::chrono::milliseconds;

/// How long a server that is about to stop listens to connections that are idle: clients who ask often will have asked
/// once more, and been told.
constexpr milliseconds parting{1'000};

/// What all connections of a server have in common.
struct Common {
  ServerOptions const& options;
  WorkerPool& workers;
  RequestIds& ids;
  Application& application;
  Observer* observer;  // null: none
  KeptBodies kept_bodies;
  std::shared_ptr<Places> lasting;  // of connections that have been handed on
  std::unique_ptr<StreamedBodies> bodies;
};

/// Http1 on a socket: carries requests to the workers, answers to the client, and keeps the time.
class HttpSession final : public net::Protocol {
 public:
  HttpSession(Common const& common, net::Connection& connection)
      : common_(common),
        connection_(connection),
        http_({common.options.max_target, common.options.max_headers, common.options.max_body, &common.kept_bodies},
              connection.peer_address()) {
    connection_.set_deadline(Clock::now() + common_.options.idle_timeout);
  }

 private:
  using Clock = net::Connection::Clock;
  using Phase = Http1::Phase;

  void on_bytes(std::string_view bytes) override { handle(http_.receive(bytes)); }
  void on_end() override {
    if (http_.phase() == Phase::answering && end_is_leaving_) return connection_.finish(false);
    handle(http_.end());
  }

  void on_sent() override {
    if (http_.phase() == Phase::idle) handle(http_.next());
  }

  void on_event(net::Event& event) override {
    if (http_.phase() != Phase::answering) return;
    auto const* const answer = dynamic_cast<AnswerEvent const*>(&event);
    auto const* const later = dynamic_cast<AnswersLater const*>(&event);
    is_waiting_ = later != nullptr;
    end_is_leaving_ = later && later->end_is_leaving;
    if (answer) send(answer->reply);
  }

  /// Whose script shows the time; a browser does not say that it wants it.
  static bool is_page(Response const& response) {
    auto const type = find_header(response.headers, "Content-Type");
    return type && type->starts_with("text/html");
  }

  void send(Reply const& reply) {
    auto const took = Clock::now() - asked_.arrived;
    auto const timing =
        asked_.prefers.server_timing || is_page(*reply.response) ? server_timing(reply.trace, took) : std::string();
    auto const applied = applied_to(*reply.response);
    OwnFields const own{asked_.id, applied, timing};
    if (reply.successor) return hand_on(reply, took, own);
    if (reply.streamed) return stream(reply, took, own);
    auto outgoing = http_.respond(reply.response, std::time(nullptr), own);
    auto const bytes = outgoing.head.size() + outgoing.body.size();
    connection_.send(std::move(outgoing));
    tell(reply.response->status, bytes, took, reply.trace);
    asked_.forget();
    keep_time();
  }

  void stream(Reply const& reply, Clock::duration took, OwnFields own) {
    bool const is_chunked = !http_.is_http_1_0() && !reply.streamed->has_length;
    if (http_.is_head()) {
      auto head = http_.leave(reply.response, std::time(nullptr), own, is_chunked);
      tell(reply.response->status, head.size(), took, reply.trace);
      connection_.send({std::move(head), {}});
      return keep_time();
    }
    auto source = std::move(reply.streamed->source);
    if (!source) return send(common_.application.refuse({Code::internal, "the answer has nothing to come from"}));
    auto body = common_.bodies->begin(connection_, std::move(source), is_chunked, gone_);
    if (!body)
      return send(common_.application.refuse({Code::overloaded, "the server has too much to do", "try again soon"}));
    connection_.send({http_.leave(reply.response, std::time(nullptr), own, is_chunked), {}});
    body = sending_body(connection_, std::move(body), std::move(asked_), reply.response->status, reply.trace,
                        common_.observer);
    connection_.upgrade(std::move(body), http_.take_rest());
  }

  /// A total that says nothing of its age is exact.
  std::string applied_to(Response const& response) const {
    auto preferences = asked_.prefers;
    preferences.exact_count = preferences.exact_count && find_header(response.headers, "X-Total-Count") &&
                              !find_header(response.headers, total_age_header);
    return applied(preferences);
  }

  void hand_on(Reply const& reply, Clock::duration took, OwnFields own) {
    auto place = common_.lasting->take(keyed_hash(client_network(asked_.client)));
    if (!place)
      return send(common_.application.refuse(
          {Code::overloaded, "there are as many lasting connections as this server has room for", "try again later"}));
    auto head = http_.leave(reply.response, std::time(nullptr), own);
    tell(reply.response->status, head.size(), took, reply.trace);
    connection_.send({std::move(head), {}});
    auto successor = reply.successor(connection_);
    successor = handed_on(connection_, std::move(successor), std::move(place), std::move(asked_),
                          reply.response->status, reply.trace, common_.observer);
    if (http_.winds_down()) successor->on_drain();
    connection_.upgrade(std::move(successor), http_.take_rest());
  }

  void on_deadline() override {
    if (http_.phase() == Phase::reading) {
      handle(http_.expire());
    } else if (http_.phase() == Phase::idle) {
      connection_.finish(false);
    }
  }

  void on_drain() override { http_.wind_down(); }
  void on_closed() override {
    gone_.request_stop();
    if (http_.phase() == Phase::answering)
      tell(client_left, 0, Clock::now() - asked_.arrived, {.waited = end_is_leaving_});
  }
  bool wants_bytes() const override {
    if (http_.phase() == Phase::answering) return end_is_leaving_ && http_.rest() < common_.options.max_headers;
    return http_.phase() == Phase::idle || http_.phase() == Phase::reading;
  }
  net::Standing standing() const override {
    if (http_.phase() == Phase::idle) return net::Standing::idle;
    if (http_.phase() == Phase::reading) return net::Standing::asking;
    return http_.phase() == Phase::answering && is_waiting_ ? net::Standing::waiting : net::Standing::busy;
  }
  bool gives_way() const override { return true; }

  void on_displaced() override {
    if (http_.phase() != Phase::answering || !is_waiting_) return;
    is_waiting_ = end_is_leaving_ = false;
    http_.wind_down();
    send(common_.application.refuse({Code::overloaded, "other clients need this connection", "ask again"}));
    gone_.request_stop();
  }

  void handle(Http1::Event event) {
    if (auto* request = std::get_if<Request>(&event)) {
      gone_ = std::stop_source();
      keep(*request);
      request->arrived = asked_.arrived;
      request->id = asked_.id;
      request->client = keyed_hash(client_network(asked_.client));
      request->gone = gone_.get_token();
      common_.workers.submit(connection_.weak_from_this(), std::move(*request));
    } else if (auto* fault = std::get_if<Error>(&event)) {
      keep({});
      common_.workers.submit(connection_.weak_from_this(), std::move(*fault));
    } else if (auto const interim = http_.take_interim(); !interim.empty()) {
      connection_.send({std::string(interim), {}});
    }
    keep_time();
  }

  void keep(Request const& request) {
    asked_.arrived = Clock::now();
    auto const given = find_header(request.headers, "X-Request-Id");
    if (given && is_request_id(*given) && !is_token(*given))
      asked_.id = *given;
    else
      asked_.id = common_.ids.next();
    asked_.prefers = preferences_of(request.headers);
    auto const& client_of = common_.options.client_of;
    // What could not be read as a request has no headers that could say more.
    bool const is_request = !request.peer_address.empty();
    asked_.client = client_of && is_request ? client_of(request) : std::string_view(http_.peer_address());
    if (!common_.observer) return;
    asked_.method = request.method;
    asked_.target = request.target;
    asked_.user_agent = find_header(request.headers, "User-Agent").value_or("");
  }

  void tell(int status, std::size_t bytes, Clock::duration took, Trace const& trace) const {
    if (!common_.observer) return;
    common_.observer->on_finished(
        {asked_.method, asked_.target, asked_.id, asked_.client, asked_.user_agent, status, bytes, took, trace});
  }

  /// A phase has its time limit from its beginning: bytes that trickle in do not prolong it.
  void keep_time() {
    if (http_.phase() == timed_phase_) return;
    timed_phase_ = http_.phase();
    switch (timed_phase_) {
      case Phase::idle:
        return connection_.set_deadline(Clock::now() + common_.options.idle_timeout);
      case Phase::reading:
        return connection_.set_deadline(Clock::now() + common_.options.request_timeout);
      case Phase::answering:
        return connection_.clear_deadline();
      case Phase::finished:
        return connection_.finish(http_.has_unread_input());
    }
  }

  Common const& common_;
  net::Connection& connection_;
  Http1 http_;
  Asked asked_;
  std::stop_source gone_{std::nostopstate};  // of the request that is being answered
  bool is_waiting_ = false;                  // for something to happen
  bool end_is_leaving_ = false;              // of who waits so
  Phase timed_phase_ = Phase::idle;
};

/// The rest is for requests.
std::size_t most_lasting(std::size_t connections) { return connections - std::min(connections, connections / 8 + 1); }

milliseconds tick_for(ServerOptions const& options) {
  auto const shortest = std::min({options.request_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp(shortest / 8, milliseconds{10}, milliseconds{500});
}

}  // namespace

class HttpServer::Implementation {
 public:
  Implementation(ServerOptions options, Application& application, Observer* observer)
      : options_(std::move(options)), application_(application), observer_(observer) {
    options_.io_threads = std::max(options_.io_threads, 1u);
    options_.max_connections = std::max<std::size_t>(options_.max_connections, 1);
    options_.least_bytes_per_second = std::max<std::size_t>(options_.least_bytes_per_second, 1);
  }

  ~Implementation() { stop(milliseconds{0}); }

  std::uint16_t start() { return start({options_.hostname, options_.port}); }

  std::uint16_t start(net::ListeningSocket socket) {
    acceptor_ = std::make_unique<net::Acceptor>(std::move(socket));
    auto const port = acceptor_->port();
    workers_ = std::make_unique<WorkerPool>(options_.workers, options_.max_requests, application_);
    common_.emplace(Common{
        options_,
        *workers_,
        ids_,
        application_,
        observer_,
        {[this](Request const& head) { return application_.body_limit(head); },
         std::make_shared<MemoryBudget>(options_.max_kept_bodies)},
        std::make_shared<Places>(most_lasting(options_.max_connections)),
        std::make_unique<StreamedBodies>(net::SendLimits{options_.write_timeout, options_.least_bytes_per_second})});
    transport_ = std::make_unique<net::Transport>(
        net::TransportOptions{.io_threads = options_.io_threads,
                              .max_connections = options_.max_connections,
                              .least_idle = options_.least_idle,
                              .least_asking = options_.least_asking,
                              .least_waiting = options_.least_waiting,
                              .send_limits = {options_.write_timeout, options_.least_bytes_per_second},
                              .max_unread = options_.max_unread,
                              .tick = tick_for(options_),
                              .on_room = [this] { acceptor_->notice_room(); }},
        [this](net::Connection& connection) { return std::make_unique<HttpSession>(*common_, connection); });
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
    if (acceptor_) acceptor_->stop(limit.count() > 0);
    if (transport_ && limit.count() > 0) {
      transport_->drain(std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now()));
    }
    if (workers_) workers_->stop();  // answers need the transport, so the workers end first
    {
      std::lock_guard const lock(mutex_);
      transport_.reset();
      workers_.reset();
      acceptor_.reset();
    }
    if (common_) common_->bodies->end();
  }

  void hurry() {
    std::lock_guard const lock(mutex_);
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
            .waited = connections.waited,
            .too_slow = connections.too_slow,
            .requests = requests.requests,
            .shed = requests.shed};
  }

 private:
  ServerOptions options_;
  Application& application_;
  Observer* const observer_;
  RequestIds ids_;
  std::optional<Common> common_;  // of all connections, which end with the transport
  std::unique_ptr<net::Acceptor> acceptor_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<net::Transport> transport_;
  mutable std::mutex mutex_;  // the pointers above change only in start() and at the end of stop()
  std::atomic<bool> draining_{false};
};

HttpServer::HttpServer(ServerOptions options, Application& application, Observer* observer)
    : implementation_(std::make_unique<Implementation>(std::move(options), application, observer)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::start() { return implementation_->start(); }
std::uint16_t HttpServer::start(net::ListeningSocket socket) { return implementation_->start(std::move(socket)); }
void HttpServer::stop(milliseconds limit) { implementation_->stop(limit); }
void HttpServer::hurry() { implementation_->hurry(); }
bool HttpServer::draining() const { return implementation_->draining(); }
ServerCounts HttpServer::counts() const { return implementation_->counts(); }

}  // namespace restapi::http
