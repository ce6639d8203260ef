// SPDX-License-Identifier: MIT
#include "api/v4/formats.hpp"

#include "api/v4/envelope.hpp"

namespace restapi::api::v4 {
namespace {

constexpr Format rows[] = {indented_json_format(render_json), json_format(render_json)};

}  // namespace

std::span<Format const> formats() { return rows; }

}  // namespace restapi::api::v4
