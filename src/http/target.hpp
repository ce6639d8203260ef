// SPDX-License-Identifier: MIT
/// The request target, taken apart and percent-decoded once; the original is kept (docs/query-language.md).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace restapi::http {

struct Target {
  std::string path;   ///< as sent, without query; scheme and authority of an absolute form removed
  std::string query;  ///< as sent, without the '?'
  std::string decoded_path;
  std::string decoded_query;
  std::vector<std::string> segments;  ///< the decoded path between its slashes; a trailing slash adds none
};

/// What stands before the path in the absolute form, as proxies send it (RFC 9112 §3.2.2): "http://localhost:5000";
/// else empty. Views of the target.
std::string_view origin_of(std::string_view target);

/// As sent, without what origin_of() gives, and without the query. A view of the target.
std::string_view path_of(std::string_view target);

/// Of the origin, "localhost:5000".
std::string_view authority_of(std::string_view target);

/// bad_encoding where raw bytes are no UTF-8, control_character for %00 and its like; the offset counts in the query as
/// sent, and is absent where the path is at fault.
Result<Target> read_target(std::string_view target);

/// Replaces %XX by its byte wherever the bytes so decoded are valid UTF-8; any other % stays as it is, so
/// `type=like="%data%"` means what it says. A '+' is never a space.
Result<std::string> percent_decode(std::string_view text);

/// The byte of `text` that byte `decoded_offset` of percent_decode(text) came from.
std::size_t offset_before_decoding(std::string_view text, std::size_t decoded_offset);

/// Text as it may stand in the path or query of a URI (RFC 3986 §3.3, §3.4): everything else, and '%', as %XX.
std::string percent_encode(std::string_view text);

/// The same for one segment of a path, in which "/" and "?" are data.
std::string percent_encode_segment(std::string_view text);

}  // namespace restapi::http
