// SPDX-License-Identifier: MIT
#include "source/archive.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/statvfs.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <tuple>
#include <vector>

#include "base/printable.hpp"
#include "base/regular_file.hpp"
#include "source/private_file.hpp"
#include "source/zip_directory.hpp"

namespace restapi::source {
namespace {

constexpr char const* database_entry = "db.sqlite3";
constexpr char const* metadata_entry = "metadata.json";
constexpr char const* old_export_entry = "data.json";
// AiiDA's is some kB. A JSON document takes up to a hundred times its text in memory.
constexpr std::uint64_t largest_metadata = std::uint64_t{1} << 20;
constexpr std::size_t chunk_size = std::size_t{1} << 20;
constexpr std::uint64_t bytes_between_looks_at_the_disk = std::uint64_t{64} << 20;
constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};

/// The exports that AiiDA 2 does not migrate.
constexpr std::array<std::string_view, 3> versions_of_1x_alone{"0.1", "0.2", "0.3"};

/// The layouts of `db.sqlite3` that are read; the newest last. `1.0` is what the first pre-releases of AiiDA 2 wrote.
constexpr std::array<std::string_view, 5> readable_versions{"1.0", "main_0000", "main_0000a", "main_0000b",
                                                            "main_0001"};

struct ZipDiscard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct EntryClose {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Zip = std::unique_ptr<zip_t, ZipDiscard>;
using Entry = std::unique_ptr<zip_file_t, EntryClose>;

constexpr std::string_view not_an_archive = "its file is not an AiiDA archive that can be read";
constexpr std::string_view damaged = "its archive is damaged or was cut off";
constexpr std::string_view too_new = "its archive was written by a newer AiiDA than this server knows";
constexpr std::string_view passes = "";

Error refused(std::string message, std::string hint = {}, std::string_view lasting = not_an_archive) {
  return {Code::source_refused, std::move(message), std::move(hint), {}, {}, std::string(lasting)};
}

Result<Done> check_directory(zip_source_t* source, std::string const& name, ArchiveLimits const& limits) {
  auto const list = find_directory(source);
  if (!list || (list->entries <= limits.most_entries && list->bytes <= limits.longest_list)) return Done{};
  return refused(fmt::format(
      "the list of files in the archive \"{}\" is too long: {} entries or {}, where {} and {} are read", name,
      list->entries, readable_size(list->bytes), limits.most_entries, readable_size(limits.longest_list)));
}

/// Takes over the source, also when it fails.
Result<Zip> open_zip(zip_source_t* source, zip_error_t& error, std::string const& name, ArchiveLimits const& limits) {
  if (source != nullptr) {
    if (auto checked = check_directory(source, name, limits); !checked) {
      zip_source_free(source);
      return std::move(checked).error();
    }
  }
  zip_t* zip = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  if (zip == nullptr) {
    auto const result =
        refused(fmt::format("the archive \"{}\" cannot be opened: {}", name, zip_error_strerror(&error)),
                "it may have been cut off while it was copied", damaged);
    zip_source_free(source);
    return result;
  }
  return Zip(zip);
}

/// Looks by exact name, so what a Macintosh adds (`__MACOSX/._db.sqlite3`) is never met.
std::optional<zip_stat_t> find_entry(zip_t* zip, char const* name) {
  zip_stat_t status;
  zip_stat_init(&status);
  constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_INDEX;
  if (zip_stat(zip, name, 0, &status) != 0 || (status.valid & needed) != needed) return std::nullopt;
  return status;
}

/// Zip readers take the first of two entries with one name, or the last: what the archive holds would depend on who
/// looks.
bool is_repeated(zip_t* zip, zip_stat_t const& entry) {
  auto const count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(zip, 0), 0));
  for (zip_uint64_t index = 0; index < count; ++index) {
    auto const* other = zip_get_name(zip, index, 0);
    if (index != entry.index && other != nullptr && std::string_view(other) == entry.name) return true;
  }
  return false;
}

