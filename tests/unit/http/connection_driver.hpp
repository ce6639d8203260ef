// SPDX-License-Identifier: MIT
/// Plays an owner of Http1: feeds bytes, answers everything at once, and writes down what happened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/http1.hpp"

namespace restapi::http {

inline HttpLimits const small_limits{64, 256, 32};

inline HttpLimits const usual_limits{16 * 1024, 32 * 1024, 64 * 1024};

struct Driver {
  explicit Driver(HttpLimits limits = usual_limits) : connection(limits, "192.0.2.1") {}

  void feed(std::string_view bytes) { settle(connection.receive(bytes)); }
  void end() { settle(connection.end()); }

  void settle(Http1::Event event) {
    for (;;) {
      output += connection.take_interim();
      if (auto const* request = std::get_if<Request>(&event)) {
        happened.push_back(request->method + " " + request->target);
        requests.push_back(*request);
      } else if (auto const* fault = std::get_if<Error>(&event)) {
        happened.push_back("fault " + std::to_string(static_cast<int>(fault->code)));
      } else {
        return;
      }
      auto const outgoing = connection.respond(Response{200, {}, "body"}, 784111777);
      output += outgoing.head + outgoing.body.text();
      event = connection.next();
    }
  }

  Http1 connection;
  std::vector<std::string> happened;  ///< "GET /a", "fault 501"
  std::vector<Request> requests;
  std::string output;
};

}  // namespace restapi::http
