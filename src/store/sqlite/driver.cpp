// SPDX-License-Identifier: MIT
#include "store/driver.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file_descriptor.hpp"
#include "store/row_stream.hpp"
#include "store/sqlite/defences.hpp"
#include "store/sqlite/functions.hpp"
#include "store/sqlite/log_index.hpp"
#include "store/sqlite/log_pause.hpp"
#include "store/sqlite/prepared.hpp"
#include "store/sqlite/sandbox.hpp"
#include "store/sqlite/served_file.hpp"
#include "store/sqlite/shared_file.hpp"

namespace restapi::store {
namespace {

namespace api = sqlite_api;

constexpr std::chrono::milliseconds longest_lock{2'000}, no_time{0};

constexpr std::chrono::milliseconds between_looks{1};
constexpr std::chrono::milliseconds between_looks_for_writers{100};

/// AiiDA's tables are read in a millisecond. A stranger's file may have any number of others.
constexpr std::chrono::milliseconds longest_opening{3'000};

// SOCI splits its connection string at blanks, SQLite's URIs at ? and #: only unreserved characters stay as they are.
std::string uri_of(std::string const& path) {
  std::string uri = "file:";
  for (auto const byte : path) {
    bool const is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                          (byte >= 'A' && byte <= 'Z') || byte == '/' || byte == '.' || byte == '-' || byte == '_';
    uri += is_plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return uri;
}

struct Sandbox {
  Sandbox(HeapShare& share, Forbids const& forbids) { enter_sqlite_sandbox(share, forbids); }
  ~Sandbox() { leave_sqlite_sandbox(); }
  Sandbox(Sandbox const&) = delete;
  Sandbox& operator=(Sandbox const&) = delete;
};

/// How a file is read. SQLite's journal and its write-ahead log ("WAL": https://sqlite.org/wal.html) lie beside it.
enum class Way {
  copy,    ///< nobody writes to it
  locked,  ///< as SQLite does: locks keep writers out, or (WAL) show them what is still needed
  alone,   ///< in WAL mode while there is no log: nobody is writing, and there is nothing that could be locked
};

class SqliteDriver final : public Driver {
 public:
  SqliteDriver(source::Source const& source, std::shared_ptr<HeapShare> memory)
      : source_(source),
        path_(source_.location),
        memory_(std::move(memory)),
        in_folder_(path_),
        way_(source.immutable ? Way::copy : Way::locked) {
    source_.keep.reset();  // who outlives the store must not keep its file
  }

  ~SqliteDriver() override {
    if (is_closing_) leave_sqlite_sandbox();
  }

  void open(soci::session& session) override {
    Sandbox const sandbox(*memory_, is_of_another_);
    deadline_ = std::chrono::steady_clock::now() + longest_opening;
    if (way_ != Way::copy) {
      auto const now = find_served_file(path_);
      if (!now) throw soci::soci_error("there is no such file");
      opened_ = *now;
      find_folder();
    }
    if (way_ == Way::locked) shared_ = SharedFile::of(in_folder_);
    try {
      open_as_it_is(session);
    } catch (soci::sqlite3_soci_error const& error) {
      if (way_ == Way::copy || !may_be_read_alone(error.result())) throw explained(error);
      way_ = Way::alone;
      session.close();
      open_as_it_is(session);
    }
  }

  bool begin_statement(ReadLimits limits) override {
    // A profile's file is locked while AiiDA commits to it. A statement that has to wait for that is not slow.
    auto const longest = std::min(limits.limit, longest_lock);
    lock_until_ = std::chrono::steady_clock::now() + longest;
    deadline_ = lock_until_ + limits.limit;
    gone_ = std::move(limits.gone);
    was_changed_ = false;
    writer_waits_since_.reset();
    has_given_way_ = reads_batches_ = false;
    next_look_for_writer_ = std::chrono::steady_clock::now() + between_looks_for_writers;
    enter_sqlite_sandbox(*memory_, is_of_another_);
    if (way_ == Way::copy) return true;
    try {
      if (!is_prepared_) prepare_to_read(longest);
      api::sqlite3_busy_timeout(connection_, static_cast<int>(longest.count()));
      if (way_ == Way::locked) {
        if (!std::exchange(is_beside_former_, false)) give_way();
        lock();
        if (shared_) reading_.emplace(shared_->log_pause());
      }
      deadline_ = std::chrono::steady_clock::now() + limits.limit;
    } catch (soci::sqlite3_soci_error const& error) {
      // What was opened while the file was cut short may fail for ever.
      bool const is_locked = (error.result() & 0xFF) == SQLITE_BUSY;
      bool const is_another = !is_locked && find_served_file(path_) != opened_;
      if (is_another || (way_ == Way::locked && may_be_read_alone(error.result()))) return false;
      leave_sqlite_sandbox();
      throw;
    }
    return find_served_file(path_) == opened_ && !(way_ == Way::alone && has_log());
  }

  void check_rows() override {
    was_changed_ = is_changed();
    if (was_changed_) throw soci::soci_error("the file was written over while it was read");
  }

  /// Its locks are held since its first row.
  void resume_statement(ReadLimits limits) override {
    enter_sqlite_sandbox(*memory_, is_of_another_);
    lock_until_ = std::chrono::steady_clock::now();
    deadline_ = lock_until_ + limits.limit;
    gone_ = std::move(limits.gone);
    was_changed_ = false;
  }

  bool is_in_the_way() override {
    bool const keeps_out = way_ == Way::locked && !has_write_ahead_log_ && shared_;
    if (!keeps_out || !shared_->has_waiting_writer()) {
      writer_waits_since_.reset();
      return false;
    }
    auto const now = std::chrono::steady_clock::now();
    if (!writer_waits_since_) writer_waits_since_ = now;
    return now - *writer_waits_since_ >= longest_lock;
  }

  bool end_statement() override {
    unlock();
    if (!batched_) reading_.reset();
    leave_sqlite_sandbox();
    return true;
  }

  std::unique_ptr<Driver> anew() const override {
    auto driver = std::make_unique<SqliteDriver>(source_, memory_);
    driver->is_beside_former_ = true;
    return driver;
  }

  std::optional<Rows> rows_of(soci::statement& executed, std::shared_ptr<MemoryBudget> const& memory,
                              std::size_t largest) override {
    auto* const statement = static_cast<soci::sqlite3_statement_backend*>(executed.get_backend())->stmt_;
    Rows rows(static_cast<std::size_t>(api::sqlite3_column_count(statement)), memory);
    int result = SQLITE_ROW;
    while ((result = api::sqlite3_step(statement)) == SQLITE_ROW) add_row(rows, statement, largest);
    if (result != SQLITE_DONE) throw_sqlite_error(connection_);
    api::sqlite3_reset(statement);
    return rows;
  }

  Rows first_batch(soci::session&, sql::Statement const& statement, std::string const& text,
                   BatchLimits const& limits) override {
    auto prepared = prepare(connection_, text);
    bind(connection_, prepared.get(), statement.values());
    batched_ = std::move(prepared);
    reads_batches_ = true;
    return next_batch(limits);
  }

  Rows next_batch(BatchLimits const& limits) override {
    if (!batched_) return Rows(0);
    Rows rows(static_cast<std::size_t>(api::sqlite3_column_count(batched_.get())), limits.memory);
    int result = SQLITE_ROW;
    while (rows.size() < most_rows_of_batch && rows.bytes() < usual_bytes_of_batch &&
           (result = api::sqlite3_step(batched_.get())) == SQLITE_ROW)
      add_row(rows, batched_.get(), limits.largest);
    if (result == SQLITE_ROW) return rows;
    if (result != SQLITE_DONE) throw_sqlite_error(connection_);
    batched_.reset();
    return rows;
  }

  void before_close() override {
    unlock();
    held_.reset();
    enter_sqlite_sandbox(*memory_, is_of_another_);  // until the session is closed, which is before we go
    batched_.reset();
    is_closing_ = true;
  }

  Failure why_failed(soci::session&, soci::soci_error const& error) const override {
    if (gone_.stop_requested()) return Failure::gone;
    if (was_changed_ || is_changed()) return Failure::interrupted;  // it may be back by now
    // Still locked: as with a lost connection, a later attempt may succeed. So it may where a reader has met a journal
    // that seemed to be a crashed writer's and was that of a quick one (SQLITE_READONLY_ROLLBACK, and its relatives);
    // plain SQLITE_READONLY means that the statement writes.
    if (auto const* failure = dynamic_cast<soci::sqlite3_soci_error const*>(&error)) {
      auto const kind = failure->result() & 0xFF;
      if (kind == SQLITE_INTERRUPT && has_given_way_) return Failure::unavailable;
      if (kind == SQLITE_TOOBIG) return Failure::too_large;
      if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) return Failure::damaged;
      bool const is_shortage = kind == SQLITE_NOMEM || kind == SQLITE_FULL || kind == SQLITE_IOERR;
      if (is_shortage && (last_shortage() == Shortage::others || last_shortage() == Shortage::system))
        return Failure::no_memory;
      if (kind == SQLITE_NOMEM || kind == SQLITE_FULL || failure->result() == out_of_memory) return Failure::too_large;
      if (kind == SQLITE_BUSY && std::chrono::steady_clock::now() >= lock_until_) return Failure::locked;
      // Not opened: for a moment another profile's file may have been in the place.
      if (kind == SQLITE_BUSY || kind == SQLITE_PROTOCOL || kind == SQLITE_CANTOPEN ||
          (kind == SQLITE_READONLY && failure->result() != SQLITE_READONLY))
        return Failure::lost;
      // Other words that come with this code are about functions and documents.
      if (kind == SQLITE_SCHEMA ||
          (kind == SQLITE_ERROR && failure->get_error_message().find("no such ") != std::string::npos))
        return Failure::outdated;
    }
    return std::chrono::steady_clock::now() >= deadline_ ? Failure::too_slow : Failure::other;
  }

  sql::Dialect const& dialect() const override { return sql::sqlite(); }

 private:
  static constexpr int out_of_memory = SQLITE_IOERR_NOMEM;

  static int is_enough(void* self) {
    auto& driver = *static_cast<SqliteDriver*>(self);
    auto const now = std::chrono::steady_clock::now();
    return driver.gone_.stop_requested() || now >= driver.deadline_ || driver.gives_way(now);
  }

  /// Nobody can write while a statement reads, and AiiDA gives up after five seconds.
  bool gives_way(std::chrono::steady_clock::time_point now) {
    if (now < next_look_for_writer_) return has_given_way_;
    next_look_for_writer_ = now + between_looks_for_writers;
    has_given_way_ = is_in_the_way();
    return has_given_way_;
  }

  /// Where links lead, and the folder there, open: what lies beside the file is looked for in this folder, also where
  /// another one has taken its name since.
  void find_folder() {
    std::error_code no_such_file;
    auto const real = std::filesystem::canonical(path_, no_such_file);
    folder_ = FileDescriptor(::open(real.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder_.is_open()) throw soci::soci_error("its folder cannot be opened");
    in_folder_ = fmt::format("/proc/self/fd/{}/{}", folder_.number(), real.filename().string());
  }

  void open_as_it_is(soci::session& session) {
    // With readonly_shm the index of a write-ahead log is mapped for reading, and never made.
    session.open(soci::sqlite3, "readonly=1 dbname=" + uri_of(in_folder_) +
                                    (way_ == Way::locked ? "?mode=ro&readonly_shm=1" : "?mode=ro&immutable=1"));
    auto* const connection = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
    connection_ = connection;
    add_sqlite_functions(connection, is_enough, this);
    // Every so many steps of the virtual machine SQLite asks whether to go on: these are a few rows, of which each may
    // have cells of megabytes.
    api::sqlite3_progress_handler(connection, 200, is_enough, this);
    api::sqlite3_extended_result_codes(connection, 1);
    prepare_to_read(no_time);
  }

  /// What needs a look into the file. While a writer has it locked, that is left to the first statement, which waits.
  void prepare_to_read(std::chrono::milliseconds limit) try {
    api::sqlite3_busy_timeout(connection_, static_cast<int>(limit.count()));
    ask(connection_, "PRAGMA query_only = 1");
    // Damaged pages are found when they are read, rather than by what follows from them.
    ask(connection_, "PRAGMA cell_size_check = 1");
    // A mapped file that another program cuts short ends the process with SIGBUS.
    ask(connection_, "PRAGMA mmap_size = 0");
    // KiB: what SQLite takes by default. The header of a file may ask for any size.
    ask(connection_, "PRAGMA cache_size = -2000");
    has_write_ahead_log_ = ask(connection_, "PRAGMA journal_mode") == "wal" && way_ == Way::locked;
    held_ = prepare(connection_, "PRAGMA data_version");
    lock();
    unlock();
    defend(connection_);
    is_prepared_ = true;
  } catch (soci::sqlite3_soci_error const& error) {
    held_.reset();
    bool const may_wait = limit == no_time && (error.result() & 0xFF) == SQLITE_BUSY;
    if (!may_wait) throw;
  }

  /// To a program that waits until nobody reads. In WAL mode it does not wait; its log may need to begin anew.
  void give_way() const {
    auto const may_begin = [this] {
      return has_write_ahead_log_
                 ? shared_->log_pause().may_begin(find_log(connection_), std::chrono::steady_clock::now())
                 : !shared_->has_waiting_writer();
    };
    while (shared_ && !may_begin()) {
      if (gone_.stop_requested() || std::chrono::steady_clock::now() >= lock_until_)
        throw soci::sqlite3_soci_error("a program waits to write to the file", SQLITE_BUSY);
      std::this_thread::sleep_for(between_looks);
    }
  }

  /// As long as a statement has begun and not ended, so does its transaction, and other statements share it.
  void lock() {
    if (api::sqlite3_step(held_.get()) == SQLITE_ROW) return;
    api::sqlite3_reset(held_.get());
    throw explained(
        soci::sqlite3_soci_error(api::sqlite3_errmsg(connection_), api::sqlite3_extended_errcode(connection_)));
  }

  void unlock() {
    if (held_) api::sqlite3_reset(held_.get());
  }

  bool has_log() const { return has_content(in_folder_ + "-wal"); }
  bool has_journal() const { return has_content(in_folder_ + "-journal"); }

  bool may_be_read_alone(int result) const {
    auto const kind = result & 0xFF;
    return (kind == SQLITE_READONLY || kind == SQLITE_CANTOPEN) && !has_log() && !has_journal();
  }

  /// Since the statement began. A checkpoint of a log changes the file while others read it, as it may. What is read in
  /// batches is of the state in which it began: until a checkpoint, a new log beside the file changes nothing of that.
  bool is_changed() const {
    if (way_ == Way::copy || has_write_ahead_log_) return false;
    auto const now = find_served_file(path_);
    return !now || !now->has_same_content(opened_) || (way_ == Way::alone && !reads_batches_ && has_log());
  }

  /// Why it cannot be opened; often, what would have to be written first.
  soci::sqlite3_soci_error explained(soci::sqlite3_soci_error const& error) const {
    auto const kind = error.result() & 0xFF;
    if (kind == SQLITE_INTERRUPT) return {"it takes too long to find out what tables there are", error.result()};
    if (kind != SQLITE_READONLY && kind != SQLITE_CANTOPEN) return error;
    if (auto const file = identity_of_file(path_); file && is_of_another_(*file))
      return {fmt::format("it {}", source::leads_to_another), error.result()};
    auto const* const reason = has_journal() ? "a writer was interrupted and left a journal beside the file"
                               : has_log()   ? "the file has a write-ahead log (-wal) beside it that nobody has open"
                                             : nullptr;
    if (reason == nullptr) return error;
    return {fmt::format("{}; open it once with AiiDA or sqlite3, which puts it in order", reason), error.result()};
  }

  source::Source source_;
  std::string const& path_;
  std::shared_ptr<HeapShare> const memory_;
  Forbids const is_of_another_ = [this](auto const& file) { return source::is_file_of_another(source_, file); };
  FileDescriptor folder_;  // where links lead: what SQLite writes beside a file lies there
  std::string in_folder_;  // the file, by way of that descriptor
  Way way_;
  ServedFile opened_ = {};                    // what the session has opened
  std::shared_ptr<SharedFile const> shared_;  // until the session has been closed
  bool has_write_ahead_log_ = false;          // read as SQLite does
  bool is_prepared_ = false;
  bool was_changed_ = false;       // the file, behind the last statement
  bool is_beside_former_ = false;  // who has the file locked, until this one has: it has given way
  bool is_closing_ = false;
  api::sqlite3* connection_ = nullptr;  // the session's
  std::optional<LogPause::Reading> reading_;
  Prepared held_;               // keeps a transaction open while it has begun,
  Prepared batched_;            // and so does this, which is read in batches
  bool reads_batches_ = false;  // the last statement
  std::optional<std::chrono::steady_clock::time_point> writer_waits_since_;  // for that, as far as it was looked at
  std::chrono::steady_clock::time_point next_look_for_writer_ = {};
  bool has_given_way_ = false;                             // the last statement, to a writer
  std::chrono::steady_clock::time_point lock_until_ = {};  // so long a statement waits for a writer
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::stop_token gone_;
};

}  // namespace

std::unique_ptr<Driver> make_sqlite_driver(source::Source const& source, std::shared_ptr<HeapShare> memory) {
  return std::make_unique<SqliteDriver>(source, std::move(memory));
}

}  // namespace restapi::store
