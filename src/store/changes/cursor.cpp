// SPDX-License-Identifier: MIT
#include "store/changes/cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/base64url.hpp"
#include "base/small_text.hpp"

namespace restapi::store {
namespace {

constexpr std::string_view version = "1";

/// The parts between the separators; more than `most` are none that we have written.
std::vector<std::string_view> split(std::string_view text, char separator, std::size_t most) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; parts.size() <= most;) {
    auto const end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == text.npos) break;
    begin = end + 1;
  }
  return parts;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  auto const read = number_in<Number>(text);
  if (read) number = *read;
  return read.has_value();
}

bool is_epoch(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::optional<Cursor::Check> parse_check(std::string_view text) {
  auto const parts = split(text, '.', 3);
  Cursor::Check check;
  bool const is_one = parts.size() == 3 && read_number(parts[0], check.xid) && read_number(parts[1], check.position) &&
                      read_number(parts[2], check.stamp);
  return is_one ? std::optional(check) : std::nullopt;
}

std::optional<Cursor::Within> parse_within(std::string_view shown, std::string_view position, std::string_view index) {
  auto snapshot = Snapshot::parse(shown);
  if (!snapshot) return std::nullopt;
  Cursor::Within within{*std::move(snapshot)};
  bool const is_one = read_number(position, within.position) && read_number(index, within.index);
  return is_one ? std::optional(std::move(within)) : std::nullopt;
}

}  // namespace

bool Cursor::has(Place const& place) const {
  if (delivered.shows(place.xid)) return true;
  return within && within->shown.shows(place.xid) &&
         std::tie(place.position, place.index) <= std::tie(within->position, within->index);
}

std::string Cursor::text() const {
  auto text = fmt::format("{}/{}/{}", version, epoch, delivered.text());
  if (within) text += fmt::format("/{}/{}/{}", within->shown.text(), within->position, within->index);
  text += fmt::format("/{}.{}.{}", check.xid, check.position, check.stamp);
  return to_base64url(text);
}

std::optional<Cursor> Cursor::parse(std::string_view text) {
  auto const bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  auto const parts = split(*bytes, '/', 7);
  if ((parts.size() != 4 && parts.size() != 7) || parts[0] != version || !is_epoch(parts[1])) return std::nullopt;
  auto delivered = Snapshot::parse(parts[2]);
  auto const check = parse_check(parts.back());
  if (!delivered || !check) return std::nullopt;
  Cursor cursor{std::string(parts[1]), *std::move(delivered), {}, *check};
  if (parts.size() == 7) {
    cursor.within = parse_within(parts[3], parts[4], parts[5]);
    // A batch is read after what came before it.
    if (!cursor.within || cursor.within->shown.xmax < cursor.delivered.xmax) return std::nullopt;
  }
  return cursor;
}

std::int64_t position_of(Cursor const& cursor) {
  auto const delivered = static_cast<std::int64_t>(cursor.delivered.xmax) - 1;
  return cursor.within ? std::max(cursor.within->position, delivered) : delivered;
}

Cursor at_end(Cursor const& before, Snapshot const& shown, Xid certain, Cursor::Check const& check) {
  return {before.epoch, shown.up_to(std::max(before.delivered.xmax - 1, certain)), {}, check};
}

}  // namespace restapi::store
