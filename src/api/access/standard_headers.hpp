// SPDX-License-Identifier: MIT
/// The header fields that every answer carries, whatever it says. See docs/security.md.
#pragma once

#include "http/response_headers.hpp"

namespace restapi::api {

/// What a browser makes of an answer.
enum class Shown {
  data,  ///< nothing: it is for a program
  page,  ///< it shows it to a person, with styles, scripts and pictures of this server alone
};

/// Those that depend on nothing else of the answer.
http::ResponseHeaders standard_headers(Shown shown, bool is_open_to_all_origins, bool differs_by_origin);

/// The value of Cache-Control for an answer with that status.
char const* cache_control(int status, bool is_personal);

}  // namespace restapi::api
