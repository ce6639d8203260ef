// SPDX-License-Identifier: MIT
/// The key filename, whose value clients of AiiDA write with and without quotes.
#pragma once

#include <string>
#include <string_view>

namespace restapi::api {

/// A query as it was sent, decoded, in which the value of filename is everything up to the next "&": with quotes around
/// it, as the grammar wants it.
std::string with_quoted_filename(std::string_view sent);

}  // namespace restapi::api
