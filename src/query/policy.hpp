// SPDX-License-Identifier: MIT
/// What the operator of the server allows beyond the default.
#pragma once

namespace restapi::query {

struct Policy {
  bool private_filters = false;  ///< filters on fields of Use::private_filter
};

}  // namespace restapi::query
