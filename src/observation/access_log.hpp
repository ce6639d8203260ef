// SPDX-License-Identifier: MIT
/// The access log: one JSON object a line for each request, and one for each connection that went on behind its answer,
/// at its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/observer.hpp"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace restapi::observation {

class LogFile;

/// "read", "remembered", "computed".
std::string_view name_of(http::Origin origin);

/// Appends {"time":"2025-03-14T19:20:09.123Z","id":…,"client":…,"method":…,"target":…,"route":…,"status":200,
/// "bytes":1234,"ms":1.234,"statements":2,"origin":"read","user_agent":…}, without a line end. Header fields other than
/// User-Agent are not in it, so neither is Authorization. Bytes that are no UTF-8 become U+FFFD.
/// `messages`: at the end of a connection that has sent messages; then "messages":12 follows the user agent.
void append_access_line(std::string& line, http::Finished const& finished, std::chrono::system_clock::time_point now,
                        std::optional<std::uint64_t> messages = {});

/// Any thread; never waits for the disk (log_file.hpp).
class AccessLog final : public http::Observer {
 public:
  /// `path`: a file, or "-" for standard output. `objection`: to what it leads to, now and whenever it is opened again
  /// (log_file.hpp). Throws std::runtime_error with one sentence when it cannot be opened.
  explicit AccessLog(std::string const& path, std::function<std::string(std::string const& path)> objection = {});
  ~AccessLog() override;  ///< writes what is left

  void on_finished(http::Finished const& finished) override;
  void on_ended(http::Ended const& ended) override;

  void flush();                   ///< waits for the disk, a second at most
  void reopen();                  ///< after the file has been renamed
  std::uint64_t dropped() const;  ///< lines that could not be written

 private:
  void log(http::Finished const& finished, std::optional<std::uint64_t> messages);

  std::shared_ptr<LogFile> file_;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace restapi::observation
