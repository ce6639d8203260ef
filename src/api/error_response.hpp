// SPDX-License-Identifier: MIT
/// An error as every version of the API answers it: {"message":…}, with what the status asks for in headers.
#pragma once

#include <string>

#include "base/error.hpp"
#include "http/message.hpp"

namespace restapi::api {

/// `message`: nothing of it is sent with 500: what happened stands in the log.
http::Response error_response(Error const& error, int status, std::string message);

/// With what would have worked behind it.
std::string with_hint(std::string message, std::string const& hint);

}  // namespace restapi::api
