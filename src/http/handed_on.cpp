// SPDX-License-Identifier: MIT
#include "http/handed_on.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace restapi::http {
namespace {

using Clock = net::Connection::Clock;

/// For a connection that has been handed on: another client needs its place.
struct Displaced final : net::Event {};

/// Passes everything on. The end is told in a way of its own by each kind.
class Wrapped : public net::Protocol {
 public:
  Wrapped(net::Connection& connection, std::unique_ptr<net::Protocol> protocol, Asked asked, int status,
          Observer* observer)
      : connection_(connection),
        protocol_(std::move(protocol)),
        asked_(std::move(asked)),
        status_(status),
        observer_(observer),
        taken_before_(connection.taken()) {}

  void on_bytes(std::string_view bytes) override { protocol_->on_bytes(bytes); }
  void on_end() override { protocol_->on_end(); }
  void on_event(net::Event& event) override { protocol_->on_event(event); }
  void on_sent() override { protocol_->on_sent(); }
  void on_deadline() override { protocol_->on_deadline(); }
  void on_drain() override { protocol_->on_drain(); }
  bool wants_bytes() const override { return protocol_->wants_bytes(); }
  net::Standing standing() const override { return protocol_->standing(); }
  bool gives_way() const override { return protocol_->gives_way(); }
  std::uint64_t messages() const override { return protocol_->messages(); }

 protected:
  net::Protocol& protocol() { return *protocol_; }

  /// Once; null: nobody wants to know, or has been told.
  Observer* take_observer() { return std::exchange(observer_, nullptr); }

  /// Views of this and of the trace.
  Finished finished(Clock::time_point since, Trace const& trace) const {
    return {asked_.method,
            asked_.target,
            asked_.id,
            asked_.client,
            asked_.user_agent,
            status_,
            static_cast<std::size_t>(connection_.taken() - taken_before_),
            Clock::now() - since,
            trace};
  }

  Clock::time_point arrived() const { return asked_.arrived; }

 private:
  net::Connection& connection_;
  std::unique_ptr<net::Protocol> const protocol_;
  Asked const asked_;
  int const status_;
  Observer* observer_;
  std::uint64_t const taken_before_;
};

class HandedOn final : public Wrapped {
 public:
  HandedOn(net::Connection& connection, std::unique_ptr<net::Protocol> protocol, std::unique_ptr<Places::Place> place,
           Asked asked, int status, Trace const& trace, Observer* observer)
      : Wrapped(connection, std::move(protocol), std::move(asked), status, observer),
        place_(std::move(place)),
        route_(trace.route),
        profile_(trace.profile) {
    place_->on_displaced(
        [here = connection.weak_from_this()] { net::Connection::post_patiently(here, std::make_unique<Displaced>()); });
  }

  void on_event(net::Event& event) override {
    if (dynamic_cast<Displaced const*>(&event)) return protocol().on_drain();
    protocol().on_event(event);
  }

  void on_closed() override {
    protocol().on_closed();
    Trace const trace{.route = route_, .profile = profile_};
    if (auto* const observer = take_observer()) observer->on_ended({finished(started_, trace), messages()});
  }

 private:
  std::unique_ptr<Places::Place> const place_;
  std::string_view const route_, profile_;  // literals, and names that live as long as the application
  Clock::time_point const started_ = Clock::now();
};

class SendingBody final : public Wrapped {
 public:
  SendingBody(net::Connection& connection, std::unique_ptr<net::Protocol> protocol, Asked asked, int status,
              Trace trace, Observer* observer)
      : Wrapped(connection, std::move(protocol), std::move(asked), status, observer), trace_(std::move(trace)) {}

  /// The server may have ended before it was closed.
  ~SendingBody() override { tell(); }

  void on_closed() override {
    protocol().on_closed();
    tell();
  }

 private:
  void tell() {
    if (auto* const observer = take_observer()) observer->on_finished(finished(arrived(), trace_));
  }

  Trace const trace_;
};

}  // namespace

std::unique_ptr<net::Protocol> handed_on(net::Connection& connection, std::unique_ptr<net::Protocol> protocol,
                                         std::unique_ptr<Places::Place> place, Asked asked, int status,
                                         Trace const& trace, Observer* observer) {
  return std::make_unique<HandedOn>(connection, std::move(protocol), std::move(place), std::move(asked), status, trace,
                                    observer);
}

std::unique_ptr<net::Protocol> sending_body(net::Connection& connection, std::unique_ptr<net::Protocol> protocol,
                                            Asked asked, int status, Trace trace, Observer* observer) {
  return std::make_unique<SendingBody>(connection, std::move(protocol), std::move(asked), status, std::move(trace),
                                       observer);
}

}  // namespace restapi::http
