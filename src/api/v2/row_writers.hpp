// SPDX-License-Identifier: MIT
/// Lists as CSV (RFC 4180) and as JSON, one object a line (NDJSON).
#pragma once

#include <memory>

#include "api/row_writer.hpp"
#include "query/projection.hpp"

namespace restapi::api::v2 {

/// A line with the names first. Values as in JSON, strings without its quotes; NULL is nothing, the empty string is "".
/// What has an error ends with a line `#error,<message>`.
std::unique_ptr<RowWriter> csv_writer(std::shared_ptr<query::Projection const> projection);

/// Each line is a row as in a list of JSON. What has an error ends with `{"error":"<message>"}`.
std::unique_ptr<RowWriter> ndjson_writer(std::shared_ptr<query::Projection const> projection);

}  // namespace restapi::api::v2
