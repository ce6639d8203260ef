// SPDX-License-Identifier: MIT
/// Conditional requests (RFC 9110 §13): a client that has the answer already gets 304.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace restapi::api {

/// Whether the method reads what is at the address (GET, HEAD): only such answers have an ETag.
bool is_read(std::string_view method);

/// Which answers the client has already (If-None-Match); empty: none.
std::string_view if_none_match_of(http::Request const& request);

/// The response, or 304 instead if the client has it.
http::SharedResponse unless_known(http::SharedResponse const& response, std::string_view if_none_match);

}  // namespace restapi::api
