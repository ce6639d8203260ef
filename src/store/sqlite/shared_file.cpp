// SPDX-License-Identifier: MIT
#include "store/sqlite/shared_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/file_identity.hpp"

namespace restapi::store {
namespace {

/// Of SQLite's file format: never on a page with data.
constexpr off_t pending_byte = 0x40000000;

}  // namespace

/// A file has one descriptor here, whoever asks, and it is open as long as somebody needs it.
struct SharedFile::OpenFile {
  FileIdentity identity;
  FileDescriptor descriptor;
  int users = 0;
  LogPause log_pause = {};
};

/// Of the process.
struct SharedFile::OpenFiles {
  std::mutex mutex;  // they are opened and closed under it
  std::list<OpenFile> files;

  static OpenFiles& all() {
    static auto& files = *new OpenFiles;  // stores that are closed at the end of the program may come after it
    return files;
  }
};

SharedFile::SharedFile(OpenFile& file) : file_(file) { ++file_.users; }

SharedFile::~SharedFile() {
  auto& [mutex, files] = OpenFiles::all();
  std::lock_guard const lock(mutex);
  if (--file_.users == 0) files.remove_if([this](OpenFile const& file) { return &file == &file_; });
}

bool SharedFile::has_waiting_writer() const {
  struct flock lock = {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = pending_byte;
  lock.l_len = 1;
  return ::fcntl(file_.descriptor.number(), F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

LogPause& SharedFile::log_pause() const { return file_.log_pause; }

std::shared_ptr<SharedFile const> SharedFile::of(std::string const& path) {
  // Which file it is, is found out without opening it: to close it again would cost its locks.
  FileDescriptor const place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status = {};
  if (!place.is_open() || ::fstat(place.number(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  auto const identity = identity_of_file(place.number(), "");
  if (!identity) return nullptr;
  auto& [mutex, files] = OpenFiles::all();
  std::lock_guard const lock(mutex);
  auto found = std::ranges::find(files, *identity, &OpenFile::identity);
  if (found == files.end()) {
    auto const itself = fmt::format("/proc/self/fd/{}", place.number());
    FileDescriptor descriptor(::open(itself.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!descriptor.is_open()) return nullptr;
    found = files.emplace(files.end());
    found->identity = *identity;
    found->descriptor = std::move(descriptor);
  }
  return std::shared_ptr<SharedFile const>(new SharedFile(*found));
}

}  // namespace restapi::store
