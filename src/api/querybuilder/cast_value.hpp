// SPDX-License-Identifier: MIT
/// Values of JSON as an answer shows them, read as something else or as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/answer_limits.hpp"
#include "query/builder/cast.hpp"

namespace restapi::api::querybuilder {

/// Appends the JSON value as that; null where it cannot be. Throws Interrupted.
void append_cast(std::string& out, std::string_view json, std::optional<query::builder::Cast> cast,
                 AnswerLimits& limits);

/// Appends a number as JSON, always with a point or an exponent: 12.0. Null: it is none, or none that JSON has.
void append_real(std::string& out, std::optional<double> number);

}  // namespace restapi::api::querybuilder
