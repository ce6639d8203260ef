// SPDX-License-Identifier: MIT
/// Which database a source is, whatever it is called: two that are the same must not be served with different locks.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "source/source.hpp"

namespace restapi::source {

/// A file by its device and inode, which symbolic and hard links share; one that is not there by its path. A database
/// of PostgreSQL by its name and the servers that libpq would try. A profile that AiiDA does not have by its name.
class DatabaseIdentity {
 public:
  /// Looks at the file as it is now, and at libpq's defaults (PGHOST, PGPORT, …); contacts nobody.
  static DatabaseIdentity of(FoundSource const& found);

  /// As far as can be seen. Not seen: copies; servers with several host names; what is behind a pooler or in a service
  /// file. All addresses of the loopback, and all unix sockets of the same port as them, are one server. For files and
  /// the demo this is transitive, for PostgreSQL it need not be (a list of hosts may overlap with two others).
  bool is_same(DatabaseIdentity const& other) const;

  bool is_postgresql() const { return std::holds_alternative<Postgresql>(what_); }

  /// Whether two that are the same cannot both be served.
  bool is_served_once() const { return !is_postgresql() && !std::holds_alternative<Unknown>(what_); }

 private:
  struct Unknown {
    std::string name;  ///< for people; empty: the same as no other
  };
  struct Missing {
    std::string path;  ///< as far as it can be followed
  };
  struct Demo {};
  struct Server {
    enum class Kind { named, loopback, socket };
    Kind kind;
    std::string host;
    std::string port;
    bool is_same(Server const& other) const;
  };
  struct Postgresql {
    std::string database;
    std::vector<Server> servers;
  };

  static Postgresql postgresql(std::string const& uri);

  std::variant<Unknown, Missing, Demo, FileIdentity, Postgresql> what_;
};

}  // namespace restapi::source
