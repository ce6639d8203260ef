// SPDX-License-Identifier: MIT
/// Bytes on their way to a client.
#pragma once

#include <string>

#include "net/body.hpp"

namespace restapi::net {

/// In two pieces, so that a body is never copied. The head is never empty.
struct Outgoing {
  std::string head;
  Body body;
};

}  // namespace restapi::net
