// SPDX-License-Identifier: MIT
/// Where entries are, at the door "content": "/nodes/8e28e2c2-ba1f-45ea-b8f2-138e7a49d5b2/extras".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restapi::api::feed::content {

/// The path as messages have it: in lower case, without a slash at the end; "" is the root, of everything. Nothing:
/// there can be no such entry.
std::optional<std::string> read_path(std::string_view text);

/// Whether it is the path, or below it. Both as of read_path().
bool is_within(std::string_view path, std::string_view above);

}  // namespace restapi::api::feed::content
