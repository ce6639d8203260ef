// SPDX-License-Identifier: MIT
#include "repository/zip_list.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "repository/errors.hpp"
#include "repository/hash.hpp"
#include "repository/plain_object.hpp"

namespace restapi::repository {
namespace {

constexpr std::string_view entry_magic = "PK\1\2", header_magic = "PK\3\4", end_magic = "PK\5\6";
constexpr std::string_view locator_magic = "PK\6\7", zip64_magic = "PK\6\6";
constexpr std::size_t entry_size = 46, header_size = 30, end_size = 22, locator_size = 20, zip64_size = 56;
constexpr std::size_t longest_comment = 65'535;
constexpr std::size_t longest_entry = entry_size + 3 * 65'535;
constexpr std::uint64_t elsewhere = 0xffffffff;  // in the zip64 record
constexpr std::string_view folder = "repo/";

/// Hashes begin alike by chance once in 2^64 pairs.
constexpr int most_alike = 8;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

Error damaged(char const* what) { return damaged_repository(std::string("the archive ") + what); }

/// All of so many bytes, or an error.
Result<std::string> read_all(FileDescriptor const& file, std::uint64_t at, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    auto const read = read_at(file, bytes.data() + done, size - done, at + done);
    if (!read) return read.error();
    if (*read == 0) return damaged("has been cut short");
    done += *read;
  }
  return bytes;
}

struct Directory {
  std::uint64_t begin = 0, end = 0;
};

/// What the record at the end says, which libzip has accepted when the archive was opened: of several that could be it,
/// the last.
Result<Directory> find_directory(FileDescriptor const& file, std::uint64_t size) {
  auto const tail_size = std::min<std::uint64_t>(size, longest_comment + end_size + locator_size);
  auto const tail = read_all(file, size - tail_size, static_cast<std::size_t>(tail_size));
  if (!tail) return tail.error();
  auto at = tail->rfind(end_magic);
  auto const is_cut = [&] {
    return at + end_size > tail->size() || at + end_size + number(*tail, at + 20, 2) > tail->size();
  };
  while (at != tail->npos && is_cut()) at = at == 0 ? tail->npos : tail->rfind(end_magic, at - 1);
  if (at == tail->npos) return damaged("has no list of files at its end");

  auto length = number(*tail, at + 12, 4), begin = number(*tail, at + 16, 4);
  auto limit = size - tail_size + at;
  if (at >= locator_size && std::string_view(*tail).substr(at - locator_size).starts_with(locator_magic)) {
    limit = number(*tail, at - locator_size + 8, 8);
    if (limit > size || size - limit < zip64_size) return damaged("has a zip64 record that is not there");
    auto const record = read_all(file, limit, zip64_size);
    if (!record) return record.error();
    if (!record->starts_with(zip64_magic)) return damaged("has a zip64 record that is not there");
    length = number(*record, 40, 8);
    begin = number(*record, 48, 8);
  }
  if (begin > limit || length > limit - begin) return damaged("has a list of files that is not there");
  return Directory{begin, begin + length};
}

/// A part of the file that moves forward.
class Window {
 public:
  Window(FileDescriptor const& file, std::uint64_t end) : file_(file), end_(end) {}

  /// From `at` on: as much as an entry may take, if there is so much. Requires: at <= end.
  Result<std::string_view> from(std::uint64_t at) {
    constexpr std::uint64_t piece = std::uint64_t{1} << 20;
    auto const needed = std::min<std::uint64_t>(longest_entry, end_ - at);
    if (at < begin_ || at - begin_ > bytes_.size() || bytes_.size() - (at - begin_) < needed) {
      auto bytes = read_all(file_, at, static_cast<std::size_t>(std::min(piece, end_ - at)));
      if (!bytes) return bytes.error();
      bytes_ = *std::move(bytes);
      begin_ = at;
    }
    return std::string_view(bytes_).substr(static_cast<std::size_t>(at - begin_));
  }

