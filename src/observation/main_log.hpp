// SPDX-License-Identifier: MIT
/// The main log: standard error, in spdlog's usual form and colours. No thread waits for whoever reads it.
#pragma once

#include <spdlog/sinks/sink.h>

#include <cstdint>
#include <memory>
#include <mutex>

#include "observation/log_file.hpp"

namespace restapi::observation {

/// Any thread. Lines that nobody takes wait in memory, a megabyte of them; more are dropped, and the log says how many.
class MainLog final : public spdlog::sinks::sink {
 public:
  MainLog();

  void log(spdlog::details::log_msg const& message) override;
  void flush() override;  ///< a second at most
  void set_pattern(std::string const& pattern) override;
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override;

  /// Writes what is left, as LogFile::close(); nothing is logged from then on.
  void close();

  std::uint64_t dropped() const;  ///< lines that were not written

 private:
  LogFile file_;
  bool const has_colours_;
  std::mutex mutex_;  // of the formatter
  std::unique_ptr<spdlog::formatter> formatter_;
};

}  // namespace restapi::observation
