// SPDX-License-Identifier: MIT
/// The value that a typed column holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace restapi::model {

/// UTC, to the microsecond: the precision of both databases.
using DateTime = std::chrono::sys_time<std::chrono::microseconds>;

using Value = std::variant<std::int64_t, bool, std::string, DateTime>;

}  // namespace restapi::model
