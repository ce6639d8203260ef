/// Date-times as both databases write and read them: "2016-04-29 19:24:12.123456", UTC.
#pragma once

#include <string>

#include "model/value.hpp"

namespace restapi::sql {

/// The fraction without trailing zeros, and without its point where it is zero: of all ways to write an instant this
/// text comes first, so it compares rightly, `>=` and `<`, with stored texts of however many digits.
std::string to_timestamp(model::DateTime time);

}  // namespace restapi::sql
