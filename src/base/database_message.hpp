// SPDX-License-Identifier: MIT
/// What a database says of a failure, without the values that clients have asked for: for the log.
#pragma once

#include <string>
#include <string_view>

namespace restapi {

/// The first sentence of the message, in one line, and the statement's text, whose values are bound and so stand apart.
/// Left out are those values (`with :p1="…"`), PostgreSQL's DETAIL, CONTEXT and the like, which quote rows and values,
/// and a quoted value at the end of the sentence (`invalid input syntax for type integer: "…"`).
std::string without_values(std::string_view message);

}  // namespace restapi
