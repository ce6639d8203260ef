// SPDX-License-Identifier: MIT
// Writers of SQLite files that wait until nobody reads.
#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_descriptor.hpp"
#include "store/sqlite/log_pause.hpp"
#include "store/sqlite/shared_file.hpp"
#include "support/eventually.hpp"
#include "support/postgresql_tools.hpp"
#include "support/stores.hpp"

using namespace restapi;
using store::SharedFile;

namespace {

/// Another process that has the lock which SQLite's writers take to wait for the last reader.
class Writer {
 public:
  explicit Writer(std::string const& path) {
    std::array<int, 2> ready{}, over{};
    REQUIRE(::pipe2(ready.data(), O_CLOEXEC) == 0);
    REQUIRE(::pipe2(over.data(), O_CLOEXEC) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {  // only what may be called in the child of a program with threads
      ::close(over[1]);
      auto const file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
      struct flock lock = {};
      lock.l_type = F_WRLCK;
      lock.l_whence = SEEK_SET;
      lock.l_start = 0x40000000;
      lock.l_len = 1;
      char byte = ::fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
      if (::write(ready[1], &byte, 1) == 1) byte = static_cast<char>(::read(over[0], &byte, 1));
      ::_exit(0);
    }
    FileDescriptor const told(ready[0]), not_told(ready[1]), not_ours(over[0]);
    over_ = FileDescriptor(over[1]);
    char byte = 'n';
    REQUIRE(::read(told.number(), &byte, 1) == 1);
    REQUIRE(byte == 'y');
  }
  ~Writer() { end(); }
  Writer(Writer const&) = delete;
  Writer& operator=(Writer const&) = delete;

  void end() {
    if (child_ <= 0) return;
    over_ = {};
    ::waitpid(std::exchange(child_, 0), nullptr, 0);
  }

 private:
  pid_t child_ = 0;
  FileDescriptor over_;
};

}  // namespace

TEST_CASE("a writer that waits is seen, from whichever thread, until it has gone", "[sqlite]") {
  auto const opened = test::open_fixture(test::Fixture::generation2, source::Engine::sqlite);
  auto const writer = SharedFile::of(opened->source);
  auto const same = SharedFile::of(opened->source);
  REQUIRE(writer);
  REQUIRE(same);
  CHECK_FALSE(writer->has_waiting_writer());
  Writer other(opened->source);
  CHECK(writer->has_waiting_writer());
  CHECK(same->has_waiting_writer());
  other.end();
  CHECK_FALSE(writer->has_waiting_writer());
}

TEST_CASE("where there is no file, nobody waits to write to it", "[sqlite]") {
  CHECK(SharedFile::of("/nonexistent/file") == nullptr);
  CHECK(SharedFile::of("/dev/null") == nullptr);
}

TEST_CASE("who looks for writers keeps the locks of those who read", "[sqlite]") {
  auto const opened = test::open_fixture(test::Fixture::generation2, source::Engine::sqlite);
  auto const write = [&] { test::run_shell("sqlite3 '" + opened->source + "' 'DELETE FROM db_dblink' 2>/dev/null"); };
  soci::session reader(soci::sqlite3, opened->source);
  {
    soci::transaction const reading(reader);
    int nodes = 0;
    reader << "SELECT count(*) FROM db_dbnode", soci::into(nodes);
    auto const writer = SharedFile::of(opened->source);
    { auto const again = SharedFile::of(opened->source); }
    CHECK_THROWS(write());
  }
  CHECK_NOTHROW(write());
}

TEST_CASE("nobody begins to read while a writer waits for the last reader", "[sqlite][threads]") {
  auto const opened = test::open_fixture(test::Fixture::generation2, source::Engine::sqlite);
  auto& store = *opened->store;
  auto const reads = [&store] { return static_cast<bool>(store.read(store.dialect().version())); };
  REQUIRE(reads());
  soci::session reader(soci::sqlite3, opened->source);
  soci::transaction const reading(reader);  // in this process: its lock is everybody's here
  int nodes = 0;
  reader << "SELECT count(*) FROM db_dbnode", soci::into(nodes);
  Writer writer(opened->source);
  auto begun = std::async(std::launch::async, reads);
  CHECK(begun.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
  writer.end();
  begun.get();  // on a busy machine it may have lost patience
  CHECK(test::eventually(reads));
}

TEST_CASE("a write-ahead log begins anew though there are always readers", "[sqlite][threads]") {
  auto const opened = test::open_fixture(test::Fixture::generation2, source::Engine::sqlite);
  soci::session writer(soci::sqlite3, opened->source);
  std::string mode;
  writer << "PRAGMA journal_mode = wal", soci::into(mode);
  REQUIRE(mode == "wal");
  writer << "CREATE TABLE pages (content)";
  auto& store = *opened->store;
  sql::Statement read("test", 1);
  read.add(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT CAST(max(i) AS text) "
      "FROM "
      "n");
  std::atomic<bool> is_over = false;
  std::atomic<int> readings = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (!is_over) readings += static_cast<bool>(store.read(read));
    });
  REQUIRE(test::eventually([&] { return readings > 10; }));
  // The file keeps its length when the log begins anew: then it is shorter than what has been written. The writer does
  // not wait for the readers: some commit has to come within a pause, however slow the machine is.
  constexpr std::uintmax_t commit = std::uintmax_t{1} << 20;  // and more
  std::uintmax_t commits = 0;
  CHECK(test::eventually([&] {
    writer << "INSERT INTO pages VALUES (zeroblob(1 << 20))";
    ++commits;
    return std::filesystem::file_size(opened->source + "-wal") < commits * commit;
  }));
  auto const seen = readings.load();
  CHECK(test::eventually([&] { return readings > seen + 1; }));
  is_over = true;
  for (auto& reader : readers) reader.join();
}
