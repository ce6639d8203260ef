// SPDX-License-Identifier: MIT
/// The formats in which answers are sent: a row each. Which one a client means is read from its Accept header
/// (RFC 9110 §12.5.1).
#pragma once

#include <span>
#include <string_view>

namespace restapi::api {

struct Format {
  std::string_view name;        ///< each has its own: "JSON"
  std::string_view media_type;  ///< of the answer
  std::string_view asked_as;    ///< the media type in Accept that means it
  bool is_indented = false;     ///< for a person
  bool is_default = false;      ///< also meant by */* and application/*, and by no Accept at all
};

/// In the order in which they are preferred where a client takes several.
std::span<Format const> formats();

Format const& default_format();

/// Null: the client takes none of them. A header without one well-formed media range counts as absent.
Format const* choose_format(std::string_view accept);

}  // namespace restapi::api
