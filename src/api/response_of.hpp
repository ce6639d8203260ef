// SPDX-License-Identifier: MIT
/// An answer that has been written: its body, with what the headers say of it.
#pragma once

#include <string>
#include <string_view>

#include "api/answer.hpp"
#include "http/message.hpp"

namespace restapi::api {

http::Response response_of(Answer const& answer, std::string_view media_type, std::string body);

}  // namespace restapi::api
