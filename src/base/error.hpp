// SPDX-License-Identifier: MIT
/// How every stage says that something did not work: a code, a sentence a client may read, a hint, and the byte of the
/// query string it is about. No stage here knows HTTP; which status a code has is written in http/error_catalogue.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace restapi {

/// Every reason for not answering as asked. Grouped by the stage that finds it; numbers are never reused.
enum class Code : int {
  // 1xx: the text
  bad_encoding = 101,
  control_character = 102,
  syntax = 103,
  // 2xx: the meaning
  unknown_key = 201,
  operator_not_accepted = 202,
  wrong_type = 203,
  out_of_range = 204,
  private_key = 205,
  repeated_key = 206,
  only_assignment = 207,
  incompatible_keys = 208,
  limit_too_large = 209,
  no_such_page = 210,
  no_such_object = 211,
  ambiguous_id = 212,
  key_elsewhere = 213,
  pattern_too_complex = 214,
  // 3xx: the route
  no_such_route = 301,
  method_not_allowed = 302,
  not_acceptable = 303,
  no_such_profile = 304,
  no_such_server = 305,
  // 4xx: the store
  store_unavailable = 401,
  store_too_slow = 402,
  store_failed = 403,
  source_refused = 404,
  cancelled = 405,
  answer_too_large = 406,
  unreadable_document = 407,
  standby_behind = 408,
  store_damaged = 409,
  // 5xx: the bytes on the wire
  malformed_request = 501,
  target_too_long = 502,
  headers_too_large = 503,
  body_too_large = 504,
  request_too_slow = 505,
  // 6xx: the token
  token_missing = 601,
  token_refused = 602,
  // 7xx: files of nodes, and what is made of them
  export_not_possible = 701,
  file_damaged = 702,
  // 9xx: the server itself
  internal = 901,
  overloaded = 902,
};

struct Error {
  Code code;
  std::string message;                     ///< one sentence a client may read
  std::string hint = {};                   ///< what would have worked; may be empty
  std::optional<std::size_t> offset = {};  ///< byte in the query string, when we know it
  std::string detail = {};                 ///< what a library or database said; for the log, never sent
  /// Of a database that is not served before somebody mends it: why, in words for everybody, so without paths, hosts
  /// and names. Empty: it may pass by itself, or is about something else.
  std::string lasting = {};
};

}  // namespace restapi