/// Hands an entry to `take(bytes, size) -> Result<Done>` piece by piece, never more than its declared size. libzip
/// compares the checksum when it comes to the end.
template <class Take>
Result<Done> read_entry(zip_t* zip, zip_stat_t const& status, std::string const& name, Take take) {
  Entry const entry(zip_fopen_index(zip, status.index, 0));
  if (!entry) {
    return refused(fmt::format("{} in the archive \"{}\" cannot be read: {}", status.name, name, zip_strerror(zip)), {},
                   damaged);
  }
  std::vector<char> chunk(chunk_size);
  std::uint64_t done = 0;
  for (;;) {
    auto const read = zip_fread(entry.get(), chunk.data(), chunk.size());
    if (read < 0) {
      return refused(
          fmt::format("{} in the archive \"{}\" is damaged: {}", status.name, name, zip_file_strerror(entry.get())),
          "copy or download the archive again", damaged);
    }
    if (read == 0) break;
    auto const size = static_cast<std::size_t>(read);
    done += size;
    if (done > status.size) break;
    if (auto taken = take(chunk.data(), size); !taken) return taken;
  }
  if (done != status.size) {
    return refused(fmt::format("{} in the archive \"{}\" has another size than the archive says", status.name, name),
                   {}, damaged);
  }
  return Done{};
}

Result<std::string> read_metadata(zip_t* zip, zip_stat_t const& status, std::string const& name) {
  if (status.size > largest_metadata) {
    return refused(
        fmt::format("metadata.json in the archive \"{}\" is too large ({})", name, readable_size(status.size)));
  }
  std::string text;
  auto const read = read_entry(zip, status, name, [&](char const* bytes, std::size_t size) -> Result<Done> {
    text.append(bytes, size);
    return Done{};
  });
  if (!read) return read.error();
  return text;
}

Result<std::string> export_version(std::string const& metadata, std::string const& name) {
  auto const json = nlohmann::json::parse(metadata, nullptr, false);
  if (!json.is_object()) return refused(fmt::format("metadata.json in the archive \"{}\" is not JSON", name));
  auto const found = json.find("export_version");
  if (found == json.end() || !found->is_string()) {
    return refused(fmt::format("metadata.json in the archive \"{}\" has no export_version", name));
  }
  return found->get<std::string>();
}

Result<std::string> readable_export_version(std::string const& metadata, std::string const& name) {
  auto found = export_version(metadata, name);
  if (!found) return found;
  auto const& version = *found;
  if (std::find(readable_versions.begin(), readable_versions.end(), version) != readable_versions.end()) return version;
  auto const shown = printable(version, 40);
  bool const is_newer = version.starts_with("main_") && version > readable_versions.back();
  return refused(fmt::format("the archive \"{}\" has the export version \"{}\"; {} can be read", name, shown,
                             fmt::join(readable_versions, ", ")),
                 is_newer ? "it was written by a newer AiiDA than this server knows" : migrate_hint(name, version),
                 is_newer ? too_new : old_export);
}

/// For messages about an export that is not read: empty where it says nothing.
std::string version_of_old_export(zip_t* zip, std::optional<zip_stat_t> const& metadata, std::string const& name) {
  if (!metadata) return {};
  auto const text = read_metadata(zip, *metadata, name);
  if (!text) return {};
  auto version = export_version(*text, name);
  return version ? *std::move(version) : std::string();
}

/// The folder that the files of an archive are in, where somebody unpacked it and packed the folder; empty where there
/// is none.
std::string folder_of_archive(zip_t* zip) {
  auto const count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(zip, 0), 0));
  auto const ending = std::string("/") + metadata_entry;
  for (zip_uint64_t index = 0; index < count; ++index) {
    auto const* written = zip_get_name(zip, index, 0);
    std::string_view const entry = written == nullptr ? "" : written;
    if (!entry.ends_with(ending) || entry.starts_with("__MACOSX/")) continue;
    std::string folder(entry.substr(0, entry.size() - ending.size()));
    for (auto const* beside : {database_entry, old_export_entry})
      if (find_entry(zip, (folder + "/" + beside).c_str())) return folder;
  }
  return {};
}

