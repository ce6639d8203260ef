#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <catch2/catch.hpp>
#include <thread>

#include "store/driver.hpp"
#include "store/served_file.hpp"
#include "store/sqlite_sandbox.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace restapi::store;
using namespace std::chrono_literals;
using restapi::test::eventually;
using restapi::test::TemporaryFolder;

namespace {

// SQLite looks at the clock after some hundred steps: longer than that.
constexpr auto many_steps =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT count(*) FROM n";

}  // namespace

TEST_CASE("the time that a writer has the file locked is not the statement's", "[sqlite]") {
  constexpr auto limit = 1'500ms;
  TemporaryFolder const folder;
  auto const path = folder.path() + "/main.sqlite";
  soci::session writer(soci::sqlite3, path);
  writer << "CREATE TABLE t (a)";
  REQUIRE(eventually([&] { return find_served_file(path)->is_settled; }));

  auto const memory = MemoryShare::create();
  auto const driver = make_sqlite_driver({Engine::sqlite, path, {}}, memory);
  soci::session reader;
  driver->open(reader);
  writer << "BEGIN EXCLUSIVE";
  auto const begin = std::chrono::steady_clock::now();
  std::jthread unlocking([&] {
    std::this_thread::sleep_until(begin + limit / 2);
    writer << "ROLLBACK";
  });
  REQUIRE(driver->begin_statement({limit}));
  unlocking.join();
  std::this_thread::sleep_until(begin + limit);
  int count = 0;
  CHECK_NOTHROW(reader << many_steps, soci::into(count));
  CHECK(count == 5000);
  driver->end_statement();

  REQUIRE(driver->begin_statement({1ms}));
  std::this_thread::sleep_for(2ms);
  CHECK_THROWS(reader << many_steps, soci::into(count));
  driver->end_statement();
  driver->before_close();
}
