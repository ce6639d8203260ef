// SPDX-License-Identifier: MIT
#include "store/sqlite/sandbox.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <mutex>
#include <string_view>
#include <utility>

namespace restapi::store {
namespace {

namespace api = sqlite_api;

struct Inside {
  int times = 0;
  HeapShare* share = nullptr;
  Forbids const* forbids = nullptr;
};
thread_local Inside inside;
thread_local Shortage shortage = Shortage::none;

// ---- Files -------------------------------------------------------------------------------------------------------

/// SQLite's own, below $TMPDIR or /tmp; where neither can be written it would take the current folder.
bool is_temporary(std::string_view path) {
  auto const slash = path.rfind('/');
  return slash != path.npos && path.starts_with('/') && path.substr(slash + 1).starts_with("etilqs_");
}

/// What SQLite reads random numbers from, and what it keeps the descriptors 0 to 2 busy with.
bool is_harmless_device(std::string_view path) { return path == "/dev/urandom" || path == "/dev/null"; }

/// Paths that begin with a link that leads to an open file or folder, whatever has taken its name.
bool is_below_descriptor(std::string_view path) { return path.starts_with("/proc/self"); }

/// What RegularFile::own_path gives.
bool is_descriptor(std::string_view path) {
  constexpr std::string_view all = "/proc/self/fd/";
  return path.starts_with(all) && path.find('/', all.size()) == path.npos;
}

/// A name in a folder that is open, which the kernel finds in a third of the time that the path takes it.
struct FolderEntry {
  int folder;
  char const* name;
};
FolderEntry entry_of(char const* path) {
  constexpr std::string_view all = "/proc/self/fd/";
  if (!std::string_view(path).starts_with(all)) return {AT_FDCWD, path};
  char* end = nullptr;
  auto const folder = std::strtol(path + all.size(), &end, 10);
  return *end == '/' ? FolderEntry{static_cast<int>(folder), end + 1} : FolderEntry{AT_FDCWD, path};
}

/// A regular file, as openat(2) finds it.
bool is_forbidden(int descriptor, char const* name) {
  if (!*inside.forbids) return false;
  auto const file = identity_of_file(descriptor, name);
  return !file || (*inside.forbids)(*file);
}

/// What SQLite keeps beside a database has one name. With a second one it may be that of another database.
bool is_another_ones(std::string_view path, struct stat const& status) {
  bool const is_beside = path.ends_with("-wal") || path.ends_with("-shm") || path.ends_with("-journal");
  return is_beside && status.st_nlink > 1;
}

/// What it is, is found out by way of a descriptor that only stands for it: opening a pipe would wait for somebody to
/// write to it, and closing a database takes away all locks that this process has on it (fcntl(2)), also those of the
/// profile that it belongs to.
int open_for_reading(char const* path, int flags) {
  if (is_descriptor(path)) flags &= ~O_NOFOLLOW;
  auto const [folder, name] = entry_of(path);
  auto const place = ::openat(folder, name, O_PATH | O_CLOEXEC | (flags & O_NOFOLLOW));
  if (place < 0) return -1;
  struct stat status = {};
  bool const is_regular = ::fstat(place, &status) == 0 && S_ISREG(status.st_mode);
  int file = -1, error = S_ISLNK(status.st_mode) ? ELOOP : ENXIO;
  if ((is_regular && !is_forbidden(place, "") && !is_another_ones(path, status)) || is_harmless_device(path)) {
    std::array<char, 32> own;
    std::snprintf(own.data(), own.size(), "/proc/self/fd/%d", place);
    file = ::open(own.data(), (flags & ~O_NOFOLLOW) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    error = errno;
  }
  ::close(place);
  errno = error;
  return file;
}

int guarded_open(char const* path, int flags, int mode) {
  if (inside.times == 0 || is_temporary(path)) return ::open(path, flags, mode);
  bool const writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
  if (!writes) return open_for_reading(path, flags);
  errno = EACCES;
  return -1;
}

/// SQLite looks where links lead, and opens the name that it has found there, where another file may lie by now.
int guarded_lstat(char const* path, struct stat* status) {
  if (inside.times == 0 || !is_below_descriptor(path)) return ::lstat(path, status);
  auto const [folder, name] = entry_of(path);
  return ::fstatat(folder, name, status, 0);
}

/// SQLite looks which file it is before it opens one: where it has that one open already, it may take that descriptor.
int guarded_stat(char const* path, struct stat* status) {
  auto const [folder, name] = inside.times > 0 ? entry_of(path) : FolderEntry{AT_FDCWD, path};
  auto const result = ::fstatat(folder, name, status, 0);
  if (inside.times == 0 || result != 0 || !S_ISREG(status->st_mode) || !is_forbidden(folder, name)) return result;
  errno = EACCES;
  return -1;
}

int guarded_unlink(char const* path) {
  if (inside.times == 0 || is_temporary(path)) return ::unlink(path);
  errno = EACCES;
  return -1;
}

/// As root, SQLite would give files beside a database to the database's owner.
int guarded_fchown(int file, uid_t user, gid_t group) { return inside.times == 0 ? ::fchown(file, user, group) : 0; }

/// All that is written inside is temporary: everything else is open for reading.
bool is_too_large(std::size_t size, off_t offset) {
  if (inside.times == 0 || offset + static_cast<off_t>(size) <= largest_temporary_file) return false;
  shortage = Shortage::own;
  errno = ENOSPC;
  return true;
}

ssize_t noting_shortage(ssize_t written) {
  if (written < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) shortage = Shortage::system;
  return written;
}

ssize_t guarded_pwrite(int file, void const* bytes, std::size_t size, off_t offset) {
  return is_too_large(size, offset) ? -1 : noting_shortage(::pwrite(file, bytes, size, offset));
}

ssize_t guarded_write(int file, void const* bytes, std::size_t size) {
  bool const is_full = inside.times > 0 && is_too_large(size, ::lseek(file, 0, SEEK_CUR));
  return is_full ? -1 : noting_shortage(::write(file, bytes, size));
}

int (*former_sleep)(api::sqlite3_vfs*, int) = nullptr;

/// Where the locks of a write-ahead log are held by somebody, SQLite sleeps in between a hundred tries, ten seconds in
/// all, whatever its time limit (walTryBeginRead in wal.c: 39 µs × n²). It waits for whole milliseconds elsewhere.
int guarded_sleep(api::sqlite3_vfs* system, int microseconds) {
  constexpr int millisecond = 1'000;
  bool const is_between_tries = inside.times > 0 && microseconds % millisecond != 0;
  return former_sleep(system, is_between_tries ? std::min(microseconds, millisecond) : microseconds);
}

void guard_files() {
  struct Call {
    char const* name;
    api::sqlite3_syscall_ptr function;
  };
  Call const calls[] = {{"open", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_open)},
                        {"stat", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_stat)},
                        {"lstat", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_lstat)},
                        {"unlink", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_unlink)},
                        {"fchown", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_fchown)},
                        {"write", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_write)},
                        {"pwrite", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_pwrite)},
                        {"pwrite64", reinterpret_cast<api::sqlite3_syscall_ptr>(guarded_pwrite)}};
  auto* const system = api::sqlite3_vfs_find(nullptr);
  for (auto const& call : calls) system->xSetSystemCall(system, call.name, call.function);
  former_sleep = std::exchange(system->xSleep, guarded_sleep);
}

