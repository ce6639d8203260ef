// SPDX-License-Identifier: MIT
/// From the id in a path to the object it may name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/resource.hpp"
#include "query/plan.hpp"

namespace restapi::query {

/// no_such_object where the text cannot be an id of that resource: no number for users, no start of a uuid elsewhere.
Result<ObjectId> read_object_id(std::string_view text, model::Resource const& resource);

/// "either no object's id starts with 'X' or the corresponding object is not of type Node"
Error no_such_object(std::string_view text, model::Resource const& resource);

/// Whether the text is a whole uuid in the databases' notation: 8-4-4-4-12 hexadecimal digits, lower case.
bool is_canonical_uuid(std::string_view text);

/// Both ends included.
struct UuidRange {
  std::string first, last;
};

/// Where all uuids lie that begin with the text, as far as it is the beginning of one in lower case. Nothing where not
/// even its first character is.
std::optional<UuidRange> uuid_range(std::string_view text);

}  // namespace restapi::query
