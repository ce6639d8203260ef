// SPDX-License-Identifier: MIT
/// A file as it is sent: all of it, or the part that is asked for (Range, If-Range: RFC 9110 §14), in constant memory
/// however large it is.
#pragma once

#include <stop_token>
#include <string_view>

#include "api/access/access_policy.hpp"
#include "api/answer.hpp"
#include "api/representation.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/reply.hpp"

namespace restapi::api {

/// Application/octet-stream, whatever it is, under its name (RFC 6266). 304 where the client has it. `asked`: its
/// method and headers. `gone`: nobody waits any more. Errors: those of reading the file, as far as it is read here.
Result<http::Reply> file_reply(File const& file, http::Request const& asked, std::string_view origin,
                               AccessPolicy const& access, http::Trace trace, std::stop_token gone);

/// `attachment; filename="…"`; with a name in ASCII and the whole one (RFC 8187) where it has quotes, control
/// characters or letters beyond ASCII.
std::string content_disposition(std::string_view name);

}  // namespace restapi::api