Error no_archive(zip_t* zip, std::string const& name, char const* missing) {
  auto message = fmt::format("\"{}\" is not an AiiDA archive: it has no {}", name, missing);
  auto const folder = folder_of_archive(zip);
  if (folder.empty()) return refused(std::move(message));
  return refused(fmt::format("{} at its top, but in the folder \"{}\"", message, printable(folder, 200)),
                 "unpack it, and pack what is in that folder without the folder");
}

/// What `needed` more bytes would leave of the disk.
Result<Done> check_space(std::uint64_t needed, std::string const& temporary, std::string const& name,
                         ArchiveLimits const& limits) {
  struct statvfs disk = {};
  if (::statvfs(temporary.c_str(), &disk) != 0) {
    return refused(
        fmt::format("the folder \"{}\" cannot be used: {}", temporary, std::generic_category().message(errno)),
        "set TMPDIR to a folder that can be written", passes);
  }
  auto const free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free < limits.free_space_kept || free - limits.free_space_kept < needed) {
    return refused(
        fmt::format("unpacking the archive \"{}\" needs {} in \"{}\", and {} besides that stays free; {} are free",
                    name, readable_size(needed), temporary, readable_size(limits.free_space_kept), readable_size(free)),
        "set TMPDIR to a folder on a larger disk", passes);
  }
  return Done{};
}

/// Refuses before the disk is touched.
Result<Done> check_cost(zip_stat_t const& status, std::uint64_t archive_size, std::string const& temporary,
                        std::string const& name, ArchiveLimits const& limits) {
  auto const packed = std::min<std::uint64_t>(status.comp_size, archive_size);  // the archive may say anything
  if (status.size >= limits.ratio_counts_from && status.size / limits.largest_ratio >= packed) {
    return refused(
        fmt::format("the database in the archive \"{}\" would grow from {} to {}, more than {} times, which no "
                    "database does",
                    name, readable_size(packed), readable_size(status.size), limits.largest_ratio));
  }
  return check_space(status.size, temporary, name, limits);
}

Result<UnpackedArchive> unpack_database(zip_t* zip, zip_stat_t const& status, std::string const& name,
                                        std::string const& temporary, Progress const& progress,
                                        ArchiveLimits const& limits) {
  auto file = PrivateFile::create(temporary);
  if (!file) return std::move(file).error();
  std::uint64_t done = 0;
  std::uint64_t next_look = bytes_between_looks_at_the_disk;
  auto const read = read_entry(zip, status, name, [&](char const* bytes, std::size_t size) -> Result<Done> {
    if (done == 0 && !std::string_view(bytes, size).starts_with(sqlite_magic)) {
      return refused(fmt::format("\"{}\" is not an AiiDA archive: its db.sqlite3 is not an SQLite database", name));
    }
    done += size;
    if (done >= next_look) {  // others write to this disk as well
      if (auto space = check_space(status.size - done, temporary, name, limits); !space) return space;
      next_look += bytes_between_looks_at_the_disk;
    }
    if (progress && !progress(done, status.size)) {
      return refused(fmt::format("unpacking the archive \"{}\" was stopped", name), {}, passes);
    }
    return file->write(bytes, size);
  });
  if (!read) return read.error();
  if (done == 0) return refused(fmt::format("\"{}\" is not an AiiDA archive: its db.sqlite3 is empty", name));
  auto database = file->for_reading();
  if (!database) return std::move(database).error();
  auto const copy = std::make_shared<RegularFile>(*std::move(database));
  return UnpackedArchive{copy->own_path(), {}, copy};
}

