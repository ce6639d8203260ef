// SPDX-License-Identifier: MIT
/// A sink for spdlog that never waits for the disk: lines are put into a buffer, a thread of its own writes them.
///
/// Where the disk, or the reader of a pipe, is slower than the lines come, the buffer fills and further lines are
/// dropped and counted; the main log says so. So it is with a full disk; writing is tried again with the next lines.
/// Whoever reads may stand still or leave: neither ends the program, or holds it up at its end for longer than a
/// second.
#pragma once

#include <spdlog/sinks/sink.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace restapi::observation {

/// Why what lies at a path, or would be made there, must not be the log; an empty text where it may. The path is
/// perhaps one in /proc that leads to what is about to be opened. Called by the constructor and by the log's own
/// thread, which may live longer than the log: what it refers to must live as long as the function.
using Objection = std::function<std::string(std::string const& path)>;

struct LogFileOptions {
  std::string path = {};                     ///< a file or named pipe; "-": standard output; empty: standard error
  std::string name = "access log";           ///< in what the main log says of it
  std::size_t budget = 8u << 20;             ///< bytes that may wait
  std::chrono::milliseconds gathering{100};  ///< lines of so long are written together; 0: at once
  Objection objection = {};                  ///< asked before anything is opened or made; none: nothing is objected to
};

/// Why a log could not be opened there, as far as can be seen without making or changing anything; an empty text where
/// it could.
std::string reason_against_log(std::string const& path);

class LogFile final : public spdlog::sinks::sink {
 public:
  /// Appends to the file, made with mode 0640 if it is missing. Throws std::runtime_error with one sentence when it
  /// cannot be opened, which includes a named pipe that nobody reads, and an objection.
  explicit LogFile(LogFileOptions options);

  ~LogFile() override;  ///< close()

  /// Writes what is left, but waits for a second at most for who does not take it. What is logged later is dropped.
  void close();

  /// The message's text and a line end; what else spdlog knows (time, level) is the text's business. Any thread.
  void log(spdlog::details::log_msg const& message) override;

  /// A line, without its end. Any thread.
  void put(std::string_view line);

  /// Waits until what has been logged is written or dropped, a second at most. Not for threads that must not wait.
  void flush() override;

  /// Opens the path anew, after what has been logged so far is written: for logrotate, which has renamed the file. If
  /// that fails, or there is an objection to what lies there by now, the old file is kept, and the main log says so.
  /// Any thread; returns at once.
  void reopen();

  /// Lines that were not written. Any thread.
  std::uint64_t dropped() const;

  void set_pattern(std::string const&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  class Writer;
  std::shared_ptr<Writer> writer_;  // shared with its thread, which may be stuck in a write when we go
};

}  // namespace restapi::observation
