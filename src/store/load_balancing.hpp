// SPDX-License-Identifier: MIT
/// `load_balance_hosts` in a PostgreSQL source: libpq knows the word from version 16 on, and an older one refuses the
/// whole source for it. It is taken out before libpq reads the source, whichever version that is, and acted upon here
/// (store/hosts.hpp).
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace restapi::store {

enum class LoadBalancing {
  random,   ///< each process tries the hosts in an order of its own
  disable,  ///< all try them in the order in which they are written
};

struct BalancedText {
  std::string text;  ///< without `load_balance_hosts`
  /// Of one that is repeated the last, as libpq has it. Default: what suits servers of a service, of which each opens
  /// its own connections. (libpq's is `disable`.)
  LoadBalancing balancing = LoadBalancing::random;
};

/// Reads a URI or a keyword string. Where the text is malformed, so is what is left of it: libpq says so later. Error
/// for a value that is neither of the two.
Result<BalancedText> take_load_balancing(std::string const& text);

}  // namespace restapi::store
