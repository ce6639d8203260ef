#include "api/service.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <random>

#include "api/error_catalogue.hpp"
#include "api/json_text.hpp"
#include "api/media.hpp"
#include "api/public_address.hpp"
#include "api/target.hpp"
#include "api/v2/answers.hpp"
#include "api/v2/errors.hpp"

namespace restapi::api {
namespace {

Response preflight() {
  return {204,
          {{"Allow", "GET, HEAD, OPTIONS"},
           {"Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
           {"Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, If-None-Match, X-Request-Id"},
           {"Access-Control-Max-Age", "86400"}},
          {}};
}

bool is_json(Response const& response) { return find_header(response.headers, "Content-Type") == "application/json"; }

}  // namespace

Service::Service(store::Store& store, ServiceOptions options)
    : store_(store), options_(std::move(options)), id_prefix_(fmt::format("{:08x}", std::random_device{}())) {}

Response Service::answer(Request const& request) {
  Response response;
  try {
    response = respond(request);
  } catch (std::exception const& failure) {  // the single place that catches to continue
    response = report({Code::internal, "", "", {}, failure.what()}, {}, request.target);
  } catch (...) {
    response = report({Code::internal, "", "", {}, "unknown exception"}, {}, request.target);
  }
  auto const preference = read_accept(find_header(request.headers, "Accept").value_or(""));
  if (preference.indented && is_json(response)) response.body = indented(response.body);
  add_cors(response);
  return response;
}

Response Service::refuse(Error const& error) {
  auto response = v2::render(error);
  add_cors(response);
  return response;
}

Response Service::answer(std::string_view method, std::string_view target) {
  return answer(Request{std::string(method), std::string(target), {}, {}});
}

Response Service::respond(Request const& request) {
  if (request.method == "OPTIONS") return preflight();
  if (request.method != "GET" && request.method != "HEAD")
    return report({Code::method_not_allowed, "this service only reads", "use GET, HEAD or OPTIONS"}, {},
                  request.target);
  if (!read_accept(find_header(request.headers, "Accept").value_or("")).json)
    return report({Code::not_acceptable, "this service answers in JSON", "send Accept: application/json, or none"}, {},
                  request.target);
  return read(request);
}

Response Service::read(Request const& request) {
  auto const target = read_target(request.target);
  if (!target) return report(target.error(), {}, request.target);
  auto const address = public_address(request, options_.trusted_proxies, options_.host);
  auto const found = v2::find_route(target->segments, store_.catalog());
  if (!found) return v2::no_such_route(address.root());
  auto const answered = v2::answer(*found, {store_, options_.policy, *target, address});
  if (!answered) return report(answered.error(), target->query, request.target);
  return v2::render(*answered, *target, address);
}

Response Service::report(Error const& error, std::string_view query, std::string_view target) {
  auto response = v2::render(error, query);
  if (response.status < 500) return response;
  // The client gets a number, the log what it stands for.
  auto id = next_request_id();
  spdlog::error("request {}: {} {}: {}: {}", id, response.status, error_row(error.code).name, target.substr(0, 1000),
                error.detail);
  response.headers.emplace_back("X-Request-Id", std::move(id));
  return response;
}

void Service::add_cors(Response& response) const {
  response.headers.emplace_back("Access-Control-Allow-Origin", options_.cors_origin);
  response.headers.emplace_back("Access-Control-Expose-Headers", "Link, X-Request-Id, X-Total-Count, X-Total-Counts");
  response.headers.emplace_back("Vary", options_.cors_origin == "*" ? "Accept" : "Accept, Origin");
}

std::string Service::next_request_id() { return fmt::format("{}-{}", id_prefix_, ++requests_); }

}  // namespace restapi::api
