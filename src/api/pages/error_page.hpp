// SPDX-License-Identifier: MIT
/// What a person sees where there is no answer: the sentence, the place in the query, and an address that works.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/public_address.hpp"

namespace restapi::api::pages {

/// Arguments as of Format::render_error.
http::Response error_page(http::Response said, Error const* error, std::string_view sent,
                          http::PublicAddress const& address);

}  // namespace restapi::api::pages
