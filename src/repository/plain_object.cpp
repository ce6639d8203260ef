// SPDX-License-Identifier: MIT
#include "repository/plain_object.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <utility>

#include "repository/errors.hpp"

namespace restapi::repository {

Result<std::size_t> read_at(FileDescriptor const& file, char* to, std::size_t size, std::uint64_t offset) {
  for (;;) {
    auto const read = ::pread(file.number(), to, size, static_cast<off_t>(offset));
    if (read >= 0) return static_cast<std::size_t>(read);
    if (errno != EINTR) return unreadable("reading an object", errno);
  }
}

PlainObject::PlainObject(SharedDescriptor file, std::uint64_t offset, std::uint64_t size, Range range,
                         std::optional<std::uint32_t> checksum)
    : Object(size), file_(std::move(file)), offset_(offset), range_(range), checksum_(checksum) {}

std::optional<FileRange> PlainObject::file_range() const {
  if (range_ == Range::is_not_offered) return std::nullopt;
  FileDescriptor own(::fcntl(file_->number(), F_DUPFD_CLOEXEC, 0));
  if (!own.is_open()) return std::nullopt;  // too many are open: reading needs no further one
  return FileRange{std::move(own), offset_, size()};
}

Result<std::size_t> PlainObject::more(char* to, std::size_t size) {
  auto read = read_at(*file_, to, size, offset_ + position());
  if (!read) return read;
  if (*read == 0) return damaged_object("its file has been cut short");
  if (checksum_) computed_ = static_cast<std::uint32_t>(::crc32_z(computed_, reinterpret_cast<Bytef*>(to), *read));
  return read;
}

Result<Done> PlainObject::pass(std::uint64_t) {
  is_whole_ = false;
  return Done{};
}

Result<Done> PlainObject::finish() {
  if (checksum_ && is_whole_ && computed_ != *checksum_) return damaged_object("its checksum is another");
  return Done{};
}

}  // namespace restapi::repository
