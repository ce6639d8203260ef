// SPDX-License-Identifier: MIT
#include "store/changes/following_source.hpp"

#include <limits>

#include "sql/feed/following.hpp"

namespace restapi::store {
namespace {

using sql::feed::cells::first;
using sql::feed::cells::id;
using sql::feed::cells::second;
using sql::feed::cells::uuid;

std::uint32_t end_at(Rows const& rows, std::size_t row, std::size_t column) {
  auto const number = rows.integer_at(row, column);
  bool const fits = number > 0 && number <= std::numeric_limits<std::uint32_t>::max();
  return fits ? static_cast<std::uint32_t>(number) : 0;
}

}  // namespace

KnownRows::Row row_of(Rows const& rows, std::size_t row) {
  return {.id = rows.integer_at(row, id),
          .uuid = uuid_of(rows.at(row, uuid).value_or("")),
          .first = end_at(rows, row, first),
          .second = end_at(rows, row, second)};
}

void FollowingSource::tell(Findings const& findings, ChangeTime at) {
  told_->tell(findings.changes(), at);
  if (findings.is_lost()) told_->lose(Lost::unknown_deletions);
}

Result<Done> FollowingSource::look_again() {
  if (told_) told_->begin();
  return look();
}

Result<Cursor> FollowingSource::now() {
  if (auto done = look_again(); !done) return std::move(done).error();
  return told_->now();
}

// Whoever is behind gets what is there before tables are looked at again.
Result<std::variant<Batch, Lost>> FollowingSource::read(Cursor const& cursor) {
  if (!told_ || told_->is_at_end(cursor)) {
    if (auto done = look_again(); !done) return std::move(done).error();
  }
  return told_->read(cursor);
}

Result<std::optional<Lost>> FollowingSource::examine(Cursor const& cursor) {
  if (!told_) {
    if (auto done = look_again(); !done) return std::move(done).error();
  }
  return told_->examine(cursor);
}

}  // namespace restapi::store
