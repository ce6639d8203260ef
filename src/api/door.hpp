// SPDX-License-Identifier: MIT
/// A protocol over the changes of a profile, at an address of its own beside the versions of the API.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/methods.hpp"
#include "base/error.hpp"
#include "http/application.hpp"
#include "http/message.hpp"
#include "http/target.hpp"

namespace restapi::api {

/// What a door is asked. References outlive the call only.
struct DoorQuestion {
  http::Request const& request;
  http::Target const& target;  ///< within the profile
  // Any thread, for as long as the service lives.
  std::function<http::Reply(Error const&)> refuse;                          ///< as the API writes an error
  std::function<http::Reply(std::string json, std::int64_t total)> answer;  ///< as it writes what stands under "data"
  std::function<http::Reply(http::Response)> finish;                        ///< with the headers of every answer
  /// Why somebody with this token may not read, where the request has none in its headers; empty: with the one in its
  /// target, if any.
  std::function<std::optional<Error>(std::string const& token)> refusal_of;
  /// False: of a web page of another origin that may not read. CORS does not hold WebSockets back.
  bool is_allowed_origin = true;
  std::function<bool()> admits;  ///< whether the token is still good: what goes on for long asks now and then
};

class Door {
 public:
  virtual ~Door() = default;

  /// Of addresses within the profile: "/api/v2/events".
  virtual std::string_view path() const = 0;

  /// What logs and metrics call it; a literal.
  virtual std::string_view name() const = 0;

  /// As Allow lists them.
  virtual std::string_view methods() const { return reading_methods; }

  /// Bytes that come with a method that does not read; 0: a body is dropped.
  virtual std::size_t body_limit() const { return 0; }

  /// It asks for a token itself (DoorQuestion::refusal_of), later; otherwise only who may read comes to it.
  virtual bool admits_itself() const { return false; }

  /// Any thread; takes microseconds.
  virtual http::Attempt attempt(DoorQuestion question) = 0;

  /// The server stops: whoever waits is answered.
  virtual void stop() = 0;
};

}  // namespace restapi::api
