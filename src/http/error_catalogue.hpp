// SPDX-License-Identifier: MIT
/// Every error code: its name, its HTTP status, when it happens. docs/errors.md is printed from this table.
#pragma once

#include <span>
#include <string_view>

#include "base/error.hpp"

namespace restapi::http {

struct ErrorRow {
  Code code;
  std::string_view name;
  int status;
  std::string_view when;
};

std::span<ErrorRow const> error_catalogue();

/// The row of a code; every code has one.
ErrorRow const& error_row(Code code);

}  // namespace restapi::http
