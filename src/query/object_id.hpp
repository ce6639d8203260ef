// SPDX-License-Identifier: MIT
/// From the id in a path to the object it may name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/resource.hpp"
#include "query/plan.hpp"

namespace restapi::query {

/// Nothing where the text names no object that there could be: no number, or no start of a uuid.
std::optional<ObjectId> read_object_id(std::string_view text, model::Identity identity);

/// A start of a uuid, or a whole one, as the databases write it: 338357F4F2 is 338357f4-f2. Capitals are taken, and
/// dashes may be missing. Nothing where the text is no start of a uuid.
std::optional<std::string> uuid_notation(std::string_view text);

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
