// SPDX-License-Identifier: MIT
/// What AiiDA has documented of errors, word for word, in every version of its API.
#pragma once

#include <cstdint>

#include "query/vocabulary.hpp"

namespace restapi::api {

inline constexpr std::int64_t most_rows = 400;  ///< of a window or a page, as one of them says

query::Sentences const& sentences();

}  // namespace restapi::api
