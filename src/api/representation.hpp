// SPDX-License-Identifier: MIT
/// The form in which an answer is sent, and the requests that are refused before their target is looked at.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/access/access_policy.hpp"
#include "api/format.hpp"
#include "base/answer_limits.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

namespace restapi::api {

/// The form of the answer that a request asks for. Requests with equal representations can share an answer.
struct Representation {
  Format const* format = nullptr;  ///< null: none that the version sends
  bool packed = false;             ///< gzip
  std::string_view origin = {};    ///< AccessPolicy::allowed_origin()
};

/// `formats`: of the version that is asked.
Representation representation_of(http::Request const& request, AccessPolicy const& access,
                                 std::span<Format const> formats);

/// Why the request is not served, whatever is at its address: its token, its method, which is none of `methods`
/// (methods.hpp), the form it wants, which is none of `formats`. OPTIONS passes.
std::optional<Error> refusal_of(http::Request const& request, Representation const& representation,
                                AccessPolicy const& access, std::string_view methods, std::span<Format const> formats);

/// An error, or that there is nothing at a path, as a version says it: as the format of the answer says it, where it
/// does. Arguments as of Format::render_error; `format` may be null.
http::Response in_format(http::Response said, Format const* format, Error const* error, std::string_view sent,
                         http::PublicAddress const& address);

/// Adds the methods that would have been accepted to the response that a version of the API has written.
http::Response refused(http::Response response, std::string_view methods);

/// The response as it is sent: indented, compressed, with the standard headers. Throws Interrupted. The memory that was
/// taken from the limits belongs to the body.
http::Response finish(http::Response response, Representation const& representation, AccessPolicy const& access,
                      AnswerLimits& limits);

/// The same for small responses, without limits.
http::Response finish(http::Response response, Representation const& representation, AccessPolicy const& access);

}  // namespace restapi::api
