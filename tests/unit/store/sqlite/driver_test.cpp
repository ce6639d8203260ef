// SPDX-License-Identifier: MIT
#include "store/driver.hpp"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include "store/sqlite/sandbox.hpp"
#include "store/sqlite/served_file.hpp"
#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

using namespace restapi;
using namespace restapi::store;
using namespace std::chrono_literals;
using restapi::test::eventually;
using restapi::test::TemporaryFolder;

namespace {

// SQLite looks at the clock after some hundred steps: longer than that.
constexpr auto many_steps =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT count(*) FROM n";

/// A reader's session whose statement begins while a writer has the file locked, and comes through half way to its time
/// limit.
struct Meeting {
  static constexpr auto limit = 1'500ms;
  TemporaryFolder folder;
  std::string path = folder.path() + "/main.sqlite";
  soci::session writer{soci::sqlite3, path};
  std::shared_ptr<HeapShare> memory = HeapShare::create();
  std::unique_ptr<Driver> driver = make_sqlite_driver({source::Engine::sqlite, path, {}}, memory);
  soci::session reader;
  std::chrono::steady_clock::time_point begin;

  Meeting() {
    writer << "CREATE TABLE t (a)";
    REQUIRE(eventually([&] { return find_served_file(path)->is_settled; }));
  }
  ~Meeting() { driver->before_close(); }

  void lock() {
    writer << "BEGIN EXCLUSIVE";
    begin = std::chrono::steady_clock::now();
  }
  void begin_statement() {
    std::jthread const unlocking([&] {
      std::this_thread::sleep_until(begin + limit / 2);
      writer << "ROLLBACK";
    });
    REQUIRE(driver->begin_statement({limit}));
  }
  void read_at_the_limit() {
    std::this_thread::sleep_until(begin + limit);
    int count = 0;
    CHECK_NOTHROW(reader << many_steps, soci::into(count));
    CHECK(count == 5000);
    driver->end_statement();
  }
};

}  // namespace

TEST_CASE("the time that a writer has the file locked is not the statement's", "[sqlite]") {
  Meeting meeting;
  meeting.driver->open(meeting.reader);
  meeting.lock();
  meeting.begin_statement();
  meeting.read_at_the_limit();
}

TEST_CASE("nor is it where the file was locked when it was opened", "[sqlite]") {
  Meeting meeting;
  meeting.lock();
  meeting.driver->open(meeting.reader);
  meeting.begin_statement();
  meeting.read_at_the_limit();
}

TEST_CASE("a statement is stopped at its time limit", "[sqlite]") {
  Meeting meeting;
  meeting.driver->open(meeting.reader);
  REQUIRE(meeting.driver->begin_statement({1ms}));
  std::this_thread::sleep_for(2ms);
  int count = 0;
  CHECK_THROWS(meeting.reader << many_steps, soci::into(count));
  meeting.driver->end_statement();
}

TEST_CASE("what lies beside a file is read from the folder of the file, whatever takes its name", "[sqlite]") {
  TemporaryFolder const folder;
  auto const ours = folder.path() + "/ours", theirs = folder.path() + "/theirs", link = folder.path() + "/link";
  auto const file = "/main.sqlite";
  std::vector<std::unique_ptr<soci::session>> writers;  // they keep their logs, of which the files have nothing yet
  for (auto const& [where, text] : {std::pair(ours, "ours"), std::pair(theirs, "theirs")}) {
    std::filesystem::create_directory(where);
    auto& writer = *writers.emplace_back(std::make_unique<soci::session>(soci::sqlite3, where + file));
    writer << "CREATE TABLE t (a)";
    writer << "INSERT INTO t VALUES ('none')";
    std::string mode;
    writer << "PRAGMA journal_mode = wal", soci::into(mode);
    writer << "UPDATE t SET a = '" << text << "'";
  }
  std::filesystem::create_directory_symlink(theirs, link);
  source::Source source{source::Engine::sqlite, ours + file, {}};
  source.all_files = std::make_shared<source::ServedFiles>(std::vector{ours + file, theirs + file});

  std::atomic<bool> is_over = false;
  std::thread flipping([&] {
    while (!is_over)
      for (int i = 0; i < 2; ++i) ::renameat2(AT_FDCWD, ours.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
  });
  auto const memory = HeapShare::create();
  std::set<std::string> seen;
  for (int i = 0; i < 5'000; ++i) {
    auto const driver = make_sqlite_driver(source, memory);
    soci::session reader;
    try {
      driver->open(reader);
      if (driver->begin_statement({1s})) {
        std::string text;
        reader << "SELECT a FROM t", soci::into(text);
        seen.insert(text);
      }
      driver->end_statement();
    } catch (soci::soci_error const&) {
    }
    driver->before_close();
  }
  is_over = true;
  flipping.join();
  CHECK_FALSE(seen.contains("theirs"));
  CHECK(seen.contains("ours"));
}
