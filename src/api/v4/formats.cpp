// SPDX-License-Identifier: MIT
#include "api/v4/formats.hpp"

#include "api/v4/envelope.hpp"

namespace restapi::api::v4 {
namespace {

// AiiDA does not read Accept: clients ask for a file with the header of a file.
constexpr Format json = [] {
  auto format = json_format(render_json);
  format.is_last_resort = true;
  return format;
}();

constexpr Format rows[] = {indented_json_format(render_json), json};

}  // namespace

std::span<Format const> formats() { return rows; }

}  // namespace restapi::api::v4