Result<UnpackedArchive> unpack(zip_t* zip, std::uint64_t archive_size, std::string const& name,
                               std::string const& temporary, Progress const& progress, ArchiveLimits const& limits) {
  auto const metadata = find_entry(zip, metadata_entry);
  if (find_entry(zip, old_export_entry)) {
    return refused(fmt::format("\"{}\" is an export of AiiDA 1.x or older (it has a data.json)", name),
                   migrate_hint(name, version_of_old_export(zip, metadata, name)), old_export);
  }
  auto const database = find_entry(zip, database_entry);
  if (!metadata) return no_archive(zip, name, metadata_entry);
  if (!database) return refused(fmt::format("\"{}\" is not an AiiDA archive: it has no {}", name, database_entry));
  for (auto const& entry : {*metadata, *database}) {
    if (is_repeated(zip, entry))
      return refused(fmt::format("the archive \"{}\" has more than one {}", name, entry.name));
  }
  auto const text = read_metadata(zip, *metadata, name);
  if (!text) return text.error();
  auto version = readable_export_version(*text, name);
  if (!version) return std::move(version).error();
  if (auto cost = check_cost(*database, archive_size, temporary, name, limits); !cost) return std::move(cost).error();
  auto unpacked = unpack_database(zip, *database, name, temporary, progress, limits);
  if (unpacked) unpacked->export_version = *std::move(version);
  return unpacked;
}

struct ZipError : zip_error_t {
  ZipError() : zip_error_t() { zip_error_init(this); }
  ZipError(ZipError const&) = delete;
  ZipError& operator=(ZipError const&) = delete;
  ~ZipError() { zip_error_fini(this); }
};

}  // namespace

Result<UnpackedArchive> unpack_archive(std::string const& path, std::string const& temporary, Progress const& progress,
                                       ArchiveLimits const& limits) {
  auto file = RegularFile::open(path);
  if (!file) return std::move(file).error();
  return unpack_archive(*std::move(file), path, temporary, progress, limits);
}

Result<UnpackedArchive> unpack_archive(RegularFile file, std::string const& name, std::string const& temporary,
                                       Progress const& progress, ArchiveLimits const& limits) {
  ZipError error;
  auto const size = file.size();
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(::fdopen(file.release(), "rb"), &std::fclose);
  auto* const source = zip_source_filep_create(stream.get(), 0, -1, &error);
  if (source != nullptr) std::ignore = stream.release();  // the source closes it
  // libzip takes several hundred bytes for each entry: one list of many at a time, of which the allocator keeps
  // nothing.
  constexpr std::uint64_t many = 100'000;
  static std::mutex one_at_a_time;
  std::unique_lock lock(one_at_a_time, std::defer_lock);
  auto const list = source == nullptr ? std::nullopt : find_directory(source);
  if (list && list->entries > many) lock.lock();
  auto zip = open_zip(source, error, name, limits);
  if (!zip) return zip.error();
  auto unpacked = unpack(zip->get(), size, name, temporary, progress, limits);
  zip->reset();
  if (lock) ::malloc_trim(0);
  return unpacked;
}

Result<UnpackedArchive> unpack_archive(std::span<std::byte const> bytes, std::string const& name,
                                       std::string const& temporary, Progress const& progress,
                                       ArchiveLimits const& limits) {
  ZipError error;
  auto const zip = open_zip(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error), error, name, limits);
  if (!zip) return zip.error();
  return unpack(zip->get(), bytes.size(), name, temporary, progress, limits);
}

std::string migrate_hint(std::string const& name, std::string_view export_version) {
  auto with_2x = fmt::format("`verdi archive migrate \"{}\" new.aiida` makes one that can be read", name);
  bool const needs_1x =
      std::find(versions_of_1x_alone.begin(), versions_of_1x_alone.end(), export_version) != versions_of_1x_alone.end();
  if (!needs_1x && !export_version.empty()) return with_2x;
  auto const with_1x = fmt::format("`verdi export migrate \"{}\" newer.aiida` of AiiDA 1.x", name);
  if (needs_1x)
    return with_1x + " comes first, as AiiDA 2 does not read it; then `verdi archive migrate newer.aiida new.aiida`";
  return fmt::format("{}; before the export version 0.4, {} comes first", with_2x, with_1x);
}

std::string readable_size(std::uint64_t bytes) {
  constexpr std::array units{"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} {}", bytes, units[unit]) : fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace restapi::source
