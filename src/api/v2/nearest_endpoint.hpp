// SPDX-License-Identifier: MIT
/// Which endpoint was probably meant by a path that is none, or by a word that was taken for an id.
#pragma once

#include <span>
#include <string>

namespace restapi::api::v2 {

/// "/api/v2/nodes/<id as written>/content/attributes" for api, v2, nodse, <id>, attributes: words may be misspelt or
/// missing. Empty: none is near, or none is nearer than the path itself. `segments` of the whole path, decoded. Takes
/// bounded time, however many and long they are.
std::string nearest_endpoint(std::span<std::string const> segments);

}  // namespace restapi::api::v2
