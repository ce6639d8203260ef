// SPDX-License-Identifier: MIT
/// A store that is opened when it is first needed, and may be closed while nobody uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/single_flight.hpp"
#include "store/store.hpp"

namespace restapi::store {

/// Versions of the data (Store::version) mean something within one opening only: an SQLite file counts its changes anew
/// with each, and archives have one version.
struct OpenedStore {
  std::shared_ptr<Store> store;
  std::string id;  ///< no other opening has it, in this process or, in all likelihood, in another

  /// Store::version(), which no other opening has: clients keep ETags longer than we live.
  Result<std::optional<Version>> version() const;
};

/// Store::stream(). The store stays open for the rows until they are let go, but is not in use for them: a slow reader
/// keeps no other store from its place. Of all stores together, at most 16.
Result<std::unique_ptr<RowStream>> stream(std::shared_ptr<Store> store, sql::Statement const& statement,
                                          std::stop_token const& gone = {});

/// Of stores that may be open at the same time, whose place another one may take.
enum class Room {
  in_use,   ///< of any: somebody waits for an answer
  at_rest,  ///< of one that is not used right now and has been open for a while
};

/// Any thread may call.
class LazyStore {
 public:
  using Clock = std::chrono::steady_clock;

  /// Called by one thread at a time; may take as long as unpacking or connecting does.
  using Open = std::function<Result<std::shared_ptr<Store>>()>;

  /// Finds a place before. An error: there is none (at_rest: overloaded).
  using MakeRoom = std::function<std::optional<Error>(Room)>;

  /// `opened`: may be null. `broken`: what opening would say (with Error::lasting), where that is known, and has been
  /// logged. `make_room`: null: there is room.
  LazyStore(std::string name, Open open, std::shared_ptr<Store> opened = {},
            std::optional<Error> const& broken = std::nullopt, MakeRoom make_room = {});

  std::string const& name() const { return name_; }

  /// The store, where it is open; else null. It is not closed as long as somebody holds it. Takes a lock for a moment.
  std::shared_ptr<OpenedStore const> use();

  /// The same, but does not count as a use.
  std::shared_ptr<OpenedStore const> look() const;

  /// Why it cannot be opened, if that has just been tried: for a moment nobody tries again.
  std::optional<Error> refusal() const;

  /// Opens it, or waits for the thread that does so already. As long as there is a refusal(), that is the answer.
  /// Errors: store_unavailable; its detail is what opening said. A reason that lasts is logged when it is new.
  /// overloaded: no store at rest makes room.
  Result<std::shared_ptr<OpenedStore const>> open(Room room = Room::in_use);

  using Flight = SingleFlight<>::Flight;

  /// To be held by the one who opens it. Null: somebody else does.
  std::shared_ptr<Flight> begin_opening() { return being_opened_.begin(name_); }
  std::weak_ptr<Flight const> opening() const { return being_opened_.find(name_); }  ///< expires when that has ended

  /// Closes it, unless somebody uses it or has used it after `since`. Whether it did.
  bool close_unused(Clock::time_point since);

  /// Whoever uses it keeps it; with the next use it is opened anew. For a place that another store needs.
  void give_way();

  /// Opened anew with the next use: what is open, if it is that, is outdated (Store::is_outdated). Who holds it keeps
  /// it. Once a second at most, for where that does not help.
  void retire(OpenedStore const& outdated);

  /// The last attempt to open it has failed, however long ago that was. Any attempt that succeeds ends that.
  bool is_refused() const;

  struct Broken {
    std::string to_all;     ///< Error::lasting
    std::string to_keeper;  ///< what opening said, for whoever keeps the server: with paths and hosts, no password
  };

  /// Why nobody can open it before it is mended, if the last attempt has said so, however long ago that was.
  std::optional<Broken> broken() const;

  struct State {
    bool is_open = false;
    bool is_opening = false;
    bool is_leaving = false;             ///< has given way, and is still used
    bool is_used = false;                ///< right now
    Clock::time_point used_at = {};      ///< the last use(), or the opening
    Clock::time_point stays_until = {};  ///< does not give way before
    std::uint64_t opened = 0;            ///< times
    std::uint64_t refused = 0;           ///< times
    StoreCounts counts = {};             ///< of this opening
  };
  State state() const;

 private:
  void take(std::shared_ptr<Store> opened, Clock::duration took);
  bool refuse(Error const& error);

  std::string const name_;
  Open const open_;
  MakeRoom const make_room_;
  SingleFlight<> being_opened_;  // one at most, by its name
  std::mutex opening_;           // held while opening; before mutex_
  mutable std::mutex mutex_;
  std::shared_ptr<OpenedStore const> opened_;
  bool is_opening_ = false;
  std::weak_ptr<OpenedStore const> leaving_;    // what has given way
  std::shared_ptr<OpenedStore const> retired_;  // until the next is open, for requests that wait
  Clock::time_point used_at_ = {};
  Clock::time_point stays_until_ = {};
  std::optional<Error> refusal_;
  std::optional<Broken> broken_;
  Clock::time_point next_try_ = {};
  Clock::time_point next_retirement_ = {};
  std::uint64_t times_opened_ = 0;
  std::uint64_t times_refused_ = 0;
};

}  // namespace restapi::store