// ---- Mapped memory -----------------------------------------------------------------------------------------------

std::uintptr_t const page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));

/// The index of a write-ahead log is mapped, and whoever may write beside the file may cut it short: reading it then
/// raises SIGBUS, which would end all profiles. A page of zeros takes the place of what is gone; SQLite takes that for
/// an index that has to be made anew, and says so.
void fill_what_was_cut(int number, siginfo_t* what, void*) {
  auto const former_errno = errno;
  auto* const page = static_cast<char*>(what->si_addr) - reinterpret_cast<std::uintptr_t>(what->si_addr) % page_size;
  bool const is_cut = inside.times > 0 && what->si_code == BUS_ADRERR;
  bool const is_filled =
      is_cut && ::mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
  if (!is_filled) ::signal(number, SIG_DFL);  // it comes again, and ends the process
  errno = former_errno;
}

void guard_mapped_memory() {
  struct sigaction action = {};
  action.sa_sigaction = fill_what_was_cut;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGBUS, &action, nullptr);
}

// ---- Memory ------------------------------------------------------------------------------------------------------

/// Before each block: whom to give it back to.
struct alignas(std::max_align_t) Header {
  HeapShare* share;
  std::int64_t bytes;  // with the header

  static Header* of(void* block) { return static_cast<Header*>(block) - 1; }
  void* block() { return this + 1; }
};

