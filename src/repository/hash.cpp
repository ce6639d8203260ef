// SPDX-License-Identifier: MIT
#include "repository/hash.hpp"

#include <algorithm>

namespace restapi::repository {

bool is_hash(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](char digit) {
           return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
         });
}

}  // namespace restapi::repository
