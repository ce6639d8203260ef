// SPDX-License-Identifier: MIT
/// An SQLite file that is served under its path, whatever is done to it: replaced (`mv`), written over (`cp`), cut
/// short, removed, or written to by AiiDA. Each connection looks for itself whether it has opened what is there now
/// (store/driver.hpp); what is left is whether that can be served at all, and which version of the data it is.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "sql/statement.hpp"
#include "store/connection.hpp"
#include "store/sqlite/served_file.hpp"

namespace restapi::store {

/// Any thread may call.
class FollowedFile {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;                 ///< throws soci_error
  using Look = std::function<void(Connection&, std::chrono::milliseconds)>;  ///< at its tables; throws soci_error

  /// `name`: for the log. `renew`: called when another file has taken the path, or one that was of no use may be of use
  /// again, so that idle connections let go of the old one, and others are opened at once.
  FollowedFile(std::string path, std::string name, Open open, Look look, std::function<void()> renew);

  /// The file was as `seen` before its tables were looked at. Call before the others.
  void serve(std::optional<ServedFile> seen);

  /// Why what is there now cannot be served, in words for the log: nothing is there, or no file, or one that cannot
  /// be read. Which statements its tables have answers for they find out themselves. Costs one look at the file as long
  /// as it stays the same. After a change one thread looks into it, the others wait for that, at most so long.
  std::optional<std::string> why_not_served(std::chrono::milliseconds limit);

  /// The version of the data, as `statement` reads it on one and the same connection. Throws soci_error.
  std::string version(sql::Statement const& statement, std::chrono::milliseconds limit);

 private:
  std::optional<std::string> look_into(std::chrono::milliseconds limit) const;

  std::string const path_;
  std::string const name_;
  Open const open_;
  Look const look_;
  std::function<void()> const renew_;

  std::mutex mutex_;  // of what follows
  std::condition_variable looked_;
  bool is_looking_ = false;
  std::optional<ServedFile> served_;  // nothing: what is there now may be of no use
  std::optional<ServedFile> opened_;  // what was served last

  std::mutex version_mutex_;  // of what follows
  std::unique_ptr<Connection> version_connection_;
  unsigned version_connections_ = 0;  // so far
};

}  // namespace restapi::store
