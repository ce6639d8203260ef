// SPDX-License-Identifier: MIT
/// Errors as AiiDA's error handler answers them: {"message":…}, and its statuses.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace restapi::api::v4 {

/// As ApiVersion::render().
http::Response render(Error const& error, std::string_view query = {});

/// 404 with the list of all endpoints.
http::Response no_such_route(bool has_posting);

inline constexpr std::string_view unknown_url = "The requested URL is not found on the server.";

}  // namespace restapi::api::v4
