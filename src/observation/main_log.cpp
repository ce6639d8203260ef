// SPDX-License-Identifier: MIT
#include "observation/main_log.hpp"

#include <spdlog/details/os.h>
#include <spdlog/pattern_formatter.h>

#include <cstdio>
#include <string>
#include <utility>

#include "base/passwords.hpp"

namespace restapi::observation {
namespace {

using std::chrono::milliseconds;

/// At once: what is said last before a crash is what one wants to read.
LogFileOptions const standard_error{.path = "", .name = "log", .budget = 1u << 20, .gathering = milliseconds{0}};

/// As spdlog's own sinks for terminals have them.
constexpr char const* colours[] = {"\033[37m",        "\033[36m",        "\033[32m", "\033[33m\033[1m",
                                   "\033[31m\033[1m", "\033[1m\033[41m", ""};
constexpr char const* no_colour = "\033[m";

}  // namespace

MainLog::MainLog()
    : file_(standard_error),
      has_colours_(spdlog::details::os::is_color_terminal() && spdlog::details::os::in_terminal(stderr)),
      formatter_(std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::local, "")) {}

void MainLog::log(spdlog::details::log_msg const& message) {
  std::lock_guard const lock(mutex_);
  spdlog::memory_buf_t text;
  message.color_range_start = message.color_range_end = 0;
  formatter_->format(message, text);
  auto line = without_passwords({text.data(), text.size()});  // libraries quote what somebody has mistyped
  if (has_colours_ && message.color_range_end > message.color_range_start) {
    line.insert(message.color_range_end, no_colour);
    line.insert(message.color_range_start, colours[message.level]);
  }
  file_.put(line);
}

void MainLog::flush() { file_.flush(); }
void MainLog::close() { file_.close(); }
std::uint64_t MainLog::dropped() const { return file_.dropped(); }

void MainLog::set_pattern(std::string const& pattern) {
  set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::local, ""));
}

void MainLog::set_formatter(std::unique_ptr<spdlog::formatter> formatter) {
  std::lock_guard const lock(mutex_);
  formatter_ = std::move(formatter);
}

}  // namespace restapi::observation
