// SPDX-License-Identifier: MIT
#include "support/postgresql_server.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "support/source_path.hpp"

namespace restapi::test {
namespace {

std::string read_line(std::FILE* file) {
  std::string line;
  for (int byte; (byte = std::fgetc(file)) != EOF && byte != '\n';) line += static_cast<char>(byte);
  return line;
}

}  // namespace

PostgreSqlServer::PostgreSqlServer() {
  auto const tool = source_path("tools/with_postgresql");
  int input[2], output[2];
  if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  tool_ = ::fork();
  if (tool_ < 0) throw std::runtime_error("no process");
  if (tool_ == 0) {
    ::dup2(input[0], STDIN_FILENO);
    ::dup2(output[1], STDOUT_FILENO);
    constexpr char const* script =
        R"(echo "$RESTAPI_TEST_POSTGRESQL"; echo "$RESTAPI_TEST_PGCTL"; exec cat >/dev/null)";
    ::execl(tool.c_str(), tool.c_str(), "sh", "-c", script, nullptr);
    ::_exit(127);
  }
  ::close(input[0]);
  ::close(output[1]);
  hold_ = input[1];
  std::unique_ptr<std::FILE, decltype(&std::fclose)> const said(::fdopen(output[0], "r"), std::fclose);
  uri_ = read_line(said.get());
  pg_ctl_ = read_line(said.get());
  if (pg_ctl_.empty()) throw std::runtime_error("tools/with_postgresql did not start a server");
}

PostgreSqlServer::~PostgreSqlServer() {
  ::close(hold_);
  ::waitpid(tool_, nullptr, 0);
}

void PostgreSqlServer::control(std::string const& action) const {
  // From a folder that the server's owner may enter, and without our descriptors, which a started server would keep.
  auto const command = "cd / && " + pg_ctl_ + " " + action + " </dev/null >/dev/null 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

}  // namespace restapi::test
