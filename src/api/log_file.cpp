#include "api/log_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace restapi::api {
namespace {

using Clock = std::chrono::steady_clock;

/// Lines of so long are written together …
constexpr std::chrono::milliseconds gathering{100};

/// … unless there is a block of them earlier.
constexpr std::size_t block = 256 * 1024;

/// For a writer that is stuck at the end of the program.
constexpr std::chrono::seconds farewell{2};

/// Between two remarks of the main log about dropped lines.
constexpr std::chrono::seconds between_remarks{10};

/// A descriptor that is closed with it, but for standard output.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(std::string const& path)
      : number_(path == "-" ? STDOUT_FILENO
                            : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640)) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_ = -1;
};

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

class LogFile::Writer {
 public:
  Writer(std::string path, std::size_t budget) : path_(std::move(path)), budget_(budget), file_(path_) {
    if (file_.number() < 0) throw std::runtime_error(fmt::format("\"{}\": {}", path_, std::strerror(errno)));
  }

  void put(std::string_view line) {
    bool wake = false;
    {
      std::lock_guard const lock(mutex_);
      if (lines_.size() + line.size() + 1 > budget_) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
      // Woken by the first line, and once by a whole block: not by each line.
      wake = lines_.empty() || (lines_.size() < block && lines_.size() + line.size() + 1 >= block);
      lines_ += line;
      lines_ += '\n';
    }
    if (wake) changed_.notify_all();
  }

  void run() {
    // Who reads standard output may have gone: an error of write() like another.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    std::string lines;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !lines_.empty() || reopening_ || stopping_ || flushing_ > 0; });
      changed_.wait_for(lock, gathering,
                        [&] { return lines_.size() >= block || reopening_ || stopping_ || flushing_; });
      std::swap(lines, lines_);
      bool const reopens = std::exchange(reopening_, false);
      bool const stops = stopping_;
      auto const answered = std::exchange(flushing_, 0u);
      lock.unlock();
      write(lines);
      lines.clear();
      if (reopens) open_again();
      remark();
      lock.lock();
      flushed_ += answered;
      if (stops && lines_.empty()) break;
      changed_.notify_all();
    }
    ended_ = true;
    changed_.notify_all();
  }

  void flush() {
    std::unique_lock lock(mutex_);
    ++flushing_;
    auto const mine = ++flushes_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return flushed_ >= mine || ended_; });
  }

  void reopen() {
    std::lock_guard const lock(mutex_);
    reopening_ = true;
    changed_.notify_all();
  }

  void stop() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, farewell, [&] { return ended_; });
  }

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void write(std::string_view lines) {
    // The rest of a line that an earlier failure cut off must not become part of the next one.
    if (is_cut_ && !lines.empty() && ::write(file_.number(), "\n", 1) == 1) is_cut_ = false;
    while (!lines.empty()) {
      auto const written = ::write(file_.number(), lines.data(), lines.size());
      if (written > 0) {
        is_cut_ = lines[static_cast<std::size_t>(written) - 1] != '\n';
        lines.remove_prefix(static_cast<std::size_t>(written));
      } else if (written == 0 || errno != EINTR) {
        why_ = written == 0 ? 0 : errno;
        dropped_.fetch_add(lines_in(lines), std::memory_order_relaxed);
        return;
      }
    }
  }

  void open_again() {
    if (path_ == "-") return;
    Descriptor fresh(path_);
    if (fresh.number() < 0) {
      spdlog::error("access log: \"{}\" cannot be opened again, the old file is kept: {}", path_, std::strerror(errno));
      return;
    }
    file_ = std::move(fresh);
    is_cut_ = false;
  }

  void remark() {
    auto const dropped = dropped_.load(std::memory_order_relaxed);
    if (dropped == remarked_ || Clock::now() < next_remark_) return;
    spdlog::warn("access log: {} lines dropped: {}", dropped - remarked_,
                 why_ == 0 ? "they came faster than they could be written" : std::strerror(why_));
    remarked_ = dropped;
    next_remark_ = Clock::now() + between_remarks;
    why_ = 0;
  }

  std::string const path_;
  std::size_t const budget_;
  std::atomic<std::uint64_t> dropped_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string lines_;
  unsigned flushing_ = 0;      // calls of flush() that have not been looked at
  std::uint64_t flushes_ = 0;  // calls so far
  std::uint64_t flushed_ = 0;  // of them, answered
  bool reopening_ = false;
  bool stopping_ = false;
  bool ended_ = false;

  // The thread's own.
  Descriptor file_;
  bool is_cut_ = false;
  int why_ = 0;  // errno of the last failure
  std::uint64_t remarked_ = 0;
  Clock::time_point next_remark_{};
};

LogFile::LogFile(std::string path, std::size_t budget) : writer_(std::make_shared<Writer>(std::move(path), budget)) {
  std::thread([writer = writer_] { writer->run(); }).detach();
}

LogFile::~LogFile() { writer_->stop(); }

void LogFile::log(spdlog::details::log_msg const& message) {
  writer_->put({message.payload.data(), message.payload.size()});
}

void LogFile::flush() { writer_->flush(); }
void LogFile::reopen() { writer_->reopen(); }
std::uint64_t LogFile::dropped() const { return writer_->dropped(); }

}  // namespace restapi::api