constexpr std::int64_t with_header(int size) { return std::int64_t{size} + std::int64_t{sizeof(Header)}; }

void give_back(HeapShare* share, std::int64_t bytes) {
  if (share != nullptr) share->give_back(bytes);
}

bool take(HeapShare* share, std::int64_t bytes) {
  if (share == nullptr || share->take(bytes)) return true;
  shortage = share->has_others() ? Shortage::others : Shortage::own;
  return false;
}

void* allocate(int size) {
  auto const bytes = with_header(size);
  auto* const share = inside.share;
  if (!take(share, bytes)) return nullptr;
  auto* const header = static_cast<Header*>(std::malloc(static_cast<std::size_t>(bytes)));
  if (header == nullptr) {
    shortage = Shortage::system;
    give_back(share, bytes);
    return nullptr;
  }
  *header = {share, bytes};
  return header->block();
}

void deallocate(void* block) {
  auto* const header = Header::of(block);
  give_back(header->share, header->bytes);
  std::free(header);
}

void* reallocate(void* block, int size) {
  auto* const header = Header::of(block);
  auto const former = *header;
  auto const bytes = with_header(size);
  auto const more = bytes - former.bytes;
  if (more > 0 && !take(former.share, more)) return nullptr;
  auto* const moved = static_cast<Header*>(std::realloc(header, static_cast<std::size_t>(bytes)));
  if (moved == nullptr) {
    shortage = Shortage::system;
    if (more > 0) give_back(former.share, more);
    return nullptr;
  }
  if (more < 0) give_back(former.share, -more);
  moved->bytes = bytes;
  return moved->block();
}

int size_of(void* block) {
  return block == nullptr ? 0 : static_cast<int>(Header::of(block)->bytes - std::int64_t{sizeof(Header)});
}

int round_up(int size) { return (size + 7) & ~7; }

/// Has no effect where SQLite has been used before, which in this program it has not.
void share_memory() {
  api::sqlite3_mem_methods methods = {
      allocate, deallocate, reallocate, size_of, round_up, [](void*) { return SQLITE_OK; }, [](void*) {}, nullptr};
  api::sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
  api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // its counters are behind one lock for all threads
}

bool set_up() {
  share_memory();
  guard_files();
  guard_mapped_memory();
  return true;
}

}  // namespace

std::shared_ptr<HeapShare> HeapShare::create() {
  static std::mutex mutex;
  static auto* const shares = new std::list<HeapShare*>;  // for ever
  std::lock_guard const lock(mutex);
  auto const is_free = [](auto* share) { return !share->is_owned_ && share->used_ == 0; };
  auto const found = std::ranges::find_if(*shares, is_free);
  auto* const share = found == shares->end() ? shares->emplace_back(new HeapShare) : *found;
  share->is_owned_ = true;
  return {share, [](HeapShare* released) { released->is_owned_ = false; }};
}

void enter_sqlite_sandbox(HeapShare& share, Forbids const& forbids) {
  [[maybe_unused]] static bool const is_set_up = set_up();
  if (inside.times++ == 0) {
    share.enter();
    shortage = Shortage::none;
  }
  inside.share = &share;
  inside.forbids = &forbids;
}

void leave_sqlite_sandbox() {
  if (--inside.times > 0) return;
  inside.share->leave();
  inside = {};
}

Shortage last_shortage() { return shortage; }

}  // namespace restapi::store
