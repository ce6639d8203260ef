/// Bytes on their way to a client.
#pragma once

#include <string>

namespace restapi::api {

/// In two pieces, so that a large body is moved and never copied. The head is never empty.
struct Outgoing {
  std::string head;
  std::string body;
};

}  // namespace restapi::api
