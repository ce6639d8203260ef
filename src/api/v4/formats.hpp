// SPDX-License-Identifier: MIT
/// The formats of v4's answers: AiiDA has JSON alone.
#pragma once

#include <span>

#include "api/format.hpp"

namespace restapi::api::v4 {

std::span<Format const> formats();

}  // namespace restapi::api::v4
