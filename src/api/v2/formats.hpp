// SPDX-License-Identifier: MIT
/// The formats of v2: a row each.
#pragma once

#include <span>

#include "api/format.hpp"

namespace restapi::api::v2 {

std::span<Format const> formats();

}  // namespace restapi::api::v2
