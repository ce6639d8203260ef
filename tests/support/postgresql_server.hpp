// SPDX-License-Identifier: MIT
/// A PostgreSQL server for one test alone, which may stop and start it. Slow to make (about a second).
#pragma once

#include <sys/types.h>

#include <string>

namespace restapi::test {

/// Runs tools/with_postgresql, which removes the server when the object goes, or this process dies.
class PostgreSqlServer {
 public:
  PostgreSqlServer();
  ~PostgreSqlServer();
  PostgreSqlServer(PostgreSqlServer const&) = delete;
  PostgreSqlServer& operator=(PostgreSqlServer const&) = delete;

  std::string const& uri() const { return uri_; }
  std::string const& pg_ctl() const { return pg_ctl_; }  ///< the command that controls it, to be followed by an action

  /// Return once it is done. Throw std::runtime_error where it cannot be.
  void stop() const { control("stop -m fast"); }
  void start() const { control("start"); }

 private:
  void control(std::string const& action) const;

  pid_t tool_ = -1;
  int hold_ = -1;  ///< the tool ends when this end of its standard input is closed
  std::string uri_, pg_ctl_;
};

}  // namespace restapi::test
