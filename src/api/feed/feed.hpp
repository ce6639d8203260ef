// SPDX-License-Identifier: MIT
/// The live feed of one profile: follows the changes of its database while somebody listens, and has its own thread and
/// connection for that.
///
/// Whoever listens has a Position. Either it is a place in the log, or a cursor that the log does not go back to: then
/// pages are read from the database until it has caught up.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/feed/log.hpp"
#include "api/feed/tally.hpp"
#include "base/places.hpp"
#include "net/connection.hpp"
#include "store/changes/change_source.hpp"
#include "store/lazy_store.hpp"

namespace restapi::api::feed {

struct FeedOptions {
  std::chrono::milliseconds interval{100};           ///< between two looks at the database
  std::chrono::milliseconds goes_on{60'000};         ///< after the last listener has gone
  std::chrono::milliseconds between_tries{1'000};    ///< while the database cannot be read
  std::chrono::milliseconds settled_every{300'000};  ///< a quiet listener is given a cursor anyway
  std::chrono::milliseconds ping_interval{25'000};   ///< of WebSockets and of Engine.IO
  std::size_t max_listeners = 10'000;
  std::chrono::milliseconds until_standby{10'000};  ///< that a cursor waits for a standby which is behind it
  std::size_t max_catching_up = 64;  ///< from the database at once, shared fairly; others are to come back later
  Log::Limits log = {};
};

/// To be caught up from the database, while it lives.
struct Turn {
  Turn(Tally::Number& number, std::unique_ptr<Places::Place> which) : counted(number), place(std::move(which)) {}

  Tally::Presence counted;
  std::unique_ptr<Places::Place> place;  ///< never null
};

struct Position {
  std::optional<std::uint64_t> place = {};  ///< in the log; nothing: it is caught up from the database
  store::Cursor cursor = {};                ///< what the listener has, when it was last known
  std::optional<store::Cursor> skip = {};   ///< entries of the log may tell what it has
  std::shared_ptr<Turn> turn = {};          ///< until it has been caught up
};

/// What a listener lacks of the entry of the log that it has come to; its position moves behind it.
std::shared_ptr<Entry const> take(Position& position, std::shared_ptr<Entry const> const& entry);

/// Given to listeners: there may be something new.
struct Grown final : net::Event {};

class Feed {
 public:
  /// What a listener needs beside the objects.
  struct Needs {
    bool details = false;  ///< Entry::details()
    bool items = false;    ///< Entry::items()
  };

  /// What a door does on the feed's thread, where positions move. Takes a few milliseconds at most.
  class Desk;
  using Task = std::function<void(Desk&)>;

  /// `version`: of the API, whose rows are told. Both must outlive it.
  Feed(store::LazyStore& store, ApiVersion const& version, FeedOptions options = {});
  ~Feed();  ///< stop()
  Feed(Feed const&) = delete;
  Feed& operator=(Feed const&) = delete;

  /// Any thread. Clients (http::Request::client; 0: nobody's task) take turns. False: stop() has been called, and the
  /// task is dropped.
  bool ask(Task task, std::uint64_t client = 0);

  Log const& log() const { return log_; }
  FeedOptions const& options() const { return options_; }

  /// Counts as listening while it lives. Any thread.
  class Listener {
   public:
    Listener(Feed& feed, Way way, std::uint64_t client, Needs needs, std::unique_ptr<Places::Place> place);
    ~Listener();
    Listener(Listener const&) = delete;
    Listener& operator=(Listener const&) = delete;

    /// From now on called on the feed's thread after each entry; may be called once more when the listener has gone.
    /// Takes microseconds.
    void on_grown(std::function<void()> wake);
    /// The same for whoever is on a connection, which is given Grown.
    void on_grown(std::weak_ptr<net::Connection> connection);

    /// Somebody else has got its place: it is to end. Called on the feed's thread, or never; takes microseconds.
    void on_displaced(std::function<void()> leave);
    bool is_displaced() const { return place_->is_displaced(); }
    std::uint64_t client() const { return client_; }

    /// So many have been sent to it. Any thread.
    void count_messages(std::size_t messages) { feed_.tally_.of(way_).messages += messages; }

   private:
    Feed& feed_;
    Way const way_;
    std::uint64_t const client_;
    Needs const needs_;
    std::unique_ptr<Places::Place> const place_;
  };

  /// Null: there are as many as there may be, and `client` (http::Request::client) has no fewer than others. What is
  /// told from now on has what it needs. Any thread.
  std::unique_ptr<Listener> listen(Way way, std::uint64_t client, Needs needs);
  std::unique_ptr<Listener> listen(Way way, std::uint64_t client) { return listen(way, client, {}); }
  std::size_t listeners() const { return listeners_; }

  /// Any thread.
  Tally& tally() { return tally_; }

  /// What changes are learnt from while somebody listens; unknown otherwise. Any thread.
  store::SourceInUse source_in_use() const;

  /// The same for whoever keeps the server: also unknown, with the reason, while the database cannot be read. Any
  /// thread.
  store::SourceInUse observed_source() const;

  /// Ends the thread, after a last call for those who wait. May be called twice.
  void stop();

 private:
  class Following;

  void run();
  Task take_task();
  void note_source(store::SourceInUse const& in_use);
  void note_trouble(std::optional<Error> const& trouble);
  void count_changes(store::Batch const& batch);

  store::LazyStore& store_;
  ApiVersion const& version_;
  FeedOptions const options_;
  Log log_;
  Tally tally_;
  std::shared_ptr<Places> const places_, turns_, waiting_for_standby_;
  std::atomic<std::size_t> listeners_ = 0;
  std::atomic<std::size_t> needing_details_ = 0, needing_items_ = 0;  // of these
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, std::deque<Task>> tasks_;  // by client; none is empty
  std::uint64_t last_client_ = 0;                    // whose task was done
  std::unordered_map<Listener const*, std::shared_ptr<std::function<void()> const>> wakes_;
  store::SourceInUse source_in_use_;
  std::string trouble_;  // why the database cannot be read; empty: it can
  bool is_stopping_ = false;
  bool is_running_ = false;
  std::thread thread_;
};

/// On the feed's thread.
class Feed::Desk {
 public:
  /// What is told to a listener that begins.
  struct Begin {
    Position position;
    bool is_resnapshot = false;  ///< its cursor could not be continued
  };

  virtual ~Desk() = default;

  /// `cursor`: as a client (http::Request::client) has sent it; nothing: from now on. `then` is called once, at once if
  /// possible; behind `until_standby` at the latest where a standby has not come as far as the cursor. Errors: the
  /// database cannot be read now; overloaded, too many are catching up; standby_behind.
  using Begun = std::function<void(Desk& desk, Result<Begin> const& begin)>;
  virtual void begin(std::optional<std::string> cursor, std::uint64_t client, Begun then) = 0;

  /// Where whoever listens from now on begins. Errors: the database cannot be read now.
  virtual Result<Position> now() = 0;

  /// The next page of a listener that is not in the log yet; its position moves on. Null: there was nothing, or what it
  /// lacks cannot be told, which is then said by `is_resnapshot` of an entry. Errors: the database cannot be read now;
  /// the position stays.
  virtual Result<std::shared_ptr<Entry const>> catch_up(Position& position) = 0;

  /// Why the last looks at the database have failed, two or more in a row: the log may lack what is in it. Nothing
  /// otherwise. Error overloaded: others are looked at.
  virtual std::optional<Error> trouble() const = 0;

  /// For a few small reads. Errors likewise.
  virtual Result<std::shared_ptr<store::Store>> store() = 0;

  /// Called again after each new entry, until it gives true, or until the time has come or the feed ends: then `wait`
  /// is called for the last time, with true.
  using Wait = std::function<bool(Desk& desk, bool is_over)>;
  virtual void wait(Wait wait, std::chrono::steady_clock::time_point until) = 0;
};

}  // namespace restapi::api::feed
