// SPDX-License-Identifier: MIT
#include "observation/log_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/followed_path.hpp"
#include "base/passwords.hpp"

namespace restapi::observation {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Lines are gathered, unless there is a block of them earlier.
constexpr std::size_t block = 256 * 1024;

/// For whoever stands still when the program ends or flushes.
constexpr std::chrono::seconds farewell{1};

/// Between two looks at what else is wanted while somebody stands still.
constexpr milliseconds glance{50};

/// Between two remarks of the main log about dropped lines.
constexpr std::chrono::seconds between_remarks{10};

/// Why a file could not be opened, for people.
std::string reason(int error) { return error == ENXIO ? "nobody reads this pipe" : std::strerror(error); }

/// What opening has come to: a descriptor, or else why not.
struct Opened {
  FileDescriptor descriptor = {};
  std::string why = {};
};

Opened open_file(std::string const& path, int more_flags) {
  // O_NONBLOCK: a named pipe that nobody reads is an error, and not a wait.
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more_flags, 0640));
  if (!file.is_open()) return {{}, reason(errno)};
  return {std::move(file)};
}

/// What lies there is looked at before it is opened: SQLite's locks on a file end when any of its descriptors is
/// closed, but for one that O_PATH has opened. Others may rename meanwhile, so what has been looked at is what is
/// opened.
Opened open_log(std::string const& path, Objection const& objection) {
  auto const objects = [&](std::string const& place) { return objection ? objection(place) : std::string(); };
  constexpr int tries = 8;
  for (int i = 0; i < tries; ++i) {
    if (FileDescriptor const there(::open(path.c_str(), O_PATH | O_CLOEXEC)); there.is_open()) {
      auto const own_path = fmt::format("/proc/self/fd/{}", there.number());
      if (auto why = objects(own_path); !why.empty()) return {{}, std::move(why)};
      return open_file(own_path, 0);
    }
    if (errno != ENOENT) return {{}, reason(errno)};
    std::error_code ignored;
    auto const place = std::filesystem::is_symlink(path, ignored) ? followed_path(path) : path;
    if (auto why = objects(place); !why.empty()) return {{}, std::move(why)};
    auto made = open_file(place, O_CREAT | O_EXCL);
    if (made.descriptor.is_open() || errno != EEXIST) return made;
  }
  return {{}, reason(EEXIST)};
}

/// Where lines go: a file, a pipe, a socket, a terminal.
class Sink {
 public:
  explicit Sink(LogFileOptions const& options) : opened_(open(options)) {
    struct stat status {};
    if (!is_open() || ::fstat(number(), &status) != 0) return;
    is_file_ = S_ISREG(status.st_mode);
    is_socket_ = S_ISSOCK(status.st_mode);
  }

  bool is_open() const { return opened_.descriptor.is_open(); }
  std::string const& why() const { return opened_.why; }  ///< it is not open

