// SPDX-License-Identifier: MIT
#include "query/object_id.hpp"

#include <algorithm>

#include "base/small_text.hpp"
#include "query/fold.hpp"

namespace restapi::query {
namespace {

constexpr std::string_view least_uuid = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view greatest_uuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// How many bytes at the beginning of the text are the beginning of a uuid in lower case.
std::size_t uuid_start(std::string_view text) {
  std::size_t i = 0;
  for (; i < std::min(text.size(), least_uuid.size()); ++i) {
    bool const is_digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (least_uuid[i] == '-' ? text[i] != '-' : !is_digit) break;
  }
  return i;
}

}  // namespace

std::optional<std::string> uuid_notation(std::string_view text) {
  std::string uuid;
  for (auto const byte : text) {
    if (uuid.size() >= least_uuid.size()) return std::nullopt;
    if (byte != '-' && least_uuid[uuid.size()] == '-') uuid += '-';
    uuid += byte;
  }
  uuid = fold(uuid);
  if (uuid.empty() || uuid_start(uuid) != uuid.size()) return std::nullopt;
  return uuid;
}

bool is_canonical_uuid(std::string_view text) {
  return text.size() == least_uuid.size() && uuid_start(text) == text.size();
}

std::optional<UuidRange> uuid_range(std::string_view text) {
  auto const length = uuid_start(text);
  if (length == 0) return std::nullopt;
  UuidRange range{std::string(least_uuid), std::string(greatest_uuid)};
  for (auto* const uuid : {&range.first, &range.last}) uuid->replace(0, length, text, 0, length);
  return range;
}

std::optional<ObjectId> read_object_id(std::string_view text, model::Identity identity) {
  ObjectId id{std::string(text), {}, {}, {}};
  if (identity == model::Identity::pk) {
    auto const pk = number_in<std::int64_t>(text);
    if (!pk) return std::nullopt;
    id.pk = *pk;
    return id;
  }
  auto const start = uuid_notation(text);
  if (!start) return std::nullopt;
  auto range = uuid_range(*start);
  id.first_uuid = std::move(range->first);
  id.last_uuid = std::move(range->last);
  return id;
}

}  // namespace restapi::query
