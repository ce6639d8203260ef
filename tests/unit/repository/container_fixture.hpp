// SPDX-License-Identifier: MIT
/// A container as AiiDA's disk-objectstore writes it, step by step, so that a test can look in between.
#pragma once

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "repository_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace restapi::test {

struct CloseDatabase {
  void operator()(sqlite3* database) const { ::sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

inline Database open_database(std::string const& path) {
  sqlite3* database = nullptr;
  auto const opened = ::sqlite3_open(path.c_str(), &database);
  Database owned(database);
  if (opened != SQLITE_OK) throw std::runtime_error("cannot open " + path);
  ::sqlite3_busy_timeout(database, 10'000);
  return owned;
}

inline void execute(sqlite3* database, std::string const& sql) {
  if (::sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + ::sqlite3_errmsg(database));
}

/// Where an object of a pack lies.
struct Packed {
  std::string hash;
  bool is_compressed = false;
  std::uint64_t size = 0, offset = 0, length = 0;
};

class Container {
 public:
  explicit Container(std::size_t prefix = 2, std::string const& hash_type = "sha256") : prefix_(prefix) {
    write("config.json", R"({"container_version": 1, "loose_prefix_len": )" + std::to_string(prefix) +
                             R"(, "pack_size_target": 4294967296, "hash_type": ")" + hash_type +
                             R"(", "container_id": "0123456789abcdef", "compression_algorithm": "zlib+1"})");
    for (auto const* name : {"loose", "packs", "duplicates", "sandbox"}) std::filesystem::create_directory(path(name));
    open_index();
    execute(index_.get(),
            "CREATE TABLE db_object (id INTEGER NOT NULL PRIMARY KEY, hashkey VARCHAR NOT NULL, compressed BOOLEAN NOT "
            "NULL, size INTEGER NOT NULL, \"offset\" INTEGER NOT NULL, length INTEGER NOT NULL, pack_id INTEGER NOT "
            "NULL); CREATE UNIQUE INDEX ix_db_object_hashkey ON db_object (hashkey)");
  }

  std::string const& path() const { return folder_.path(); }
  std::string path(std::string const& name) const { return folder_.path() + "/" + name; }
  void write(std::string const& name, std::string const& bytes) const { folder_.write(name, bytes); }
  std::vector<std::string> names() const {
    auto names = folder_.names();
    std::ranges::sort(names);
    return names;
  }

  /// AiiDA begins, and ends: with the last connection of all, the log goes.
  void open_index() {
    index_ = open_database(path("packs.idx"));
    execute(index_.get(), "PRAGMA synchronous = off");
    execute(index_.get(), "PRAGMA journal_mode = wal");
  }
  void close_index() { index_ = nullptr; }
  sqlite3* index() const { return index_.get(); }

  std::string loose_name(std::string const& hash) const {
    return "loose/" + hash.substr(0, prefix_) + (prefix_ > 0 ? "/" : "") + hash.substr(prefix_);
  }

  /// Gives its hash.
  std::string add_loose(std::string const& bytes) const {
    auto hash = hash_of(bytes);
    write(loose_name(hash), bytes);
    return hash;
  }
  void remove_loose(std::string const& hash) const { std::filesystem::remove(path(loose_name(hash))); }

  /// Bytes at the end of a pack.
  Packed append(int pack, std::string const& bytes, bool is_compressed) const {
    auto const stored = is_compressed ? compressed(bytes) : bytes;
    std::ofstream file(path("packs/" + std::to_string(pack)), std::ios::binary | std::ios::app);
    file.seekp(0, std::ios::end);
    auto const offset = static_cast<std::uint64_t>(file.tellp());
    file << stored;
    return {hash_of(bytes), is_compressed, bytes.size(), offset, stored.size()};
  }

  void add_row(Packed const& packed, int pack) const {
    execute(index(),
            "INSERT OR REPLACE INTO db_object (hashkey, compressed, size, \"offset\", length, pack_id) VALUES ('" +
                packed.hash + "', " + std::to_string(packed.is_compressed ? 1 : 0) + ", " +
                std::to_string(packed.size) + ", " + std::to_string(packed.offset) + ", " +
                std::to_string(packed.length) + ", " + std::to_string(pack) + ")");
  }

  /// Gives its hash.
  std::string add_packed(std::string const& bytes, bool is_compressed, int pack = 0) const {
    auto const packed = append(pack, bytes, is_compressed);
    add_row(packed, pack);
    return packed.hash;
  }

  /// The steps in which a pack is written anew, with these objects; the index is right after each.
  void write_new_pack(std::vector<std::string> const& contents, bool is_compressed) const {
    std::vector<Packed> rows;
    for (auto const& bytes : contents) rows.push_back(append(-1, bytes, is_compressed));
    execute(index(), "BEGIN");
    for (auto const& row : rows) add_row(row, -1);
    execute(index(), "COMMIT");
  }
  void put_new_pack_in_place(int pack) const {
    std::filesystem::remove(path("packs/" + std::to_string(pack)));
    std::filesystem::create_hard_link(path("packs/-1"), path("packs/" + std::to_string(pack)));
    execute(index(), "UPDATE db_object SET pack_id = " + std::to_string(pack) + " WHERE pack_id = -1");
    std::filesystem::remove(path("packs/-1"));
  }

 private:
  TemporaryFolder folder_;
  std::size_t const prefix_;
  Database index_;
};

/// Another process, whose locks and mapped files are its own. Requires: no thread but this one, and no open database.
class OtherProcess {
 public:
  /// It does this, then waits to be ended.
  explicit OtherProcess(std::function<void()> const& what) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
    FileDescriptor const read(ends[0]);
    FileDescriptor write(ends[1]);
    process_ = ::fork();
    if (process_ == 0) {
      try {
        what();
        std::ignore = ::write(write.number(), "!", 1);
      } catch (std::exception const&) {
        ::_exit(1);
      }
      for (;;) ::pause();
    }
    write = FileDescriptor();
    done_ = FileDescriptor(::dup(read.number()));
  }
  ~OtherProcess() { end(); }
  OtherProcess(OtherProcess const&) = delete;
  OtherProcess& operator=(OtherProcess const&) = delete;

  /// Whether it has done all; waits for that.
  bool is_done() const {
    char byte = 0;
    return ::read(done_.number(), &byte, 1) == 1;
  }

  /// As a crash does.
  void end() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
  }

 private:
  pid_t process_ = 0;
  FileDescriptor done_;
};

/// What read_object() gives of an object that is not there.
inline constexpr char const* is_missing = "211 there is no loose file of it, and nothing in packs.idx";

}  // namespace restapi::test
