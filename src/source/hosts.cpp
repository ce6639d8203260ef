// SPDX-License-Identifier: MIT
#include "source/hosts.hpp"

#include <algorithm>
#include <utility>

namespace restapi::source {
namespace {

struct List {
  char const* keyword;
  std::string Host::*member;
};
constexpr List lists[] = {{"host", &Host::host}, {"hostaddr", &Host::address}, {"port", &Host::port}};

/// A single port stays one, so that what is printed for one host is what was written.
PostgresqlSettings with_hosts(PostgresqlSettings settings, std::vector<Host> const& hosts) {
  for (auto const& list : lists) {
    for (auto& [keyword, value] : settings) {
      if (keyword != list.keyword || value.find(',') == value.npos) continue;
      value.clear();
      for (auto const& host : hosts) value += host.*list.member + ',';
      value.pop_back();
    }
  }
  return settings;
}

}  // namespace

std::vector<Host> hosts_of(PostgresqlSettings const& settings) {
  auto const names = find_setting(settings, "host"), addresses = find_setting(settings, "hostaddr");
  std::vector<Host> hosts(split_list(addresses.empty() ? names : addresses).size());
  if (names.empty() && addresses.empty()) return {};
  for (auto const& list : lists) {
    auto const value = find_setting(settings, list.keyword);
    if (value.empty()) continue;
    auto const parts = split_list(value);
    bool const is_for_all = parts.size() == 1 && list.member == &Host::port;
    if (parts.size() != hosts.size() && !is_for_all) return {};
    for (std::size_t i = 0; i < hosts.size(); ++i) hosts[i].*list.member = parts[is_for_all ? 0 : i];
  }
  return hosts;
}

Result<bool> may_shuffle_hosts(PostgresqlSettings const& settings) {
  auto const said =
      std::find_if(settings.begin(), settings.end(), [](auto const& s) { return s.first == "load_balance_hosts"; });
  if (said == settings.end() || said->second == "random") return true;
  if (said->second == "disable") return false;
  // The value is not shown: in a malformed text it may be a password.
  return Error{Code::source_refused, "the load_balance_hosts of the source is neither random nor disable",
               "random, which is the default, lets each server begin with another host, disable with the first"};
}

PostgresqlSettings shuffle_hosts(PostgresqlSettings settings, Random const& random) {
  auto hosts = hosts_of(settings);
  if (hosts.empty()) return settings;
  // Each of the hosts that are left is as likely to be the next one.
  for (std::size_t left = hosts.size(); left > 1; --left) std::swap(hosts[left - 1], hosts[random(left)]);
  return with_hosts(std::move(settings), hosts);
}

HostChoice::HostChoice(std::string location) : locations_{std::move(location)} {
  auto const settings = parse_postgresql(locations_.front());
  if (settings) hosts_ = hosts_of(*settings);
  auto rotated = hosts_;
  for (std::size_t i = 1; i < hosts_.size(); ++i) {
    std::rotate(rotated.begin(), rotated.begin() + 1, rotated.end());
    locations_.push_back(postgresql_uri(with_hosts(*settings, rotated)));
  }
}

std::string HostChoice::location() const {
  std::lock_guard const lock(mutex_);
  return locations_[chosen_];
}

void HostChoice::succeeded(std::string_view host, std::string_view port) {
  auto const index = find(host, port);
  std::lock_guard const lock(mutex_);
  if (index < hosts_.size()) chosen_ = index;
}

void HostChoice::failed(std::string_view host, std::string_view port) {
  auto const index = find(host, port);
  std::lock_guard const lock(mutex_);
  if (index < hosts_.size() && index == chosen_) chosen_ = (index + 1) % hosts_.size();
}

void HostChoice::refused(std::string const& location) {
  std::lock_guard const lock(mutex_);
  if (locations_[chosen_] == location) chosen_ = (chosen_ + 1) % locations_.size();
}

std::size_t HostChoice::find(std::string_view host, std::string_view port) const {
  auto const is_it = [&](Host const& one) {
    return (one.host.empty() ? one.address : one.host) == host && (one.port.empty() || one.port == port);
  };
  return static_cast<std::size_t>(std::find_if(hosts_.begin(), hosts_.end(), is_it) - hosts_.begin());
}

}  // namespace restapi::source
