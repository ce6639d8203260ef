// SPDX-License-Identifier: MIT
#include "store/private_file.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "../../support/temporary_folder.hpp"

using namespace restapi;
namespace fs = std::filesystem;

namespace {

std::string prefix() { return "restapi-" + std::to_string(::geteuid()) + "-"; }

unsigned mode_of(std::string const& path) {
  struct stat status = {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a private directory is private and goes away", "[source][private]") {
  test::TemporaryFolder const folder;
  auto const old_mask = ::umask(0);
  {
    auto const directory = store::PrivateDirectory::create(folder.path());
    REQUIRE(directory);
    CHECK_THAT(directory->path(), Catch::StartsWith(folder.path() + "/" + prefix()));
    CHECK(mode_of(directory->path()) == 0700);
    CHECK(mode_of(directory->path() + "/lock") == 0600);
    auto file = store::PrivateFile::create(directory->path() + "/database.sqlite");
    REQUIRE(file);
    CHECK(mode_of(directory->path() + "/database.sqlite") == 0600);
    REQUIRE(file->write("abc", 3));
    CHECK(test::read_file(directory->path() + "/database.sqlite") == "abc");
    CHECK(store::remove_leftovers(folder.path()) == 0);
    CHECK(fs::exists(directory->path()));
  }
  ::umask(old_mask);
  CHECK(folder.names().empty());
}

TEST_CASE("a private directory can be moved", "[source][private]") {
  test::TemporaryFolder const folder;
  {
    auto first = store::PrivateDirectory::create(folder.path());
    auto second = store::PrivateDirectory::create(folder.path());
    REQUIRE((first && second));
    auto const kept = first->path();
    auto moved = *std::move(first);
    CHECK(moved.path() == kept);
    *second = std::move(moved);
    CHECK(second->path() == kept);
    CHECK(fs::exists(kept));
  }
  CHECK(folder.names().empty());
}

TEST_CASE("a private file never takes over what is there", "[source][private][error]") {
  test::TemporaryFolder const folder;
  auto const target = folder.write("target", "precious");
  fs::create_symlink(target, folder.path() + "/link");
  fs::create_symlink(folder.path() + "/nowhere", folder.path() + "/dangling");
  for (auto const* name : {"/target", "/link", "/dangling"}) {
    auto const file = store::PrivateFile::create(folder.path() + name);
    REQUIRE_FALSE(file);
    CHECK(file.error().message == "cannot make the file \"" + folder.path() + name + "\": File exists");
  }
  CHECK(test::read_file(target) == "precious");
}

TEST_CASE("a disk that takes no more is an error, not a short file", "[source][private][error]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  pid_t const child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A limit on the size of files stands in for the full disk; it cannot be lifted again, hence the child.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{1000, 1000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(1);
    std::string const bytes(1500, 'x');
    auto file = store::PrivateFile::create(path);
    if (!file) ::_exit(2);
    auto const written = file->write(bytes.data(), bytes.size());
    if (written) ::_exit(3);
    ::_exit(written.error().message == "cannot write \"" + path + "\": File too large" ? 0 : 4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a folder that cannot be used is named", "[source][private][error]") {
  auto const directory = store::PrivateDirectory::create("/does/not/exist");
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == Code::source_refused);
  CHECK(directory.error().message ==
        "cannot make a private directory in \"/does/not/exist\": No such file or directory");
  CHECK_THAT(directory.error().hint, Catch::Contains("TMPDIR"));
  CHECK(store::remove_leftovers("/does/not/exist") == 0);
}

TEST_CASE("leftovers are removed, everything else stays", "[source][private][leftovers]") {
  test::TemporaryFolder const folder;
  auto const root = folder.path() + "/";
  // Leftovers: with a database, only a lock, empty.
  folder.write(prefix() + "aaaaaa/lock", "");
  folder.write(prefix() + "aaaaaa/database.sqlite", "x");
  folder.write(prefix() + "aaaaaa/database.sqlite-journal", "x");
  folder.write(prefix() + "bbbbbb/lock", "");
  fs::create_directory(root + prefix() + "cccccc");
  // Not ours to remove.
  auto const precious = folder.write("precious/lock", "");
  folder.write("precious/data", "precious");
  fs::create_directory_symlink(root + "precious", root + prefix() + "dddddd");  // a link in the place of a directory
  folder.write(prefix() + "eeeeee/no_lock", "x");                               // never made by us
  folder.write(prefix() + "ffffff", "x");                                       // a file
  folder.write(prefix() + "toolong/lock", "");
  folder.write("restapi-12345678-gggggg/lock", "");  // another user's name
  fs::create_directory(root + prefix() + "hhhhhh");
  fs::create_symlink(precious, root + prefix() + "hhhhhh/lock");  // a link in the place of the lock
  folder.write(prefix() + "iiiiii/folder/file", "x");             // a folder inside: nothing is removed recursively
  folder.write(prefix() + "iiiiii/lock", "");
  folder.write(prefix() + "jjjjjj/lock", "");
  fs::create_symlink(root + "precious/data", root + prefix() + "jjjjjj/database.sqlite");

  CHECK(store::remove_leftovers(folder.path()) == 4);
  for (auto const* name : {"aaaaaa", "bbbbbb", "cccccc", "jjjjjj"}) CHECK_FALSE(fs::exists(root + prefix() + name));
  CHECK(test::read_file(root + "precious/data") == "precious");
  CHECK(fs::exists(precious));
  CHECK(fs::is_symlink(root + prefix() + "dddddd"));
  CHECK(fs::exists(root + prefix() + "eeeeee/no_lock"));
  CHECK(fs::exists(root + prefix() + "ffffff"));
  CHECK(fs::exists(root + prefix() + "toolong/lock"));
  CHECK(fs::exists(root + "restapi-12345678-gggggg/lock"));
  CHECK(fs::is_symlink(root + prefix() + "hhhhhh/lock"));
  CHECK(fs::exists(root + prefix() + "iiiiii/folder/file"));
}

TEST_CASE("another user's directory is left alone", "[source][private][leftovers]") {
  if (::geteuid() != 0) return;  // only root can give a directory away
  test::TemporaryFolder const folder;
  folder.write(prefix() + "aaaaaa/lock", "");
  REQUIRE(::chown((folder.path() + "/" + prefix() + "aaaaaa").c_str(), 65534, 65534) == 0);
  CHECK(store::remove_leftovers(folder.path()) == 0);
  CHECK(fs::exists(folder.path() + "/" + prefix() + "aaaaaa/lock"));
}

TEST_CASE("a directory that a cleaner removed and another process took is not touched", "[source][private]") {
  test::TemporaryFolder const folder;
  std::string path;
  {
    auto const directory = store::PrivateDirectory::create(folder.path());
    REQUIRE(directory);
    path = directory->path();
    fs::remove_all(path);
    folder.write(fs::path(path).filename().string() + "/lock", "of somebody else");
  }
  CHECK(test::read_file(path + "/lock") == "of somebody else");
}

TEST_CASE("starts and ends at the same time never take each other's directory", "[source][private][leftovers]") {
  test::TemporaryFolder const folder;
  constexpr int children = 8;
  constexpr int rounds = 200;
  std::vector<pid_t> started;
  for (int child = 0; child < children; ++child) {
    pid_t const pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      // No Catch in here: the child must end without running the parent's tests again.
      for (int round = 0; round < rounds; ++round) {
        store::remove_leftovers(folder.path());
        auto const directory = store::PrivateDirectory::create(folder.path());
        if (!directory) ::_exit(1);
        {
          auto const file = store::PrivateFile::create(directory->path() + "/database.sqlite");
          if (!file) ::_exit(2);
        }
        if (::access((directory->path() + "/database.sqlite").c_str(), F_OK) != 0) ::_exit(3);
      }
      ::_exit(0);
    }
    started.push_back(pid);
  }
  for (auto const pid : started) {
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
  }
  store::remove_leftovers(folder.path());
  CHECK(folder.names().empty());
}
