// SPDX-License-Identifier: MIT
#include "app/check.hpp"

#include <optional>
#include <stdexcept>

#include "net/listening_socket.hpp"
#include "observation/log_file.hpp"

namespace restapi::app {

std::vector<Error> check_surroundings(config::Options const& options, bool is_inherited) {
  std::vector<Error> reasons;
  std::optional<net::ListeningSocket> main, admin;  // both at once: they may be in each other's way
  auto const listen = [&](auto& socket, std::string const& hostname, std::uint16_t port, char const* hint) {
    try {
      socket.emplace(hostname, port);
    } catch (std::runtime_error const& error) {
      reasons.push_back({Code::source_refused, error.what(), hint});
    }
  };
  if (auto const reason = observation::reason_against_log(options.access_log); !reason.empty())
    reasons.push_back({Code::source_refused, cannot_open_access_log + reason});
  if (!is_inherited) listen(main, options.hostname, options.port, another_address);
  if (options.admin_port) listen(admin, options.admin_hostname, *options.admin_port, another_admin_address);
  return reasons;
}

}  // namespace restapi::app
