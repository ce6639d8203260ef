// SPDX-License-Identifier: MIT
/// What /api/v2 is, as OpenAPI 3.1 writes it, made from the tables of v2: a row of one of them is in it by itself.
#pragma once

#include <string>
#include <string_view>

namespace restapi::api::v2::openapi {

/// One JSON object without white space. `url_root`: where the API is for this client (http::PublicAddress::root()). All
/// else is the same for everybody, and made once. Any thread may call.
std::string document(std::string_view url_root);

}  // namespace restapi::api::v2::openapi
