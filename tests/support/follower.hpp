// SPDX-License-Identifier: MIT
/// Somebody who keeps a copy of a database with the help of its changes: of each object that is told, the row is read.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store/changes/change_source.hpp"
#include "store/changes/following_source.hpp"

namespace restapi::test {

/// A table's letter and an id, and the row as a text.
using Copy = std::map<std::pair<char, std::int64_t>, std::string>;

inline std::map<char, std::string> const tables{
    {'n', "db_dbnode"}, {'c', "db_dbcomputer"},      {'g', "db_dbgroup"},   {'u', "db_dbuser"},
    {'l', "db_dblink"}, {'m', "db_dbgroup_dbnodes"}, {'k', "db_dbcomment"}, {'o', "db_dblog"}};

/// Rows as `id text`, one on each line.
inline Copy copy_of(char letter, std::string const& lines) {
  Copy copy;
  for (std::size_t begin = 0; begin < lines.size();) {
    auto const end = std::min(lines.find('\n', begin), lines.size());
    auto const line = lines.substr(begin, end - begin);
    copy[{letter, std::stoll(line)}] = line;
    begin = end + 1;
  }
  return copy;
}

/// Looks are as frequent as somebody asks.
inline store::FollowingOptions always() { return {.between_comparisons = std::chrono::milliseconds(0), .rest = 0}; }

/// Of a node that a test makes.
inline std::string uuid(int number) { return "a0000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number); }

class Follower {
 public:
  /// `read`: the rows of a table, all of them. Called after each batch for each table in it.
  using Read = std::function<Copy(char letter)>;

  Follower(store::ChangeSource& source, Read read) : source_(source), read_(std::move(read)) {}

  Copy const& copy() const { return copy_; }
  store::Cursor& cursor() { return cursor_; }

  /// How often each object was told.
  std::map<std::pair<char, std::int64_t>, std::string> const& told() const { return told_; }

  /// What was told of deleted objects: uuid and ends.
  std::map<std::pair<char, std::int64_t>, std::string> const& deleted() const { return deleted_; }

  std::size_t resnapshots() const { return resnapshots_; }

  void begin() {
    auto const now = source_.now();
    if (!now) throw std::runtime_error(now.error().detail);
    cursor_ = *now;
    copy_.clear();
    for (char const letter : std::string("ncgulmko")) copy_.merge(read_(letter));
  }

  /// Gives whether anything has come.
  bool listen() {
    auto const read = source_.read(cursor_);
    if (!read) {
      if (read.error().code != Code::store_unavailable) throw std::runtime_error(read.error().detail);
      return true;
    }
    if (std::holds_alternative<store::Lost>(*read)) {
      ++resnapshots_;
      begin();
      return true;
    }
    auto const& batch = std::get<store::Batch>(*read);
    std::set<char> letters;
    for (auto const& change : batch.changes) letters.insert(change.entity->letter);
    std::map<char, Copy> there;
    for (auto const letter : letters) there[letter] = read_(letter);
    for (auto const& change : batch.changes) take(change, there[change.entity->letter]);
    cursor_ = batch.after;
    return !batch.changes.empty() || !batch.is_whole;
  }

  /// Until nothing comes any more.
  void listen_to_all() {
    while (listen()) continue;
  }

 private:
  void take(store::Change const& change, Copy const& there) {
    auto const letter = change.entity->letter;
    for (std::size_t i = 0; i < change.ids.size(); ++i) {
      std::pair const object{letter, change.ids[i]};
      told_[object] += "iudt"[static_cast<int>(change.action)];
      if (change.action == store::Action::deleted) {
        copy_.erase(object);
        auto& kept = deleted_[object];
        kept = change.uuids.empty() ? "" : change.uuids.at(i);
        for (auto const& ends : {change.firsts, change.seconds})
          if (!ends.empty()) kept += " " + std::to_string(ends.at(i));
      } else if (auto const row = there.find(object); row != there.end()) {
        copy_[object] = row->second;
      }
    }
  }

  store::ChangeSource& source_;
  Read const read_;
  store::Cursor cursor_;
  Copy copy_;
  std::map<std::pair<char, std::int64_t>, std::string> told_, deleted_;
  std::size_t resnapshots_ = 0;
};

}  // namespace restapi::test
