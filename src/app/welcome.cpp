// SPDX-License-Identifier: MIT
#include "app/welcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/terminal.hpp"
#include "base/printable.hpp"
#include "http/target.hpp"

namespace restapi::app {

std::string host_in_urls(std::string const& hostname, std::uint16_t port) {
  bool const is_any = hostname == "0.0.0.0" || hostname == "::";
  bool const is_ipv6 = hostname.find(':') != hostname.npos;
  auto const host = is_any || hostname == "127.0.0.1" ? "localhost" : is_ipv6 ? "[" + hostname + "]" : hostname;
  return port == 0 ? host : fmt::format("{}:{}", host, port);
}

void welcome(std::vector<config::ServedProfile> const& profiles, std::string const& host,
             std::string const& admin_host) {
  std::string text;
  auto const out = std::back_inserter(text);
  auto const root = fmt::format("http://{}/", host);
  auto base = root + "api/v2";
  if (profiles.size() == 1) {
    fmt::format_to(out, "restapi serves {}\n\n  {}\n\n", printable(profiles.front().found.source.name), base);
  } else {
    constexpr std::size_t most = 20;
    fmt::format_to(out, "restapi serves {} profiles, the first one also at {}\n\n", profiles.size(), base);
    for (std::size_t i = 0; i < std::min(most, profiles.size()); ++i)
      fmt::format_to(out, "  {}{}/api/v2\n", root, http::percent_encode_segment(profiles[i].options.name));
    if (profiles.size() > most) text += "  …\n";
    fmt::format_to(out, "\n{} lists them.\n\n", root);
    auto const works = std::ranges::find_if(profiles, [](auto const& profile) { return !profile.found.broken; });
    if (works != profiles.begin())
      base = fmt::format("{}{}/api/v2", root, http::percent_encode_segment(works->options.name));
  }
  fmt::format_to(out,
                 "Worth trying:\n"
                 "  {}/nodes/page/1?perpage=5&orderby=-ctime\n"
                 "  {}/nodes/?id>45&type=like=\"%data%\"\n"
                 "  {}/nodes/statistics\n\n",
                 base, base, base);
  if (!admin_host.empty()) fmt::format_to(out, "Health and metrics: http://{}/ready and /metrics\n\n", admin_host);
  text += "Ctrl-C stops it.";
  say("-", text);
}

}  // namespace restapi::app
