// SPDX-License-Identifier: MIT
/// From data to HTML, by the templates of web/ (mustache). What the data say is escaped by the engine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace restapi::api::pages {

/// The template `name` ("list") filled in. Strings and numbers are shown, booleans and lists are sections, null and ""
/// are false. Beside each list "x" there is "has_x". A name that a section does not have is looked up in what is around
/// it. Any thread may call.
std::string fill(std::string_view name, nlohmann::json const& data);

}  // namespace restapi::api::pages
