// SPDX-License-Identifier: MIT
// What a service does with requests to its doors.
#include <algorithm>
#include <utility>
#include <vector>

#include "api/methods.hpp"
#include "api/service.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api {
namespace {

/// Of browsers, which cannot send headers with event streams and WebSockets.
std::string token_of(http::Target const& target) {
  constexpr std::string_view name = "jwt_token=";
  std::string_view rest = target.decoded_query;
  while (!rest.empty()) {
    auto const part = rest.substr(0, rest.find('&'));
    if (part.starts_with(name)) return std::string(part.substr(name.size()));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return {};
}

/// What is looked at again, for as long as somebody listens: the rest of the head would take memory all the while.
std::vector<http::Header> credentials_of(http::Request const& request) {
  std::vector<http::Header> credentials;
  for (auto const& [name, value] : request.headers)
    if (http::is_same_name(name, "Authorization")) credentials.emplace_back(name, value);
  return credentials;
}

}  // namespace

void Service::stop_doors() const {
  for (auto const& door : options_.doors) door->stop();
}

bool Service::has_door(std::string_view target) const { return find_door(target, {}) != nullptr; }

Door* Service::find_door(std::string_view target, Mount mount) const {
  if (options_.doors.empty()) return nullptr;
  auto const path = http::path_of(target.substr(mount.length));
  auto const found = std::ranges::find(options_.doors, path, [](auto const& door) { return door->path(); });
  return found == options_.doors.end() ? nullptr : found->get();
}

http::Attempt Service::attempt_door(Door& door, http::Request const& request, Mount mount) {
  auto const& api = *options_.versions.front();
  auto const& format = *std::ranges::find(api.formats(), true, &Format::is_default);
  // The representation is a small answer's: what comes later is not compressed.
  Representation const representation{&format, false, access_.allowed_origin(request)};
  http::Trace trace{.route = door.name(), .profile = store_.name()};
  trace.waited = true;
  auto const methods = door.methods();
  // Whoever posts may have to be known again by whatever stands in front of us (a balancer's cookie).
  bool const takes_credentials =
      names_method(methods, "POST") && !representation.origin.empty() && representation.origin != "*";
  auto const finish = [this, representation, trace, takes_credentials](http::Response response) {
    response.headers.add("Cache-Control", "no-store");
    if (takes_credentials) response.headers.add("Access-Control-Allow-Credentials", "true");
    return http::Reply(api::finish(std::move(response), representation, access_), trace);
  };
  // Of whoever finds no place there may be many.
  auto const refuse = [this, finish, &api, methods, id = request.id,
                       path = std::string(http::path_of(request.target))](Error const& error) {
    bool const is_fault = error.code != Code::overloaded && error.code != Code::standby_behind;
    return finish(api::refused(is_fault ? report(api, error, {}, {id, path}) : api.render(error), methods));
  };
  if (request.method == "OPTIONS") return finish(access_.preflight(request, methods));
  auto target = http::read_target(std::string_view(request.target).substr(mount.length));
  auto const token = target ? token_of(*target) : std::string();
  if (auto const error = door.admits_itself() ? std::nullopt : access_.admit(request, token)) return refuse(*error);
  if (!target) return refuse(target.error());
  if (!names_method(methods, request.method))
    return refuse(
        {Code::method_not_allowed, request.method + " is not possible here", "use " + spoken_methods(methods)});
  auto const address = address_of(request, mount);
  auto const answer = [finish, &format, target = *target, address](std::string json, std::int64_t total) {
    Answer answered{Json{std::move(json)}, "events"};
    answered.total = total;
    AnswerLimits none;
    return finish(*format.render(answered, target, address, none));
  };
  auto const credentials = credentials_of(request);
  auto const refusal_of = [this, token, headers = credentials](std::string const& other) {
    return access_.admit(http::Request{"GET", {}, headers, {}}, other.empty() ? token : other);
  };
  auto const admits = [this, token, headers = credentials] {
    return !access_.admit(http::Request{"GET", {}, headers, {}}, token);
  };
  // A page of our own may read what it likes anyway: the browser calls that no other origin.
  auto const origin = http::find_header(request.headers, "Origin");
  bool const is_own_page = origin && *origin == address.scheme + "://" + address.host;
  bool const is_allowed_origin =
      !origin || !representation.origin.empty() || (is_own_page && !http::is_repeated(request.headers, "Origin"));
  return door.attempt({request, *target, refuse, answer, finish, refusal_of, is_allowed_origin, admits});
}

}  // namespace restapi::api
