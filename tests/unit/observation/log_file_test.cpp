// SPDX-License-Identifier: MIT
#include "observation/log_file.hpp"

#include <fcntl.h>
#include <spdlog/details/log_msg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

using namespace restapi::observation;

namespace {

struct Folder : restapi::test::TemporaryFolder {
  std::string operator/(std::string const& name) const { return path() + "/" + name; }
};

void log(LogFile& file, std::string_view text) {
  file.log({"", spdlog::level::info, spdlog::string_view_t(text.data(), text.size())});
}

}  // namespace

TEST_CASE("lines are in the file when they are flushed, and appended to what was there", "[log_file]") {
  Folder const folder;
  std::ofstream(folder / "log") << "before\n";
  LogFile file({.path = folder / "log"});
  log(file, "one");
  log(file, "two");
  file.flush();
  CHECK(restapi::test::read_file(folder / "log") == "before\none\ntwo\n");
  CHECK(file.dropped() == 0);
}

TEST_CASE("a new file is not for everybody", "[log_file]") {
  Folder const folder;
  LogFile const file({.path = folder / "log"});
  struct stat status {};
  REQUIRE(::stat((folder / "log").c_str(), &status) == 0);
  CHECK((status.st_mode & 0137) == 0);
}

TEST_CASE("what is left is written at the end", "[log_file]") {
  Folder const folder;
  {
    LogFile file({.path = folder / "log"});
    log(file, "last words");
  }
  CHECK(restapi::test::read_file(folder / "log") == "last words\n");
}

TEST_CASE("a file that was renamed gets what came before, the new one what comes after", "[log_file]") {
  Folder const folder;
  LogFile file({.path = folder / "log"});
  log(file, "old");
  file.flush();
  std::filesystem::rename(folder / "log", folder / "log.1");
  log(file, "still old");
  file.flush();
  file.reopen();
  file.flush();
  log(file, "new");
  file.flush();
  CHECK(restapi::test::read_file(folder / "log.1") == "old\nstill old\n");
  CHECK(restapi::test::read_file(folder / "log") == "new\n");
}

TEST_CASE("a file that was cut to nothing goes on at its beginning", "[log_file]") {
  Folder const folder;
  LogFile file({.path = folder / "log"});
  log(file, "copied away");
  file.flush();
  std::filesystem::resize_file(folder / "log", 0);
  log(file, "new");
  file.flush();
  CHECK(restapi::test::read_file(folder / "log") == "new\n");
}

TEST_CASE("where the folder is gone the old file is kept", "[log_file]") {
  Folder const folder;
  std::filesystem::create_directory(folder / "in");
  LogFile file({.path = folder / "in/log"});
  std::filesystem::rename(folder / "in", folder / "moved");
  file.reopen();
  log(file, "kept");
  file.flush();
  CHECK(restapi::test::read_file(folder / "moved/log") == "kept\n");
}

TEST_CASE("what is objected to is neither opened nor made, and the old file is kept", "[log_file]") {
  Folder const folder;
  std::ofstream(folder / "precious") << "precious";
  auto const objection = [&](std::string const& path) {
    std::error_code ignored;
    bool const is_precious =
        path == folder / "missing" || std::filesystem::equivalent(path, folder / "precious", ignored);
    return std::string(is_precious ? "precious" : "");
  };
  LogFile file({.path = folder / "log", .objection = objection});
  std::filesystem::rename(folder / "log", folder / "log.1");
  auto const reopened = [&](std::string_view text) {
    file.reopen();
    log(file, text);
    file.flush();
    std::filesystem::remove(folder / "log");
  };
  std::filesystem::create_symlink("precious", folder / "log");
  reopened("symbolic");
  std::filesystem::create_hard_link(folder / "precious", folder / "log");
  reopened("hard");
  std::filesystem::create_symlink("missing", folder / "log");
  reopened("dangling");
  CHECK(restapi::test::read_file(folder / "log.1") == "symbolic\nhard\ndangling\n");
  CHECK(restapi::test::read_file(folder / "precious") == "precious");
  CHECK_FALSE(std::filesystem::exists(folder / "missing"));

  std::filesystem::create_symlink("elsewhere", folder / "log");
  file.reopen();
  file.flush();
  log(file, "made");
  file.flush();
  CHECK(restapi::test::read_file(folder / "elsewhere") == "made\n");
  CHECK_THROWS_WITH(LogFile({.path = folder / "precious", .objection = objection}), Catch::EndsWith("\": precious"));
}

