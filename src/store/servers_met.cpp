// SPDX-License-Identifier: MIT
#include "store/servers_met.hpp"

#include <algorithm>

namespace restapi::store {

std::uint64_t ServersMet::met(Server const& server) {
  std::lock_guard const lock(mutex_);
  if (are_several_) return life_;
  auto const is_it = [&](Server const& other) {
    return other.system == server.system && other.started == server.started;
  };
  if (met_.empty()) {
    met_.push_back(server);
    return life_;
  }
  auto& last = met_.back();
  if (is_it(last)) {  // a standby may have been promoted meanwhile
    last.is_standby = server.is_standby;
    return life_;
  }
  bool const is_back = std::ranges::any_of(met_, is_it);
  bool const is_another_kind = last.system != server.system || last.is_standby != server.is_standby;
  met_.push_back(server);
  if (is_back || (is_another_kind && !are_primaries_)) are_several_ = true;
  return ++life_;
}

}  // namespace restapi::store
