// SPDX-License-Identifier: MIT
/// The header fields that every answer carries, whatever it says. See docs/security.md.
#pragma once

#include "http/response_headers.hpp"

namespace restapi::api {

/// Those that do not depend on the answer.
http::ResponseHeaders standard_headers(bool is_open_to_all_origins, bool differs_by_origin);

/// The value of Cache-Control for an answer with that status.
char const* cache_control(int status, bool is_personal);

}  // namespace restapi::api
