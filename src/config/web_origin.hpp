// SPDX-License-Identifier: MIT
/// An origin of web pages as browsers write it into the header Origin (RFC 6454 §6.2, WHATWG URL): only what is written
/// so can ever be equal to one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restapi::config {

/// `https://example.org` of `https://Example.org:443/`. Nothing where no browser writes anything like that:
/// `example.org`, `https://*.example.org`, `https://user@example.org`, `ftp://example.org`.
std::optional<std::string> web_origin(std::string_view written);

}  // namespace restapi::config
