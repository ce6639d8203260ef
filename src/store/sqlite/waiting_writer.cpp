// SPDX-License-Identifier: MIT
#include "store/sqlite/waiting_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include "base/file_descriptor.hpp"

namespace restapi::store {
namespace {

/// Of SQLite's file format: never on a page with data.
constexpr off_t pending_byte = 0x40000000;

/// A file has one descriptor here, whoever asks, and it is open as long as somebody needs it.
struct OpenFile {
  FileIdentity identity;
  FileDescriptor descriptor;
  int users = 0;
};

std::mutex mutex;  // of the files, which are opened and closed under it
std::list<OpenFile> files;

class Looking final : public WaitingWriter {
 public:
  explicit Looking(OpenFile& file) : file_(file) { ++file_.users; }
  ~Looking() override {
    std::lock_guard const lock(mutex);
    if (--file_.users == 0) files.remove_if([this](OpenFile const& file) { return &file == &file_; });
  }
  Looking(Looking const&) = delete;
  Looking& operator=(Looking const&) = delete;

  bool is_there() const override {
    struct flock lock = {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = pending_byte;
    lock.l_len = 1;
    return ::fcntl(file_.descriptor.number(), F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
  }

 private:
  OpenFile& file_;
};

}  // namespace

std::shared_ptr<WaitingWriter const> WaitingWriter::of(std::string const& path) {
  // Which file it is, is found out without opening it: to close it again would cost its locks.
  FileDescriptor const place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status = {};
  if (!place.is_open() || ::fstat(place.number(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  auto const identity = identity_of_file(place.number(), "");
  if (!identity) return nullptr;
  std::lock_guard const lock(mutex);
  auto found = std::ranges::find(files, *identity, &OpenFile::identity);
  if (found == files.end()) {
    auto const itself = fmt::format("/proc/self/fd/{}", place.number());
    FileDescriptor descriptor(::open(itself.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.is_open()) return nullptr;
    found = files.insert(files.end(), {*identity, std::move(descriptor)});
  }
  return std::make_shared<Looking>(*found);
}

}  // namespace restapi::store
