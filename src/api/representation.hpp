// SPDX-License-Identifier: MIT
/// In which form an answer is sent, and what is answered before anybody looks at what is asked.
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

/// What a request wishes of the form of its answer. Answers may be shared by requests that agree in it.
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

/// The response to that, as a version of the API has written it, with the methods that would have passed.
http::Response refused(http::Response response, std::string_view methods);

/// The answer as it is sent. Throws Interrupted; what was taken of the limits stays with the body.
http::Response finish(http::Response response, Representation const& representation, AccessPolicy const& access,
                      AnswerLimits& limits);

/// The same for small ones.
http::Response finish(http::Response response, Representation const& representation, AccessPolicy const& access);

}  // namespace restapi::api
