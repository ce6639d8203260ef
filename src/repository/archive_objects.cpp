// SPDX-License-Identifier: MIT
#include "repository/archive_objects.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "repository/errors.hpp"
#include "repository/hash.hpp"
#include "repository/inflated_object.hpp"
#include "repository/plain_object.hpp"

namespace restapi::repository {
namespace {

constexpr std::uint16_t stored = 0, deflated = 8;
constexpr std::uint16_t is_encrypted = 1;

}  // namespace

ArchiveObjects::ArchiveObjects(FileDescriptor archive)
    : archive_(std::make_shared<FileDescriptor const>(std::move(archive))), opened_(state_of(*archive_)) {}

Result<std::unique_ptr<ArchiveObjects>> ArchiveObjects::copy_of(std::span<std::byte const> archive) {
  FileDescriptor file(::memfd_create("archive", MFD_CLOEXEC));
  if (!file.is_open()) return unreadable("a copy of the archive", errno);
  while (!archive.empty()) {
    auto const written = ::write(file.number(), archive.data(), archive.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return unreadable("a copy of the archive", errno);
    archive = archive.subspan(static_cast<std::size_t>(written));
  }
  return std::make_unique<ArchiveObjects>(std::move(file));
}

/// The time of the last change (ctime) would tell more, but it is also that of a new name and of being removed, which
/// change nothing here. Who writes to the file and sets the time back meets the checksums of its entries.
std::optional<ArchiveObjects::State> ArchiveObjects::state_of(FileDescriptor const& file) {
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) return std::nullopt;
  constexpr std::int64_t second = 1'000'000'000;
  return State{status.st_size, std::int64_t{status.st_mtim.tv_sec} * second + status.st_mtim.tv_nsec};
}

Result<std::shared_ptr<ZipList const>> ArchiveObjects::list() {
  std::lock_guard const lock(mutex_);
  if (!list_) {
    auto read = ZipList::read(*archive_, static_cast<std::uint64_t>(opened_->size));
    if (!read) return std::move(read).error();
    list_ = std::make_shared<ZipList const>(*std::move(read));
  }
  return list_;
}

Result<std::unique_ptr<Object>> ArchiveObjects::find(std::string_view hash) {
  if (!is_hash(hash, sha256_digits)) return missing_object("its hash is none of SHA-256");
  auto const now = state_of(*archive_);
  if (!opened_ || !now) return unavailable("the archive cannot be looked at");
  if (*now != *opened_) return damaged_repository("the archive has been written to since it was opened");
  auto const list = this->list();
  if (!list) return list.error();
  auto const entry = (*list)->find(*archive_, hash);
  if (!entry) return entry.error();
  if ((entry->flags & is_encrypted) != 0) return damaged_object("it is encrypted");
  auto const begin = find_bytes(*archive_, *entry);
  if (!begin) return begin.error();
  auto const size = static_cast<std::uint64_t>(opened_->size);
  if (*begin > size || entry->packed > size - *begin) return damaged_object("it goes beyond the end of the archive");
  switch (entry->method) {
    case stored:
      if (entry->packed != entry->size) return damaged_object("its sizes in the archive differ");
      // Not for sendfile: an archive may be written to in place.
      return std::unique_ptr<Object>(std::make_unique<PlainObject>(
          archive_, *begin, entry->size, PlainObject::Range::is_not_offered, entry->checksum));
    case deflated:
      return inflate_object(archive_,
                            {*begin, entry->packed, entry->size, PackedRange::Format::deflate, entry->checksum});
    default:
      return damaged_object("the archive has packed it by method " + std::to_string(entry->method));
  }
}

}  // namespace restapi::repository
