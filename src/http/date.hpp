// SPDX-License-Identifier: MIT
/// Date-times as the API writes them: "Fri, 29 Apr 2016 19:24:12 GMT" (RFC 9110 §5.6.7).
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace restapi::http {

/// From a store's text, "2016-04-29 19:24:12[.123456][+00]" in UTC; the fraction is dropped. False where the text is
/// no such date-time ("infinity"); then nothing is appended.
bool append_http_date(std::string& out, std::string_view stored);

std::string http_date(std::time_t time);

}  // namespace restapi::http
