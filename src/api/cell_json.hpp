// SPDX-License-Identifier: MIT
/// Cells of rows as values of JSON, for answers that no projection describes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "api/answer.hpp"
#include "store/rows.hpp"

namespace restapi::api {

/// NULL is null.
nlohmann::json text_of(std::optional<std::string_view> cell);
nlohmann::json date_of(std::optional<std::string_view> cell);  ///< as HTTP writes it
nlohmann::json integer_of(store::Rows const& rows, std::size_t row, std::size_t column);

/// What is no UTF-8 becomes U+FFFD. `total`: X-Total-Count.
Answer said(nlohmann::json const& data, std::string_view resource_type, std::int64_t total = 1);

}  // namespace restapi::api
