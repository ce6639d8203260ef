// SPDX-License-Identifier: MIT
#include "app/check.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include "app/services.hpp"
#include "app/terminal.hpp"
#include "base/printable.hpp"
#include "net/listening_socket.hpp"
#include "observation/log_file.hpp"

namespace restapi::app {
namespace {

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

}  // namespace

int check(std::vector<config::ServedProfile> const& profiles, StoreOpener const& opener, config::Options const& options,
          bool is_inherited) {
  auto const surroundings = check_surroundings(options, is_inherited);
  std::string text;
  bool is_fine = surroundings.empty();
  for (auto const& profile : profiles) {
    auto const& found = profile.found;
    auto const tokens = tokens_of(profile.options);
    auto const store = opener.open(found);
    auto const why = [&](Error const& error) { return sentence_of(placed(profile.options, error)); };
    auto const reason = !store ? why(store.error()) : !tokens ? why(tokens.error()) : "";
    is_fine = is_fine && reason.empty();
    fmt::format_to(std::back_inserter(text), "{}{}: {}", text.empty() ? "" : "\n", printable(profile.options.name),
                   reason.empty() ? printable(found.source.name) + " can be served" : reason);
  }
  for (auto const& error : surroundings) text += "\n" + sentence_of(error);
  say("-", text);
  return is_fine ? 0 : not_ready;
}

}  // namespace restapi::app
