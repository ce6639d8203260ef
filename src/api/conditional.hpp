// SPDX-License-Identifier: MIT
/// Conditional requests (RFC 9110 §13): a client that has the answer already gets 304.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace restapi::api {

/// Whether the answer is what is at the address, and not what comes of something that is sent there.
bool is_read(std::string_view method);

/// What the client has already; empty: nothing.
std::string_view if_none_match_of(http::Request const& request);

/// The response, or 304 in its place.
http::SharedResponse unless_known(http::SharedResponse const& response, std::string_view if_none_match);

}  // namespace restapi::api
