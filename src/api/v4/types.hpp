// SPDX-License-Identifier: MIT
/// What is answered about the types of all nodes together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "api/version.hpp"
#include "base/result.hpp"
#include "model/catalog.hpp"
#include "sql/dialect.hpp"

namespace restapi::api::v4 {

/// The tree of types (full_types.hpp).
std::unique_ptr<PendingRead> read_full_types(model::BoundResource const& nodes, std::optional<std::int64_t> owner,
                                             bool with_counts, sql::Dialect const& dialect);

/// {"data.core.array.ArrayData.|":["json"],…}: of all classes, as the database writes their types.
std::unique_ptr<PendingRead> read_download_formats(model::BoundResource const& nodes, sql::Dialect const& dialect);

/// The same of one class. no_such_object: it is no full type; export_not_possible: the class is not known.
Result<Answer> formats_of_type(std::string_view full_type);

}  // namespace restapi::api::v4