  /// As write(2). But for files, it does not wait: EAGAIN, when nothing more is taken at the moment.
  ssize_t write(std::string_view text) const {
    if (is_file_) return ::write(number(), text.data(), text.size());
    if (is_socket_) return ::send(number(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    // Standard output is shared with others, a shell for example, so O_NONBLOCK is not ours to set. A pipe that is
    // ready has room for that much.
    if (wait(milliseconds{0})) return ::write(number(), text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    errno = EAGAIN;
    return -1;
  }

  /// Until there is room, or something else to be learnt from writing.
  bool wait(milliseconds limit) const {
    pollfd watched{number(), POLLOUT, 0};
    return ::poll(&watched, 1, static_cast<int>(limit.count())) > 0;
  }

 private:
  static Opened open(LogFileOptions const& options) {
    if (options.path.empty()) return {own(STDERR_FILENO)};
    if (options.path == "-") return {own(STDOUT_FILENO)};
    return open_log(options.path, options.objection);
  }

  /// The others that share it keep theirs.
  static FileDescriptor own(int shared) { return FileDescriptor(::fcntl(shared, F_DUPFD_CLOEXEC, 0)); }

  int number() const { return opened_.descriptor.number(); }

  Opened opened_;
  bool is_file_ = false;
  bool is_socket_ = false;
};

/// 0, or errno of what is not allowed there.
int access_error(std::string const& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

/// 0, or errno of making a file of that name.
int making_error(std::filesystem::path path) {
  std::error_code ignored;
  // A link that leads nowhere: the file is made there.
  if (std::filesystem::is_symlink(path, ignored)) path = followed_path(path.string());
  if (!path.has_filename()) return EISDIR;
  auto const folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (int const error = access_error(folder, W_OK | X_OK); error != 0) return error;
  return std::filesystem::is_directory(folder, ignored) ? 0 : ENOTDIR;
}

int opening_error(std::string const& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno == ENOENT ? making_error(path) : errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  // The reader of a pipe would take its closing for an end.
  if (!S_ISREG(status.st_mode)) return access_error(path, W_OK);
  FileDescriptor const file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  return file.is_open() ? 0 : errno;
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::string reason_against_log(std::string const& path) {
  int const error = path.empty() || path == "-" ? 0 : opening_error(path);
  return error == 0 ? "" : fmt::format("\"{}\": {}", shown_missing_path(path), reason(error));
}

class LogFile::Writer {
 public:
  explicit Writer(LogFileOptions options) : options_(std::move(options)), file_(options_) {
    if (!file_.is_open())
      throw std::runtime_error(fmt::format("\"{}\": {}", shown_missing_path(options_.path), file_.why()));
  }

  void put(std::string_view line) {
    bool wake = false;
    {
      std::lock_guard const lock(mutex_);
      if (stopping_ || lines_.size() + in_hand_ + line.size() + 1 > options_.budget) {
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
    std::string lines;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !lines_.empty() || reopening_ || stopping_ || flushing_ > 0; });
      changed_.wait_for(lock, options_.gathering,
                        [&] { return lines_.size() >= block || reopening_ || stopping_ || flushing_; });
      std::swap(lines, lines_);
      in_hand_ = lines.size();
      reopens_ = std::exchange(reopening_, false);
      bool const stops = stopping_;
      auto const answered = std::exchange(flushing_, 0u);
      lock.unlock();
      write(lines);
      lines.clear();
      if (lines.capacity() > 2 * block) std::string().swap(lines);
      if (reopens_) open_again();
      lock.lock();
      in_hand_ = 0;
      // The remark may be a line of this very log, and afterwards nobody may be left to be told.
      if (!stops && lines_.size() < options_.budget / 2) {
        lock.unlock();
        remark();
        lock.lock();
      }
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
    changed_.wait_for(lock, farewell, [&] { return flushed_ >= mine || ended_; });
  }

  void reopen() {
    std::lock_guard const lock(mutex_);
    reopening_ = true;
    changed_.notify_all();
  }

  /// Whether all is written or dropped.
  bool stop() {
    std::unique_lock lock(mutex_);
    if (stopping_) return ended_;
    stopping_ = true;
    changed_.notify_all();
    is_abandoned_ = !changed_.wait_for(lock, farewell, [&] { return ended_; });
    return ended_;
  }

  /// For the thread that writes, or once that has ended.
  void remark() {
    auto const dropped = dropped_.load(std::memory_order_relaxed);
    if (dropped == remarked_ || Clock::now() < next_remark_) return;
    spdlog::warn("{}: {} lines dropped: {}", options_.name, dropped - remarked_,
                 why_ == 0 ? "they came faster than they could be written" : std::strerror(why_));
    remarked_ = dropped;
    next_remark_ = Clock::now() + between_remarks;
    why_ = 0;
  }

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void write(std::string_view lines) {
    // The rest of a line that an earlier failure cut off must not become part of the next one.
    if (is_cut_ && !lines.empty() && file_.write("\n") == 1) is_cut_ = false;
    while (!lines.empty()) {
      auto const written = file_.write(lines);
      if (written > 0) {
        is_cut_ = lines[static_cast<std::size_t>(written) - 1] != '\n';
        lines.remove_prefix(static_cast<std::size_t>(written));
      } else if (written < 0 && errno == EAGAIN) {
        if (!file_.wait(glance) && is_wanted_elsewhere()) return drop(lines, 0);
      } else if (written == 0 || errno != EINTR) {
        return drop(lines, written == 0 ? 0 : errno);
      }
    }
  }

  void drop(std::string_view lines, int why) {
    why_ = why;
    dropped_.fetch_add(lines_in(lines), std::memory_order_relaxed);
  }

  /// Who stands still has been waited for long enough.
  bool is_wanted_elsewhere() {
    std::lock_guard const lock(mutex_);
    return reopens_ || reopening_ || is_abandoned_;
  }

  void open_again() {
    if (options_.path.empty() || options_.path == "-") return;
    Sink fresh(options_);
    if (!fresh.is_open()) {
      spdlog::error("{}: \"{}\" cannot be opened again, the old file is kept: {}", options_.name, options_.path,
                    fresh.why());
      return;
    }
    file_ = std::move(fresh);
    is_cut_ = false;
  }

  LogFileOptions const options_;
  std::atomic<std::uint64_t> dropped_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string lines_;
  std::size_t in_hand_ = 0;    // bytes that are being written
  unsigned flushing_ = 0;      // calls of flush() that have not been looked at
  std::uint64_t flushes_ = 0;  // calls so far
  std::uint64_t flushed_ = 0;  // of them, answered
  bool reopening_ = false;
  bool stopping_ = false;
  bool is_abandoned_ = false;  // nobody waits for the rest
  bool ended_ = false;

  // The thread's own.
  Sink file_;
  bool reopens_ = false;  // once what is in hand is written
  bool is_cut_ = false;
  int why_ = 0;  // errno of the last failure
  std::uint64_t remarked_ = 0;
  Clock::time_point next_remark_{};
};

LogFile::LogFile(LogFileOptions options) : writer_(std::make_shared<Writer>(std::move(options))) {
  // Its thread begins with this one's mask. No signal is for it: neither one that ends the program, nor SIGPIPE, where
  // whoever reads has gone: that is an error of write() like another.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread writing([writer = writer_] { writer->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  writing.detach();
}

LogFile::~LogFile() { close(); }

void LogFile::log(spdlog::details::log_msg const& message) {
  writer_->put({message.payload.data(), message.payload.size()});
}

void LogFile::close() {
  if (writer_->stop()) writer_->remark();
}

void LogFile::put(std::string_view line) { writer_->put(line); }
void LogFile::flush() { writer_->flush(); }
void LogFile::reopen() { writer_->reopen(); }
std::uint64_t LogFile::dropped() const { return writer_->dropped(); }

}  // namespace restapi::observation
