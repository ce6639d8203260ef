// SPDX-License-Identifier: MIT
/// What a connection speaks behind an answer that HTTP does not end: all calls are passed on, and at the end the
/// observer is told.
#pragma once

#include <memory>

#include "base/places.hpp"
#include "http/asked.hpp"
#include "http/observer.hpp"
#include "http/reply.hpp"
#include "net/connection.hpp"
#include "net/protocol.hpp"

namespace restapi::http {

/// Another protocol, or events without an end (Reply::successor): Observer::on_ended() comes. It has a place of those
/// that last, and gives it up to another client. `observer`: may be null.
std::unique_ptr<net::Protocol> handed_on(net::Connection& connection, std::unique_ptr<net::Protocol> protocol,
                                         std::unique_ptr<Places::Place> place, Asked asked, int status,
                                         Trace const& trace, Observer* observer);

/// A body that is made while it is sent (Reply::streamed): Observer::on_finished() comes at its end, with all of its
/// bytes.
std::unique_ptr<net::Protocol> sending_body(net::Connection& connection, std::unique_ptr<net::Protocol> protocol,
                                            Asked asked, int status, Trace trace, Observer* observer);

}  // namespace restapi::http
