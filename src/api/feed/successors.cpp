// SPDX-License-Identifier: MIT
#include "api/feed/successors.hpp"

#include "store/changes/uuid.hpp"

namespace restapi::api::feed {

bool is_successor(std::string_view then, std::string_view now) {
  auto const before = store::uuid_of(then), after = store::uuid_of(now);
  return before != after && before != store::Uuid{} && after != store::Uuid{};
}

}  // namespace restapi::api::feed
