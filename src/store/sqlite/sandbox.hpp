// SPDX-License-Identifier: MIT
/// Where the threads of this process are while SQLite works for them: it then opens regular files alone, and these for
/// reading, makes none but its temporary ones, takes its memory from a share, and survives that a mapped file is cut
/// short.
///
/// SQLite would otherwise make a file beside a served one, `-wal` and `-shm` as the server's user, which keeps the
/// owner from writing; remove a journal that it takes for a leftover; and wait for ever where a pipe has taken the
/// file's name.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/file_identity.hpp"

namespace restapi::store {

/// The memory that the connections of one profile take together. SQLite keeps some of what one connection has
/// allocated for others, so a share is never destroyed, but used again when everything is back.
class HeapShare {
 public:
  /// Beyond it SQLite has no memory for the statement that wants more: one document of the largest size is read with
  /// several times its length.
  static constexpr std::int64_t limit = std::int64_t{512} << 20;

  static std::shared_ptr<HeapShare> create();  ///< any thread; when it goes, nobody enters the share again
  HeapShare(HeapShare const&) = delete;
  HeapShare& operator=(HeapShare const&) = delete;

  // What follows is for the allocator.
  bool take(std::int64_t bytes) {
    if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::int64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  // Threads that are inside for it.
  void enter() { users_.fetch_add(1, std::memory_order_relaxed); }
  void leave() { users_.fetch_sub(1, std::memory_order_relaxed); }
  bool has_others() const { return users_.load(std::memory_order_relaxed) > 1; }

 private:
  HeapShare() = default;

  std::atomic<std::int64_t> used_ = 0;
  std::atomic<int> users_ = 0;
  std::atomic<bool> is_owned_ = true;
};

/// The largest temporary file, in bytes: what sorting does not keep in memory. A statement that wants more fails.
inline constexpr std::int64_t largest_temporary_file = std::int64_t{1} << 30;

/// Whether a file must not be read: asked of each that has been opened.
using Forbids = std::function<bool(FileIdentity const& file)>;

/// Enter before each use of SQLite, leave after it, on the same thread. A thread that has entered several times, for
/// one profile, is inside until it has left as often. What is handed in must live as long.
void enter_sqlite_sandbox(HeapShare& share, Forbids const& forbids);
void leave_sqlite_sandbox();

/// Why SQLite had no memory, or no room in its temporary file.
enum class Shortage {
  none,
  own,     ///< the statement alone would need more than the limit
  others,  ///< other statements of the profile have what there is
  system,  ///< the system has no more
};

/// Of this thread, since it was outside the last time.
Shortage last_shortage();

}  // namespace restapi::store
