// SPDX-License-Identifier: MIT
#include "store/changes/change_rows.hpp"

#include <algorithm>
#include <charconv>

#include "sql/feed/changes.hpp"

namespace restapi::store {
namespace {

namespace columns = sql::feed::columns;

/// The items of `{a,b,NULL}`, none of which contains a comma, a brace or a quotation mark.
template <class Take>
void for_each_item(std::optional<std::string_view> list, Take take) {
  if (!list || list->size() < 2) return;
  auto rest = list->substr(1, list->size() - 2);
  while (!rest.empty()) {
    auto const end = std::min(rest.find(','), rest.size());
    take(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::vector<std::int64_t> integers_of(std::optional<std::string_view> list) {
  std::vector<std::int64_t> numbers;
  for_each_item(list, [&](std::string_view item) {
    std::int64_t number = 0;  // NULL stays 0, which is no id
    std::from_chars(item.data(), item.data() + item.size(), number);
    numbers.push_back(number);
  });
  return numbers;
}

std::vector<std::string> texts_of_list(std::optional<std::string_view> list) {
  std::vector<std::string> texts;
  for_each_item(list, [&](std::string_view item) { texts.emplace_back(item == "NULL" ? "" : item); });
  return texts;
}

std::optional<Action> action_of(std::string_view letter) {
  if (letter == "i") return Action::created;
  if (letter == "u") return Action::updated;
  if (letter == "d") return Action::deleted;
  if (letter == "t") return Action::cleared;
  return std::nullopt;
}

}  // namespace

Xid xid_at(Rows const& rows, std::size_t row, std::size_t column) {
  return static_cast<Xid>(rows.integer_at(row, column));
}

Cursor::Check check_of(Rows const& rows, std::size_t row) {
  return {xid_at(rows, row, columns::xid), rows.integer_at(row, columns::position),
          rows.integer_at(row, columns::stamp)};
}

std::optional<Change> change_of(Rows const& rows, std::size_t row) {
  auto const letter = rows.at(row, columns::entity).value_or("");
  auto const action = action_of(rows.at(row, columns::action).value_or(""));
  auto const* const entity = letter.size() == 1 ? model::find_entity(letter.front()) : nullptr;
  if (!action || entity == nullptr) return std::nullopt;
  Change change{.entity = entity, .action = *action};
  auto const fields = rows.integer_at(row, columns::fields);
  change.fields = {(fields & 1) != 0, (fields & 2) != 0};
  if (*action != Action::cleared) change.ids = integers_of(rows.at(row, columns::ids));
  if (*action != Action::cleared && change.ids.empty()) return std::nullopt;  // no trigger writes that
  change.firsts = integers_of(rows.at(row, columns::first_ids));
  change.seconds = integers_of(rows.at(row, columns::second_ids));
  change.uuids = texts_of_list(rows.at(row, columns::uuids));
  change.xid = xid_at(rows, row, columns::xid);
  change.position = rows.integer_at(row, columns::position);
  change.stamp = rows.integer_at(row, columns::stamp);
  change.at = ChangeTime(std::chrono::microseconds(rows.integer_at(row, columns::at)));
  change.origin = rows.at(row, columns::origin).value_or("");
  return change;
}

void skip_objects(Change& change, std::size_t count) {
  auto const skip = [&](auto& list) {
    list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(count, list.size())));
  };
  skip(change.ids);
  skip(change.firsts);
  skip(change.seconds);
  skip(change.uuids);
  change.offset += static_cast<std::uint32_t>(count);
}

}  // namespace restapi::store
