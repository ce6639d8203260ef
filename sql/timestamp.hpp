/// Date-times as both databases write and read them: "2016-04-29 19:24:12.123456", UTC.
#pragma once

#include <string>

#include "model/value.hpp"

namespace restapi::sql {

/// With six digits of fraction, or none where the fraction is zero, so that the text compares rightly with stored
/// texts of either form.
std::string to_timestamp(model::DateTime time);

}  // namespace restapi::sql
