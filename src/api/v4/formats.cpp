// SPDX-License-Identifier: MIT
#include "api/v4/formats.hpp"

#include "api/v4/envelope.hpp"

namespace restapi::api::v4 {
namespace {

// Browsers ask for text/html, programs do not: there a person is reading.
constexpr Format rows[] = {
    {.name = "indented JSON",
     .media_type = "application/json",
     .asked_as = "text/html",
     .render = render_json,
     .is_indented = true},
    {.name = "JSON",
     .media_type = "application/json",
     .asked_as = "application/json",
     .render = render_json,
     .is_default = true},
};

}  // namespace

std::span<Format const> formats() { return rows; }

}  // namespace restapi::api::v4