TEST_CASE("a full disk costs lines, which are counted", "[log_file]") {
  LogFile file({.path = "/dev/full"});
  log(file, "one");
  log(file, "two");
  file.flush();
  CHECK(file.dropped() == 2);
}

TEST_CASE("who reads nothing costs lines, never a wait", "[log_file]") {
  Folder const folder;
  auto const pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  int const waiting = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(waiting >= 0);
  std::string const line(999, 'x');
  constexpr std::uint64_t lines = 5000;  // five times what may wait, far more than a pipe holds
  std::atomic<std::uint64_t> arrived = 0;
  std::thread reading;
  {
    LogFile file({.path = pipe, .budget = 1 << 20});
    for (std::uint64_t i = 0; i < lines; ++i) log(file, line);
    CHECK(file.dropped() > 0);
    file.flush();  // gives up
    std::ifstream reader(pipe);
    ::close(waiting);
    reading = std::thread([&, reader = std::move(reader)]() mutable {
      for (std::string text; std::getline(reader, text);) arrived += text == line ? 1 : 0;
    });
    restapi::test::eventually([&] { return arrived + file.dropped() == lines; });
    log(file, line);  // there is room again
    restapi::test::eventually([&] { return arrived + file.dropped() == lines + 1; });
    CHECK(arrived + file.dropped() == lines + 1);
  }
  reading.join();  // the pipe ends with its writer
}

TEST_CASE("the end does not wait for who reads nothing", "[log_file]") {
  Folder const folder;
  auto const pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  int const waiting = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  LogFile file({.path = pipe});
  for (int i = 0; i < 1000; ++i) log(file, std::string(999, 'x'));
  file.close();
  log(file, "too late");
  CHECK(file.dropped() > 0);
  ::close(waiting);
}

TEST_CASE("a pipe that nobody reads is refused", "[log_file]") {
  Folder const folder;
  auto const pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(LogFile({.path = pipe}), Catch::Contains("nobody reads this pipe"));
}

TEST_CASE("what cannot be opened says so", "[log_file]") {
  Folder const folder;
  CHECK_THROWS_WITH(LogFile({.path = folder / "nowhere/log"}), Catch::Contains("No such file or directory"));
}

TEST_CASE("lines of many threads stay whole", "[log_file][threads]") {
  Folder const folder;
  {
    LogFile file({.path = folder / "log"});
    std::vector<std::thread> threads;
    for (char letter = 'a'; letter < 'e'; ++letter)
      threads.emplace_back([&file, letter] {
        for (int i = 0; i < 2000; ++i) log(file, std::string(50, letter));
      });
    for (auto& thread : threads) thread.join();
  }
  std::ifstream file(folder / "log");
  int lines = 0;
  for (std::string text; std::getline(file, text); ++lines) {
    if (text != std::string(50, text[0])) FAIL(text);
  }
  CHECK(lines == 8000);
}

TEST_CASE("whether a log could be opened is seen without opening it", "[log_file]") {
  Folder const folder;
  CHECK(reason_against_log("").empty());
  CHECK(reason_against_log("-").empty());
  CHECK(reason_against_log("/dev/null").empty());
  CHECK(reason_against_log(folder / "new").empty());
  std::filesystem::create_symlink("elsewhere", folder / "link");
  CHECK(reason_against_log(folder / "link").empty());
  std::filesystem::create_symlink("nowhere/log", folder / "lost");
  CHECK_THAT(reason_against_log(folder / "lost"), Catch::EndsWith("lost\": No such file or directory"));
  CHECK_THAT(reason_against_log(folder / "no/log"), Catch::EndsWith("no/log\": No such file or directory"));
  CHECK_THAT(reason_against_log(folder.path()), Catch::EndsWith(": Is a directory"));
  CHECK(folder.names().size() == 2);
  auto const log = folder.write("log", "before\n");
  auto const changed = std::filesystem::last_write_time(log);
  CHECK(reason_against_log(log).empty());
  CHECK(restapi::test::read_file(log) == "before\n");
  CHECK(std::filesystem::last_write_time(log) == changed);
  CHECK_THAT(reason_against_log(log + "/log"), Catch::EndsWith("log/log\": Not a directory"));
}
