// SPDX-License-Identifier: MIT
#include "store/sqlite/sandbox.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <catch2/catch.hpp>
#include <vector>

using namespace restapi;
namespace api = sqlite_api;

namespace {

struct Inside {
  store::Forbids const nothing;
  std::shared_ptr<store::HeapShare> share = store::HeapShare::create();
  Inside() { store::enter_sqlite_sandbox(*share, nothing); }
  ~Inside() { store::leave_sqlite_sandbox(); }
};

/// What SQLite sorts in, as it opens it.
class TemporaryFile {
 public:
  TemporaryFile() : memory_(static_cast<std::size_t>(api::sqlite3_vfs_find(nullptr)->szOsFile)) {
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
                          SQLITE_OPEN_DELETEONCLOSE | SQLITE_OPEN_TEMP_DB;
    auto* const system = api::sqlite3_vfs_find(nullptr);
    REQUIRE(system->xOpen(system, nullptr, file(), flags, nullptr) == SQLITE_OK);
  }
  ~TemporaryFile() { file()->pMethods->xClose(file()); }

  int write(std::string const& text, std::int64_t at) {
    return file()->pMethods->xWrite(file(), text.data(), static_cast<int>(text.size()), at);
  }

 private:
  api::sqlite3_file* file() { return reinterpret_cast<api::sqlite3_file*>(memory_.data()); }

  std::vector<char> memory_;
};

}  // namespace

TEST_CASE("a temporary file that SQLite makes has an end", "[sqlite]") {
  constexpr auto end = store::largest_temporary_file;
  Inside const inside;
  TemporaryFile file;
  CHECK(file.write("abcd", 0) == SQLITE_OK);
  CHECK(file.write("abcd", end - 4) == SQLITE_OK);  // with a hole before it
  CHECK(file.write("abcd", end - 3) == SQLITE_FULL);
  CHECK(file.write("a", end) == SQLITE_FULL);
  CHECK(file.write("abcd", end - 4) == SQLITE_OK);
}
