// SPDX-License-Identifier: MIT
/// What the live feed of a profile has done, in numbers: for metrics, which read them now and then.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/histogram.hpp"
#include "model/entity.hpp"
#include "store/changes/change_source.hpp"

namespace restapi::api::feed {

/// The doors of the feed.
enum class Way { content, events, rows, socket_io };

/// Their names in logs and metrics, in the same order.
inline constexpr std::array<std::string_view, 4> way_names{"content", "events", "rows", "socket.io"};

constexpr std::string_view name_of(Way way) { return way_names[static_cast<std::size_t>(way)]; }

/// Why something cannot be told: store::Lost, in its order, and a cursor that is none.
inline constexpr std::array<std::string_view, 5> resnapshot_reasons{"other_database", "too_old", "undone",
                                                                    "unknown_deletions", "no_cursor"};
inline constexpr std::size_t no_cursor = resnapshot_reasons.size() - 1;

/// Any thread.
struct Tally {
  using Number = std::atomic<std::uint64_t>;

  struct OfWay {
    Number subscribers = 0;  ///< now
    Number messages = 0;     ///< sent
  };

  /// Counts while it lives.
  class Presence {
   public:
    explicit Presence(Number& number) : number_(number) { ++number_; }
    ~Presence() { --number_; }
    Presence(Presence const&) = delete;
    Presence& operator=(Presence const&) = delete;

   private:
    Number& number_;
  };

  OfWay& of(Way way) { return ways[static_cast<std::size_t>(way)]; }
  void count_resnapshot(store::Lost why) { ++resnapshots[static_cast<std::size_t>(why)]; }

  std::array<OfWay, way_names.size()> ways = {};
  std::array<Number, model::number_of_entities> changes = {};  ///< objects, by the place in model::entities()
  std::array<Number, resnapshot_reasons.size()> resnapshots = {};
  Number catching_up = 0;  ///< subscriptions, now
  Number ring_lost = 0;    ///< subscriptions whose place in the log was gone before they got there
  Histogram lag = {};      ///< from a change to whoever was there to be told
  Histogram batch = {};    ///< reading what has changed, with its objects
};

}  // namespace restapi::api::feed
