// SPDX-License-Identifier: MIT
/// What v2 makes of an Error: {"message": "…"} and the status of the catalogue.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace restapi::api::v2 {

/// `query` as sent: the offset of the error counts in the decoded text, and is given in the original. Without `query`
/// (it could not be decoded, read_target) the offset counts in the original already.
http::Response render(Error const& error, std::string_view query = {});

/// 404 without JSON, as the documented API has it: one line that names the base URL, and the nearest endpoint if there
/// is one.
http::Response no_such_route(std::string const& url_root, std::span<std::string const> segments);

}  // namespace restapi::api::v2
