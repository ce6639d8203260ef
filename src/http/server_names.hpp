// SPDX-License-Identifier: MIT
/// Whether a request is meant for this server: by the name in its Host.
///
/// The owner of a domain can point it to 127.0.0.1 after a page of it was loaded (DNS rebinding). For a browser that
/// shows the page, this server is then a part of its site, and the page may read everything; only Host reveals it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/message.hpp"

namespace restapi::http {

/// Any thread may call.
class ServerNames {
 public:
  /// Every name.
  ServerNames() = default;

  /// `hostname`: what the server listens on. `names`: those of --server-name; "*" is every one. Without names, a server
  /// that listens to other machines accepts every name: it does not know its own.
  ServerNames(std::string const& hostname, std::vector<std::string> names);

  /// Why the request is for somebody else. Both its Host and the authority of an absolute target must be ours; ports
  /// do not matter. A request that names no host (HTTP/1.0) passes: browsers always name one.
  std::optional<Error> refusal_of(Request const& request) const;

 private:
  bool accepts(std::string_view authority) const;

  bool accepts_all_ = true;
  bool accepts_other_addresses_ = false;  // than this machine's own; nobody can have an address lead elsewhere
  std::vector<std::string> names_ = {};
};

}  // namespace restapi::http
