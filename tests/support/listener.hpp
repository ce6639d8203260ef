// SPDX-License-Identifier: MIT
/// Somebody who listens to the changes of a database, goes away and comes back, and keeps what was told.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sql/feed/changes.hpp"
#include "store/changes/installed_postgresql.hpp"
#include "store/changes/installed_sqlite.hpp"
#include "support/stores.hpp"

namespace restapi::test {

/// A table's letter and an id.
using Object = std::pair<char, std::int64_t>;

/// What happened to each object, in order: 'i', 'u', 'd'.
using Histories = std::map<Object, std::string>;

class Listener {
 public:
  explicit Listener(std::string source, unsigned seed = 1) : location_(std::move(source)), random_(seed) { connect(); }

  store::ChangeSource& source() { return *source_; }
  store::Cursor& cursor() { return cursor_; }
  Histories const& told() const { return told_; }

  /// From now on.
  void begin() {
    auto const now = source_->now();
    if (!now) throw std::runtime_error(now.error().detail);
    cursor_ = *now;
  }

  /// What has come, a page at most; perhaps goes away in the middle of it. Gives whether there may be more.
  bool listen(bool may_leave = false) {
    auto const read = source_->read(cursor_);
    if (!read) {
      if (read.error().code != Code::store_unavailable) throw std::runtime_error(read.error().detail);
      return true;
    }
    if (auto const* lost = std::get_if<store::Lost>(&*read))
      throw std::runtime_error("lost: " + std::to_string(static_cast<int>(*lost)));
    auto const& batch = std::get<store::Batch>(*read);
    bool const leaves = may_leave && random_() % 3 == 0;
    std::size_t left = leaves ? random_() % 50 : ~std::size_t{0};
    for (std::size_t i = 0; i < batch.changes.size(); ++i) {
      auto const& change = batch.changes[i];
      for (std::size_t k = 0; k < change.ids.size(); ++k) {
        auto const place = change.place(k);
        if (!places_.insert({place.position, place.index}).second) ++repeated_;
        told_[{change.entity->letter, change.ids[k]}] += "iud"[static_cast<int>(change.action)];
        if (left-- > 0) continue;
        come_back(batch.after_object(i, k));
        return true;
      }
    }
    if (leaves)
      come_back(batch.after);
    else
      cursor_ = batch.after;
    return !batch.is_whole || !batch.changes.empty();
  }

  /// What is told more than once.
  std::size_t repeated() const { return repeated_; }

  /// Over another connection, with the cursor as a text.
  void come_back(store::Cursor const& cursor) {
    cursor_ = store::Cursor::parse(cursor.text()).value();
    connect();
    auto const lost = source_->examine(cursor_);
    if (lost && *lost) throw std::runtime_error("refused: " + std::to_string(static_cast<int>(**lost)));
  }

 private:
  void connect() {
    source_.reset();
    auto source = source_of(location_);
    bool const is_postgresql = source.engine == source::Engine::postgresql;
    connection_ = std::make_unique<store::ChangeConnection>(
        std::move(source), store::ChangeConnection::Times{},
        is_postgresql ? std::optional(sql::feed::postgresql_settings()) : std::nullopt);
    if (is_postgresql)
      source_ = std::make_unique<store::InstalledPostgreSql>(*connection_, "public");
    else
      source_ = std::make_unique<store::InstalledSqlite>(*connection_);
  }

  std::string const location_;
  std::mt19937 random_;
  std::unique_ptr<store::ChangeConnection> connection_;
  std::unique_ptr<store::ChangeSource> source_;
  store::Cursor cursor_;
  Histories told_;
  std::set<std::pair<std::int64_t, std::uint32_t>> places_;
  std::size_t repeated_ = 0;
};

}  // namespace restapi::test
