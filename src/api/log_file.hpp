/// A sink for spdlog that never waits for the disk: lines are put into a buffer, a thread of its own writes them.
///
/// Where the disk, or the reader of a pipe, is slower than the lines come, the buffer fills and further lines are
/// dropped and counted; the main log says so. So it is with a full disk; writing is tried again with the next lines.
#pragma once

#include <spdlog/sinks/sink.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace restapi::api {

class LogFile final : public spdlog::sinks::sink {
 public:
  static constexpr std::size_t usual_budget = 8u << 20;

  /// Appends to the file at `path`, made with mode 0640 if it is missing; "-": standard output. `budget`: bytes that
  /// may wait. Throws std::runtime_error with one sentence when it cannot be opened.
  explicit LogFile(std::string path, std::size_t budget = usual_budget);

  /// Writes what is left, but does not wait for ever for who does not take it.
  ~LogFile() override;

  /// The message's text and a line end; what else spdlog knows (time, level) is the text's business. Any thread.
  void log(spdlog::details::log_msg const& message) override;

  /// Waits until what has been logged is written or dropped. Not for threads that must not wait.
  void flush() override;

  /// Opens the path anew, after what has been logged so far is written: for logrotate, which has renamed the file. If
  /// that fails the old file is kept, and the main log says so. Any thread; returns at once.
  void reopen();

  /// Lines that were not written. Any thread.
  std::uint64_t dropped() const;

  void set_pattern(std::string const&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  class Writer;
  std::shared_ptr<Writer> writer_;  // shared with its thread, which may be stuck in a write when we go
};

}  // namespace restapi::api
