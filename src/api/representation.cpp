// SPDX-License-Identifier: MIT
#include "api/representation.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "api/conditional.hpp"
#include "api/methods.hpp"
#include "base/json_text.hpp"
#include "http/gzip.hpp"
#include "http/media.hpp"
#include "http/target.hpp"

namespace restapi::api {
namespace {

// Beyond that nobody reads what was asked for "in a form for reading"; it is sent as it is.
constexpr std::size_t largest_indented = std::size_t{64} << 20;

bool is_json(http::Response const& response) {
  return http::find_header(response.headers, "Content-Type") == "application/json";
}

}  // namespace

Representation representation_of(http::Request const& request, AccessPolicy const& access,
                                 std::span<Format const> formats) {
  std::string room;
  auto const* format =
      choose_format(http::find_list(request.headers, "Accept", room), formats, http::path_of(request.target));
  // A page is read; what is posted, and what else is refused, is answered for a program.
  if (format != nullptr && format->is_page && !is_read(request.method))
    format = &*std::ranges::find_if(formats, &Format::is_default);
  return {format, http::accepts_gzip(http::find_list(request.headers, "Accept-Encoding", room)),
          access.allowed_origin(request)};
}

std::optional<Error> refusal_of(http::Request const& request, Representation const& representation,
                                AccessPolicy const& access, std::string_view methods, std::span<Format const> formats) {
  if (auto error = access.admit(request)) return error;
  if (request.method == "OPTIONS") return std::nullopt;
  if (!methods.empty() && !names_method(methods, request.method))
    return Error{Code::method_not_allowed,
                 names_method(methods, "GET") ? "this service only reads" : "nothing is read at this address",
                 "use " + spoken_methods(methods)};
  if (!representation.format) return not_acceptable(formats);
  return std::nullopt;
}

http::Response in_format(http::Response said, Format const* format, Error const* error, std::string_view sent,
                         http::PublicAddress const& address) {
  if (format == nullptr || format->render_error == nullptr) return said;
  return format->render_error(std::move(said), error, sent, address);
}

http::Response refused(http::Response response, std::string_view methods) {
  if (response.status == 405) response.headers.add("Allow", methods);
  return response;
}

http::Response finish(http::Response response, Representation const& representation, AccessPolicy const& access,
                      AnswerLimits& limits) {
  if (response.body.file()) {  // as it is
    access.add_headers(response, representation.origin);
    return response;
  }
  auto const replace = [&](std::string text) {
    response.body = std::move(text);
    limits.keep_only(response.body.size());
  };
  limits.sized(response.body.size());
  if (representation.format && representation.format->is_indented && is_json(response))
    if (auto text = indented(response.body.text(), largest_indented, limits)) replace(*std::move(text));
  if (representation.packed && response.body.size() >= http::worth_gzip) {
    replace(http::gzip(response.body.text(), limits));
    response.headers.add("Content-Encoding", "gzip");
  }
  limits.keep_only(response.body.held_bytes());  // what it was made from is not kept
  response.body.keep(limits.take_share());
  access.add_headers(response, representation.origin);
  return response;
}

http::Response finish(http::Response response, Representation const& representation, AccessPolicy const& access) {
  AnswerLimits none;
  return finish(std::move(response), representation, access, none);
}

}  // namespace restapi::api
