// SPDX-License-Identifier: MIT
/// The content of a file, which may be larger than memory: an *object* of a repository, found by the hash of its bytes.
/// It is read piece by piece from its beginning, in constant memory, whether it is stored as it is or compressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace restapi::repository {

/// Bytes of a regular file, which nobody changes in place.
struct FileRange {
  FileDescriptor file;  ///< open for reading; where it stands is not to be relied on (pread, sendfile with an offset)
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Stays readable, whatever happens to the repository and to who has opened it. One thread at a time.
class Object {
 public:
  explicit Object(std::uint64_t size) : size_(size) {}
  virtual ~Object() = default;
  Object(Object const&) = delete;
  Object& operator=(Object const&) = delete;

  std::uint64_t size() const { return size_; }          ///< all of it, in bytes
  std::uint64_t position() const { return position_; }  ///< where the next byte comes from

  /// The next bytes, at least one and at most `size` of them; 0: the end. 64 KiB is a good size. The last bytes of an
  /// object that turns out to be damaged are never given. Requires: no call has failed before, `size` is not 0.
  /// Errors: Code::store_damaged, store_unavailable.
  Result<std::size_t> read(char* to, std::size_t size);

  /// Passes over bytes. Costs nothing where they are stored as they are; what is compressed is unpacked (some 100 MB a
  /// second), so that many bytes are best skipped in several calls, with a look at the clock. A checksum over all bytes
  /// may not be compared any more. Errors as above; Code::out_of_range beyond the end.
  Result<Done> skip(std::uint64_t bytes);

  /// All of it, wherever this stands, if it is a plain range of a file that is written once: for sendfile(2). Nothing
  /// where it has to be read.
  virtual std::optional<FileRange> file_range() const { return std::nullopt; }

 protected:
  std::uint64_t left() const { return size_ - position_; }

 private:
  /// Between 1 and `size` bytes, where 0 < size <= left().
  virtual Result<std::size_t> more(char* to, std::size_t size) = 0;

  /// Passes over 0 < bytes <= left(). Reads them, unless there is a better way.
  virtual Result<Done> pass(std::uint64_t bytes);

  /// Called once, when all bytes have been read or passed over and before the last are given: whether that was right.
  virtual Result<Done> finish() { return Done{}; }

  std::uint64_t const size_;
  std::uint64_t position_ = 0;
  bool is_finished_ = false;
};

/// A repository. Any thread may call, many at once.
class Objects {
 public:
  Objects() = default;
  virtual ~Objects() = default;
  Objects(Objects const&) = delete;
  Objects& operator=(Objects const&) = delete;

  /// From the byte `offset` on. The hash may be any text; only lower-case hex digits are ever looked for.
  /// Errors: Code::no_such_object where it is not in the repository; store_damaged; store_unavailable (the repository
  /// is not there, or cannot be read now); store_too_slow; overloaded (no descriptor or memory left); out_of_range
  /// beyond the end. Messages name no paths; Error::detail does, for the log.
  Result<std::unique_ptr<Object>> open(std::string_view hash, std::uint64_t offset = 0);

 private:
  virtual Result<std::unique_ptr<Object>> find(std::string_view hash) = 0;
};

}  // namespace restapi::repository
