// SPDX-License-Identifier: MIT
/// A list of values as one text that a database takes apart by itself: however long the list is, the statement has one
/// text and one placeholder.
#pragma once

#include <span>
#include <string>

#include "model/value.hpp"

namespace restapi::sql {

/// PostgreSQL's literal of an array (15, 8.15.2): `{1,2}`, `{"a","with \"quotes\" and \\"}`. Texts always stand in
/// quotes, so NULL, {} and blanks are texts like others. Requires: integers or texts.
std::string array_literal(std::span<model::Value const> values);

/// JSON: `[1,2]`, `["a","with \"quotes\" and \\"]`. Requires: integers or texts, these in UTF-8.
std::string json_array(std::span<model::Value const> values);

}  // namespace restapi::sql