 private:
  FileDescriptor const& file_;
  std::uint64_t const end_;
  std::uint64_t begin_ = 0;
  std::string bytes_;
};

std::size_t digit(char hex) { return static_cast<std::size_t>(hex <= '9' ? hex - '0' : hex - 'a' + 10); }

/// Of 16 digits.
std::uint64_t start_of(std::string_view hash) {
  std::uint64_t start = 0;
  for (auto const hex : hash.substr(0, 2 * sizeof start)) start = start << 4 | digit(hex);
  return start;
}

/// What does not fit into an entry, in the order in which it does not.
bool take_from_zip64(ZipEntry& entry, std::string_view extra) {
  std::uint64_t* const fields[] = {&entry.size, &entry.packed, &entry.header};
  bool const is_needed = std::ranges::any_of(fields, [](auto const* field) { return *field == elsewhere; });
  constexpr std::size_t head = 4;
  while (is_needed && extra.size() >= head) {
    auto const id = number(extra, 0, 2);
    auto record = extra.substr(head, static_cast<std::size_t>(number(extra, 2, 2)));
    extra.remove_prefix(head + record.size());
    if (id != 1) continue;
    for (auto* const field : fields) {
      if (*field != elsewhere) continue;
      if (record.size() < sizeof *field) return false;
      *field = number(record, 0, sizeof *field);
      record.remove_prefix(sizeof *field);
    }
    return true;
  }
  return true;  // one of 4 GiB less a byte is possible
}

}  // namespace

Result<ZipList> ZipList::read(FileDescriptor const& file, std::uint64_t size) {
  auto const directory = find_directory(file, size);
  if (!directory) return directory.error();
  std::vector<Place> places;
  Window window(file, directory->end);
  for (auto at = directory->begin; at < directory->end;) {
    auto const bytes = window.from(at);
    if (!bytes) return bytes.error();
    if (bytes->size() < entry_size || !bytes->starts_with(entry_magic)) return damaged("has a damaged list of files");
    auto const name_size = static_cast<std::size_t>(number(*bytes, 28, 2));
    auto const length = entry_size + name_size + number(*bytes, 30, 2) + number(*bytes, 32, 2);
    if (length > bytes->size()) return damaged("has a damaged list of files");
    auto const name = bytes->substr(entry_size, name_size);
    if (name.starts_with(folder) && is_hash(name.substr(folder.size()), sha256_digits)) {
      if (places.size() == most_entries) return damaged("has more files than are read");
      places.push_back({start_of(name.substr(folder.size())), at});
    }
    at += length;
  }
  places.shrink_to_fit();
  std::ranges::sort(places, {}, &Place::start);
  return ZipList(std::move(places));
}

Result<ZipEntry> ZipList::find(FileDescriptor const& file, std::string_view hash) const {
  auto const start = start_of(hash);
  auto place = std::ranges::lower_bound(places_, start, {}, &Place::start);
  for (int looks = 0; place != places_.end() && place->start == start; ++place, ++looks) {
    if (looks == most_alike) return damaged("has too many files of one name");
    auto const fixed = read_all(file, place->at, entry_size + folder.size() + sha256_digits);
    if (!fixed) return fixed.error();
    if (std::string_view(*fixed).substr(entry_size + folder.size()) != hash) continue;
    auto const extra = read_all(file, place->at + fixed->size(), static_cast<std::size_t>(number(*fixed, 30, 2)));
    if (!extra) return extra.error();
    ZipEntry entry;
    entry.flags = static_cast<std::uint16_t>(number(*fixed, 8, 2));
    entry.method = static_cast<std::uint16_t>(number(*fixed, 10, 2));
    entry.checksum = static_cast<std::uint32_t>(number(*fixed, 16, 4));
    entry.packed = number(*fixed, 20, 4);
    entry.size = number(*fixed, 24, 4);
    entry.header = number(*fixed, 42, 4);
    if (!take_from_zip64(entry, *extra)) return damaged_object("its sizes in the archive are missing");
    return entry;
  }
  return missing_object("the archive has no entry for it");
}

Result<std::uint64_t> find_bytes(FileDescriptor const& file, ZipEntry const& entry) {
  // Offsets are those of a signed number.
  constexpr std::uint64_t farthest = std::uint64_t{1} << 62;
  if (entry.header > farthest || entry.packed > farthest) return damaged_object("it lies outside the archive");
  auto const header = read_all(file, entry.header, header_size);
  if (!header) return damaged_object(header.error().detail);
  if (!header->starts_with(header_magic)) return damaged_object("it is not where the archive's list of files says");
  // The name is the one of the list; what else stands there differs in length.
  return entry.header + header_size + number(*header, 26, 2) + number(*header, 28, 2);
}

}  // namespace restapi::repository
