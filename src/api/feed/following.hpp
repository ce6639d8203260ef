// SPDX-License-Identifier: MIT
/// What the thread of a feed does: looks at the database, appends what it finds to the log, and serves the doors
/// (Desk). A part of feed.cpp; nobody else needs it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/cache/totals.hpp"
#include "api/feed/feed.hpp"

namespace restapi::api::feed {

class Feed::Following final : public Desk {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Following(Feed& feed) : feed_(feed), totals_(no_totals_) {}

  /// Opens what is closed. Nothing: it is open, until rest().
  std::optional<Error> open(store::Room room = store::Room::in_use);

  /// Whether its store is still open: then it is in use until rest(), without having been asked for.
  bool stays();

  /// Between two looks others may have its place.
  void rest() { opened_.reset(); }

  /// One look at the database, which is opened for it, if there is room. True: there is more, now.
  Result<bool> look();

  std::optional<Error> trouble() const override;

  void begin(std::optional<std::string> cursor, std::uint64_t client, Begun then) override;
  Result<Position> now() override;
  Result<std::shared_ptr<Entry const>> catch_up(Position& position) override;
  Result<std::shared_ptr<store::Store>> store() override;
  void wait(Wait wait, Time until) override { waiting_.push_back({std::move(wait), until}); }

  void call_waiting(bool is_ending);
  bool is_waited_for() const { return !waiting_.empty(); }

 private:
  struct Waiting {
    Wait wait;
    Time until;
  };

  Result<bool> read_more();
  void close();
  void say_resnapshot(store::Cursor const& before);
  void append(std::shared_ptr<Entry const> entry);
  Result<std::shared_ptr<Entry const>> entry_of(store::Batch batch);
  bool lacks_what_is_needed(std::uint64_t place) const;
  Result<Begin> begin_now(std::optional<std::string> const& text, std::uint64_t client);

  Feed& feed_;
  KnownTotals no_totals_{0};
  Totals totals_;
  std::shared_ptr<store::OpenedStore const> opened_;  // while the thread has something to do
  std::string opening_;                               // of which one the source is (OpenedStore::id)
  std::unique_ptr<store::ChangeSource> source_;
  store::Cursor cursor_;
  std::optional<Error> failure_;                                       // of the last look
  int failures_ = 0;                                                   // one after the other
  std::uint64_t without_details_until_ = 0, without_items_until_ = 0;  // places in the log: what follows has them
  std::vector<Waiting> waiting_;
};

}  // namespace restapi::api::feed
