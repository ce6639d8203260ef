// SPDX-License-Identifier: MIT
/// What an Accept header (RFC 9110 §12.5.1) means for a service that speaks JSON.
#pragma once

#include <string_view>

namespace restapi::api {

struct Preference {
  bool json = true;       ///< JSON is acceptable
  bool indented = false;  ///< a person is reading: browsers ask for text/html, programs do not
};

/// A header without one well-formed media range counts as absent: anything goes.
Preference read_accept(std::string_view accept);

/// Whether an Accept-Encoding header (RFC 9110 §12.5.3) takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace restapi::api
