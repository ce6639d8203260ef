// SPDX-License-Identifier: MIT
#include "repository/container_index.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "repository/errors.hpp"

namespace restapi::repository {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char const* index_name = "packs.idx";
constexpr char const* log_name = "packs.idx-wal";
constexpr char const* journal_name = "packs.idx-journal";

/// A look is one search in an index. A stranger's table may have none, and any number of rows.
constexpr std::chrono::seconds longest_look{5};
constexpr int steps_between_clocks = 10'000;
constexpr std::chrono::milliseconds longest_lock{1'000};  // AiiDA's transactions write a few rows
constexpr int longest_value = 1 << 20;                    // bytes
constexpr std::size_t most_idle = 4;                      // connections
constexpr int most_attempts = 5;                          // while a writer comes and goes
constexpr std::int64_t settled_after = 4;                 // seconds: file systems count time in steps of up to two

// ---- The system, for reading alone ----------------------------------------------------------------------------------

sqlite3_vfs* whole_system() {
  static auto* const system = ::sqlite3_vfs_find(nullptr);
  return system;
}

/// Without this SQLite makes a log beside a file in WAL mode, also for connections that only read.
int open_for_reading(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* opened_flags) {
  constexpr int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  if ((flags & lasting) != 0) flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  return whole_system()->xOpen(whole_system(), name, file, flags, opened_flags);
}

int remove_nothing(sqlite3_vfs*, char const*, int) { return SQLITE_READONLY; }

/// SQLite would follow the link that the name of a descriptor is, to a name that may be another folder's by now.
int same_name(sqlite3_vfs*, char const* name, int size, char* to) {
  auto const length = std::strlen(name);
  if (length >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(to, name, length + 1);
  return SQLITE_OK;
}

/// Never taken back: connections may outlive all else.
char const* reading_system() {
  static auto* const made = [] {
    auto* const system = new sqlite3_vfs(*whole_system());
    system->pNext = nullptr;
    system->zName = "restapi-repository";
    system->xOpen = open_for_reading;
    system->xDelete = remove_nothing;
    system->xFullPathname = same_name;
    ::sqlite3_vfs_register(system, 0);
    return system;
  }();
  return made->zName;
}

// ---- What lies in the folder ----------------------------------------------------------------------------------------

struct State {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0, modified_fraction = 0, changed = 0, changed_fraction = 0;

  bool operator==(State const&) const = default;
  bool is_same_file(State const& other) const { return device == other.device && inode == other.inode; }

  /// A later change would show.
  bool is_settled() const {
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count() - changed > settled_after;
  }
};

std::optional<State> state_of(int folder) {
  struct stat status = {};
  if (::fstatat(folder, index_name, &status, 0) != 0) return std::nullopt;
  return State{status.st_dev,          status.st_ino,         status.st_size,        status.st_mtim.tv_sec,
               status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

bool has_content(int folder, char const* name) {
  struct stat status = {};
  return ::fstatat(folder, name, &status, 0) == 0 && status.st_size > 0;
}

bool is_being_written(int folder) { return has_content(folder, log_name) || has_content(folder, journal_name); }

struct CloseConnection {
  void operator()(sqlite3* connection) const { ::sqlite3_close_v2(connection); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
};

Error fault(sqlite3* connection, int result) {
  auto detail = std::string("packs.idx: ") + (connection ? ::sqlite3_errmsg(connection) : ::sqlite3_errstr(result));
  switch (result & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // no such table or column
    case SQLITE_TOOBIG:
      return damaged_repository(std::move(detail));
    case SQLITE_NOMEM:
      return unreadable(detail, ENOMEM);
    case SQLITE_INTERRUPT:
      return {Code::store_too_slow, "looking for the content of this file took too long", {}, {}, std::move(detail)};
    default:
      return unavailable(std::move(detail));
  }
}

/// Nothing of the file is trusted: https://sqlite.org/security.html.
void defend(sqlite3* connection) {
  for (auto const& [name, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}})
    ::sqlite3_db_config(connection, name, value, nullptr);
  ::sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, longest_value);
  ::sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
  ::sqlite3_limit(connection, SQLITE_LIMIT_WORKER_THREADS, 0);
  for (auto const* setting : {"PRAGMA query_only = 1", "PRAGMA cell_size_check = 1", "PRAGMA mmap_size = 0"})
    ::sqlite3_exec(connection, setting, nullptr, nullptr, nullptr);
}

}  // namespace

/// One thread at a time.
class ContainerIndex::Connection {
 public:
  /// With locks, the log is read by way of an index of its own, which is mapped for reading and never made.
  enum class Way { locked, alone };

  Connection(int folder, State const& state) : folder_(folder), opened_(state) {}

  /// SQLITE_OK, or why not.
  int open(Way way) {
    way_ = way;
    auto const uri = "file:/proc/self/fd/" + std::to_string(folder_) + "/" + index_name +
                     (way == Way::locked ? "?mode=ro&readonly_shm=1" : "?mode=ro&immutable=1");
    sqlite3* connection = nullptr;
    auto const opened = ::sqlite3_open_v2(
        uri.c_str(), &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, reading_system());
    connection_.reset(connection);
    if (opened != SQLITE_OK) return opened;
    ::sqlite3_extended_result_codes(connection, 1);
    ::sqlite3_busy_timeout(connection, static_cast<int>(longest_lock.count()));
    ::sqlite3_progress_handler(connection, steps_between_clocks, is_enough, this);
    defend(connection);
    constexpr std::string_view text =
        "SELECT pack_id, compressed, size, db_object.\"offset\", length FROM db_object WHERE hashkey = ?1";
    deadline_ = Clock::now() + longest_look;
    sqlite3_stmt* statement = nullptr;
    auto const prepared = ::sqlite3_prepare_v3(connection, text.data(), static_cast<int>(text.size()),
                                               SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    statement_.reset(statement);
    return prepared;
  }

  sqlite3* get() const { return connection_.get(); }

  /// Whether what it reads is what is there.
  bool is_up_to_date() const {
    auto const now = state_of(folder_);
    if (way_ == Way::locked) return now && now->is_same_file(opened_);
    return now == opened_ && !is_being_written(folder_);
  }

  bool may_be_kept() const { return way_ == Way::locked || opened_.is_settled(); }

  /// SQLITE_ROW with the object, SQLITE_DONE, or why not; SQLITE_MISMATCH where there are no numbers.
  int find(std::string_view hash, PackedObject& object) {
    deadline_ = Clock::now() + longest_look;
    auto* const statement = statement_.get();
    ::sqlite3_bind_text(statement, 1, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
    auto const result = ::sqlite3_step(statement);
    bool const is_read = result != SQLITE_ROW || take_row(object);
    ::sqlite3_reset(statement);
    ::sqlite3_clear_bindings(statement);
    return is_read ? result : SQLITE_MISMATCH;
  }

 private:
  static int is_enough(void* self) { return Clock::now() >= static_cast<Connection*>(self)->deadline_ ? 1 : 0; }

  bool take_row(PackedObject& object) const {
    constexpr int columns = 5;
    std::int64_t values[columns];
    for (int i = 0; i < columns; ++i) {
      if (::sqlite3_column_type(statement_.get(), i) != SQLITE_INTEGER) return false;
      values[i] = ::sqlite3_column_int64(statement_.get(), i);
      if (values[i] < (i == 0 ? -1 : 0)) return false;
    }
    auto const [pack, compressed, size, offset, length] = values;
    object = {pack, compressed != 0, static_cast<std::uint64_t>(size), static_cast<std::uint64_t>(offset),
              static_cast<std::uint64_t>(length)};
    return true;
  }

  int const folder_;
  State const opened_;
  Way way_ = Way::locked;
  Clock::time_point deadline_ = {};
  std::unique_ptr<sqlite3, CloseConnection> connection_;
  std::unique_ptr<sqlite3_stmt, FinishStatement> statement_;  // before its connection
};

ContainerIndex::ContainerIndex(int folder, EnterSqlite enter) : folder_(folder), enter_(std::move(enter)) {}

ContainerIndex::~ContainerIndex() {
  auto const inside = enter_ ? enter_() : nullptr;
  idle_.clear();
}

std::unique_ptr<ContainerIndex::Connection> ContainerIndex::take() {
  std::unique_ptr<Connection> taken;
  std::lock_guard const lock(mutex_);
  if (idle_.empty()) return nullptr;
  taken = std::move(idle_.back());
  idle_.pop_back();
  return taken;
}

void ContainerIndex::give_back(std::unique_ptr<Connection> connection) {
  std::lock_guard const lock(mutex_);
  if (idle_.size() < most_idle) idle_.push_back(std::move(connection));
}

Result<std::unique_ptr<ContainerIndex::Connection>> ContainerIndex::connect() const {
  auto const state = state_of(folder_);
  if (!state && errno == ENOENT) return std::unique_ptr<Connection>();
  if (!state) return unreadable(index_name, errno);
  auto connection = std::make_unique<Connection>(folder_, *state);
  auto opened = connection->open(Connection::Way::locked);
  auto const kind = opened & 0xFF;
  if ((kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY) && !is_being_written(folder_)) {
    connection = std::make_unique<Connection>(folder_, *state);
    opened = connection->open(Connection::Way::alone);
  }
  if (opened != SQLITE_OK) return fault(connection->get(), opened);
  return connection;
}

Result<std::optional<PackedObject>> ContainerIndex::find(std::string_view hash) {
  auto const inside = enter_ ? enter_() : nullptr;
  auto last = unavailable("packs.idx is written to without end");
  auto const end = Clock::now() + longest_lock;
  for (int attempt = 0; attempt < most_attempts && Clock::now() < end; ++attempt) {
    auto connection = take();
    if (!connection || !connection->is_up_to_date()) {
      auto made = connect();
      if (!made) {
        last = std::move(made).error();
        continue;  // a writer may have begun, or ended, in between
      }
      if (!*made) return std::optional<PackedObject>();
      connection = *std::move(made);
    }
    PackedObject object;
    auto const result = connection->find(hash, object);
    if (!connection->is_up_to_date()) continue;
    if (result == SQLITE_MISMATCH) return damaged_repository("packs.idx has other values than numbers");
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
      last = fault(connection->get(), result);
      continue;  // with another connection
    }
    if (connection->may_be_kept()) give_back(std::move(connection));
    return result == SQLITE_ROW ? std::optional(object) : std::nullopt;
  }
  return last;
}

}  // namespace restapi::repository
