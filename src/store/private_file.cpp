// SPDX-License-Identifier: MIT
#include "store/private_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace restapi::store {
namespace {

constexpr char const* lock_name = "lock";

std::string reason(int error) { return std::generic_category().message(error); }

std::string directory_prefix() { return fmt::format("restapi-{}-", ::geteuid()); }

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

/// Whether the descriptor still is what its name in the directory says. A start elsewhere may have taken our lock file
/// for a leftover between its creation and our flock, and have removed it: then we hold the lock of a file without a
/// name, which protects nothing.
bool is_named(int lock, int directory) {
  struct stat held = {};
  struct stat named = {};
  return ::fstat(lock, &held) == 0 && ::fstatat(directory, lock_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

/// The locked `lock` file of a directory just made, or -1.
int create_lock(std::string const& path) {
  Descriptor const directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.is_open()) return -1;
  Descriptor lock(
      ::openat(directory.get(), lock_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!lock.is_open()) return -1;
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || !is_named(lock.get(), directory.get())) {
    // Whoever holds it is removing the directory.
    errno = EAGAIN;
    return -1;
  }
  return lock.release();
}

/// Names in a directory, without `.` and `..`. Does not take over the descriptor.
std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  int const own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return names;
  std::unique_ptr<DIR, int (*)(DIR*)> const stream(::fdopendir(own), &::closedir);
  if (!stream) {
    ::close(own);
    return names;
  }
  while (auto const* entry = ::readdir(stream.get())) {
    std::string const name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

/// Files first, the lock last: whoever is interrupted in between leaves a directory that is still a proper leftover.
/// Nothing is followed: unlinkat removes a link itself, and fails on a folder, which then stays.
void remove_contents(int directory) {
  for (auto const& name : names_in(directory)) {
    if (name != lock_name) ::unlinkat(directory, name.c_str(), 0);
  }
  ::unlinkat(directory, lock_name, 0);
}

bool is_mine(struct stat const& status) { return status.st_uid == ::geteuid(); }

bool remove_leftover(int parent, std::string const& name) {
  struct stat status = {};
  if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (!S_ISDIR(status.st_mode) || !is_mine(status)) return false;
  Descriptor const directory(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.is_open() || ::fstat(directory.get(), &status) != 0 || !is_mine(status)) return false;
  Descriptor const lock(::openat(directory.get(), lock_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (lock.is_open()) {
    if (::fstat(lock.get(), &status) != 0 || !S_ISREG(status.st_mode) || !is_mine(status)) return false;
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return false;
    remove_contents(directory.get());
  } else if (errno != ENOENT) {
    return false;
  }
  // Without a lock file it is ours to remove only when empty, which is all that rmdir does.
  return ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0;
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::create(std::string const& temporary) {
  constexpr int attempts = 16;  // each lost one means that another start took the new directory for a leftover
  int error = 0;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    std::string path = temporary + "/" + directory_prefix() + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      error = errno;
      break;
    }
    int const lock = create_lock(path);
    if (lock >= 0) return PrivateDirectory(path, lock);
    error = errno;
    ::rmdir(path.c_str());
    if (error != ENOENT && error != EAGAIN) break;
  }
  return Error{Code::source_refused,
               fmt::format("cannot make a private directory in \"{}\": {}", temporary, reason(error)),
               "set TMPDIR to a folder that can be written"};
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

PrivateDirectory& PrivateDirectory::operator=(PrivateDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

PrivateDirectory::~PrivateDirectory() { remove(); }

void PrivateDirectory::remove() {
  if (lock_ < 0) return;
  Descriptor const lock(std::exchange(lock_, -1));
  {
    Descriptor const directory(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    // After a cleaner of temporary files the name may belong to somebody else.
    if (!directory.is_open() || !is_named(lock.get(), directory.get())) return;
    remove_contents(directory.get());
  }
  ::rmdir(path_.c_str());
}

Result<PrivateFile> PrivateFile::create(std::string const& path) {
  int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return Error{Code::source_refused, fmt::format("cannot make the file \"{}\": {}", path, reason(errno))};
  }
  return PrivateFile(path, descriptor);
}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

PrivateFile::~PrivateFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Done> PrivateFile::write(char const* bytes, std::size_t size) {
  while (size > 0) {
    auto const written = ::write(descriptor_, bytes, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      return Error{Code::source_refused, fmt::format("cannot write \"{}\": {}", path_, reason(errno))};
    }
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return Done{};
}

Result<RegularFile> PrivateFile::for_reading() const {
  return RegularFile::open(fmt::format("/proc/self/fd/{}", descriptor_));
}

std::size_t remove_leftovers(std::string const& temporary) {
  Descriptor const parent(::open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.is_open()) return 0;
  auto const prefix = directory_prefix();
  std::size_t removed = 0;
  for (auto const& name : names_in(parent.get())) {
    if (name.starts_with(prefix) && name.size() == prefix.size() + 6 && remove_leftover(parent.get(), name)) ++removed;
  }
  return removed;
}

}  // namespace restapi::store
