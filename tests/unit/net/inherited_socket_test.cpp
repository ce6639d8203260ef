// SPDX-License-Identifier: MIT
#include "net/inherited_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace restapi;
using namespace restapi::net;

namespace {

constexpr int first = 3;
constexpr int most = 2;

/// Above those that are passed.
FileDescriptor copy_of(int descriptor) { return FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, first + most)); }

/// LISTEN_FDS and LISTEN_PID.
struct Variables {
  std::string count = "1";
  std::string process = std::to_string(::getpid());
};

/// What systemd does before it starts a program: descriptors from 3 on, and the variables. Puts back what was there.
class Passed {
 public:
  explicit Passed(std::vector<int> const& descriptors)
      : Passed(descriptors, {.count = std::to_string(descriptors.size())}) {}

  Passed(std::vector<int> const& descriptors, Variables const& variables) {
    std::vector<FileDescriptor> copies;  // none of them is where another is to be
    for (int const one : descriptors) copies.push_back(copy_of(one));
    for (int i = 0; i < most; ++i) {
      saved_.push_back(copy_of(first + i));
      ::close(first + i);
    }
    for (int i = 0; auto const& copy : copies) ::dup2(copy.number(), first + i++);
    ::setenv("LISTEN_FDS", variables.count.c_str(), 1);
    ::setenv("LISTEN_PID", variables.process.c_str(), 1);
    ::setenv("LISTEN_FDNAMES", "restapi.socket", 1);
  }

  ~Passed() {
    for (int i = 0; auto const& saved : saved_) {
      ::close(first + i);
      if (saved.is_open()) ::dup2(saved.number(), first + i);
      ++i;
    }
    for (auto const* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) ::unsetenv(name);
  }

 private:
  std::vector<FileDescriptor> saved_;
};

std::string error() {
  try {
    return take_inherited_socket() ? "none" : "nothing is passed";
  } catch (std::runtime_error const& refused) {
    return refused.what();
  }
}

FileDescriptor listening_unix_socket() {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address.sun_family) == 0);  // any name
  REQUIRE(::listen(socket.number(), 1) == 0);
  return socket;
}

}  // namespace

TEST_CASE("an inherited socket says where it listens, and nobody else finds it", "[inherited]") {
  for (std::string const hostname : {"127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::"}) {
    INFO(hostname);
    std::optional<ListeningSocket> opened;
    try {
      opened.emplace(hostname, 0);
    } catch (std::runtime_error const& failure) {
      WARN("not here: " << failure.what());
      continue;
    }
    auto const port = opened->port();
    auto const kept = copy_of(opened->descriptor());
    Passed const passed({kept.number()});
    {
      auto const inherited = take_inherited_socket();
      REQUIRE(inherited);
      CHECK(inherited->is_inherited());
      CHECK(inherited->hostname() == hostname);
      CHECK(inherited->port() == port);
      CHECK((::fcntl(inherited->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
      for (auto const* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) CHECK(std::getenv(name) == nullptr);
      CHECK_FALSE(take_inherited_socket());
    }
    int listens = 0;
    socklen_t size = sizeof listens;
    CHECK(::getsockopt(kept.number(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0);
    CHECK(listens == 1);  // for whoever has it, too
  }
}

TEST_CASE("an inherited socket does not block, whoever has opened it", "[inherited]") {
  auto const kept = copy_of(ListeningSocket("127.0.0.1", 0).descriptor());
  REQUIRE(::fcntl(kept.number(), F_SETFL, 0) == 0);
  Passed const passed({kept.number()});
  REQUIRE(take_inherited_socket());
  CHECK((::fcntl(kept.number(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("a socket that is passed to another process, or none, is nothing to us", "[inherited]") {
  CHECK(error() == "nothing is passed");
  ListeningSocket const opened("127.0.0.1", 0);
  Passed const passed({opened.descriptor()}, {.process = std::to_string(::getppid())});
  CHECK(error() == "nothing is passed");
  CHECK(std::getenv("LISTEN_FDS") == nullptr);
}

TEST_CASE("what cannot be served is refused in one sentence", "[inherited]") {
  ListeningSocket const opened("127.0.0.1", 0);
  FileDescriptor const file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  FileDescriptor const datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  FileDescriptor const silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto const local = listening_unix_socket();
  struct {
    std::vector<int> descriptors;
    std::string sentence;
  } const cases[] = {
      {{opened.descriptor(), opened.descriptor()}, "LISTEN_FDS passes 2 sockets, and one is served"},
      {{file.number()}, "what LISTEN_FDS passes is not a socket"},
      {{local.number()}, "what LISTEN_FDS passes is not an IPv4 or IPv6 socket: clients are known by their IP address"},
      {{datagrams.number()}, "what LISTEN_FDS passes is not a TCP socket"},
      {{silent.number()}, "what LISTEN_FDS passes does not listen (Accept=no in a .socket unit)"},
  };
  for (auto const& [descriptors, sentence] : cases) {
    Passed const passed(descriptors);
    CHECK(error() == sentence);
  }
  for (std::string const count : {"0", "-1", "many", ""}) {
    Passed const passed({}, {.count = count});
    CHECK(error() == "LISTEN_FDS or LISTEN_PID is wrong: Invalid argument");
  }
  Passed const none({}, Variables());
  CHECK(error() == "LISTEN_FDS or LISTEN_PID is wrong: Bad file descriptor");
}
