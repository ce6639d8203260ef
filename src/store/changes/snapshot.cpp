// SPDX-License-Identifier: MIT
#include "store/changes/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace restapi::store {
namespace {

/// The number that the text begins with, which is taken off.
std::optional<Xid> take_number(std::string_view& text) {
  Xid number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool Snapshot::shows(Xid xid) const { return xid < xmax && !std::ranges::binary_search(xip, xid); }

bool Snapshot::covers(Snapshot const& other) const {
  return xmax >= other.xmax && std::ranges::none_of(xip, [&](Xid xid) { return other.shows(xid); });
}

Snapshot Snapshot::up_to(Xid last) const {
  if (last + 1 >= xmax) return *this;
  Snapshot part{last + 1, xip};
  part.xip.erase(std::ranges::upper_bound(part.xip, last), part.xip.end());
  return part;
}

std::string Snapshot::text() const { return fmt::format("{}:{}:{}", xmin(), xmax, fmt::join(xip, ",")); }

std::optional<Snapshot> Snapshot::parse(std::string_view text) {
  auto const xmin = take_number(text);
  if (!xmin || *xmin == 0 || !take(text, ':')) return std::nullopt;
  auto const xmax = take_number(text);
  if (!xmax || !take(text, ':') || *xmin > *xmax) return std::nullopt;
  Snapshot snapshot{*xmax};
  while (!text.empty()) {
    auto const xid = take_number(text);
    if (!xid || *xid >= *xmax || *xid < *xmin) return std::nullopt;
    if (!snapshot.xip.empty() && *xid <= snapshot.xip.back()) return std::nullopt;
    snapshot.xip.push_back(*xid);
    if (!text.empty() && (!take(text, ',') || text.empty())) return std::nullopt;
  }
  return snapshot;
}

}  // namespace restapi::store
