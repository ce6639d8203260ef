// SPDX-License-Identifier: MIT
#include "source/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/passwords.hpp"
#include "base/printable.hpp"
#include "base/regular_file.hpp"
#include "base/suggest.hpp"
#include "source/archive.hpp"

namespace restapi::source {
namespace {

namespace fs = std::filesystem;

Error refused(std::string message, std::string hint, std::string lasting) {
  return {Code::source_refused, std::move(message), std::move(hint), {}, {}, std::move(lasting)};
}

enum class Content { sqlite, zip, old_export, other };

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  Content content;
};
constexpr std::array magics{
    Magic{0, {"SQLite format 3\0", 16}, Content::sqlite},
    Magic{0, "PK\3\4", Content::zip},
    Magic{0, "PK\5\6", Content::zip},
    Magic{0, "\x1f\x8b", Content::old_export},
    Magic{257, "ustar", Content::old_export},
};

Content content_of(std::string_view beginning) {
  for (auto const& magic : magics) {
    if (beginning.size() > magic.offset && beginning.substr(magic.offset).starts_with(magic.bytes))
      return magic.content;
  }
  return Content::other;
}

constexpr std::array<std::string_view, 5> endings{".aiida", ".zip", ".sqlite", ".sqlite3", ".db"};

/// `mc3d` of `mc3d.aiida`; a name that is nothing but an ending stays.
std::string without_ending(std::string const& file_name) {
  for (auto const ending : endings) {
    if (file_name.size() > ending.size() && file_name.ends_with(ending))
      return file_name.substr(0, file_name.size() - ending.size());
  }
  return file_name;
}

constexpr char const* not_there = "its file is not there";
constexpr char const* not_a_file = "something else is in the place of its file";
constexpr char const* not_readable = "its file cannot be read";

/// `data` of `my/data/`.
std::string last_part(std::string const& path) {
  auto const whole = fs::path(path);
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

/// The paths of what may be a database in a folder, in order.
Result<std::vector<std::string>> files_of(std::string const& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    bool const is_hidden = entry->path().filename().string().starts_with(".");
    if (!is_hidden && !entry->is_directory(ignored)) paths.push_back(entry->path().string());
  }
  if (error)
    return refused(fmt::format("the folder \"{}\" cannot be read: {}", folder, error.message()), {},
                   "its folder cannot be read");
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Whole names for those that share one. A whole name may be another's name without its ending, hence the repetition.
void tell_apart(std::vector<FoundSource>& found) {
  for (bool changed = true; changed;) {
    std::map<std::string, int> times;
    for (auto const& one : found) ++times[one.name];
    changed = false;
    for (auto& one : found) {
      auto whole = fs::path(one.source.location).filename().string();
      if (times[one.name] == 1 || one.name == whole) continue;
      one.name = std::move(whole);
      changed = true;
    }
  }
}

}  // namespace

bool has_ending_of_database(std::string_view text) {
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return text.ends_with(ending); });
}

namespace {

/// `did you mean "mc3d.aiida"?`; empty where no file beside it has a name like that.
std::string name_beside(fs::path const& path) {
  constexpr std::size_t most = 1000;
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(path.has_parent_path() ? path.parent_path() : fs::path("."), error);
  for (; !error && entries != fs::directory_iterator() && names.size() < most; entries.increment(error))
    names.push_back(entries->path().filename().string());
  std::vector<std::string_view> const known(names.begin(), names.end());
  auto const meant = nearest(path.filename().string(), known);
  return meant ? fmt::format("did you mean \"{}\"?", printable(*meant)) : "";
}

/// The files of nodes, where the database is a profile's (core.sqlite_dos), whose folder holds both. Empty: not there.
std::string container_beside(fs::path const& database) {
  std::error_code error;
  auto const container = database.parent_path() / container_of_profile;
  return database.filename() == database_of_profile && fs::is_directory(container, error) ? container.string() : "";
}

}  // namespace

std::string lasting_reason_of_file(std::string const& path) {
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return not_there;
  if (error) return not_readable;
  if (!fs::is_regular_file(status)) return not_a_file;
  return ::access(path.c_str(), R_OK) == 0 ? "" : not_readable;
}

Result<FoundSource> recognise(std::string const& path) {
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    auto const* const what = path.ends_with('/') ? "folder" : "file";
    return refused(fmt::format("no such {}: \"{}\"", what, shown_missing_path(path)), name_beside(path),
                   fmt::format("its {} is not there", what));
  }
  if (fs::is_directory(status)) return refused(fmt::format("\"{}\" is a folder, not a file", path), {}, not_a_file);
  // Opening a pipe or a device would wait, or worse.
  if (!fs::is_regular_file(status)) {
    return refused(
        fmt::format("\"{}\" {}", path, error ? "cannot be read: " + error.message() : "is not a regular file"), {},
        error ? not_readable : not_a_file);
  }
  auto beginning = read_beginning(path, 512);
  if (!beginning) {
    auto reason = std::move(beginning).error();
    reason.lasting = not_readable;
    return reason;
  }
  auto const name = without_ending(fs::path(path).filename().string());
  switch (content_of(*beginning)) {
    case Content::sqlite: {
      FoundSource found{name, Source{Engine::sqlite, path, "SQLite file " + path}};
      found.source.container = container_beside(path);
      return found;
    }
    case Content::zip:
      return FoundSource{name, Source{Engine::sqlite, path, "archive " + path}, FoundSource::Packed::archive};
    case Content::old_export:
      return refused(fmt::format("\"{}\" is a tar file, as AiiDA 0.x and 1.x exported them", path),
                     migrate_hint(path, {}), old_export);
    case Content::other:
      break;
  }
  return refused(fmt::format("\"{}\" is neither an AiiDA archive nor an SQLite database", path), {},
                 "its file is neither an AiiDA archive nor an SQLite database");
}

FoundSource find_file(std::string const& path) {
  auto found = recognise(path);
  if (found) return *std::move(found);
  FoundSource broken{without_ending(last_part(path)), Source{Engine::sqlite, path, "file " + path}};
  broken.broken = std::move(found).error();
  return broken;
}

FoundSource broken_source(std::string name, std::string description, Error reason) {
  FoundSource broken{std::move(name), Source{Engine::sqlite, {}, std::move(description)}};
  broken.broken = std::move(reason);
  return broken;
}

std::vector<FoundSource> find_folder(std::string const& folder) {
  auto const broken = [&](Error reason) {
    auto const name = last_part(folder);
    return std::vector{broken_source(name, "folder " + folder, std::move(reason))};
  };
  auto paths = files_of(folder);
  if (!paths) return broken(std::move(paths).error());
  std::vector<FoundSource> found;
  std::string reason;  // why the first of those passed over is
  for (auto const& path : *paths) {
    auto one = find_file(path);
    // What is called like a database is meant to be one.
    if (one.broken && !has_ending_of_database(path)) {
      if (reason.empty()) reason = one.broken->message;
      continue;
    }
    one.in_folder = true;
    one.stem = one.name;
    found.push_back(std::move(one));
  }
  if (found.empty())
    return broken(refused(fmt::format("there is no AiiDA archive and no SQLite database in the folder \"{}\"", folder),
                          reason, "there is no database in its folder"));
  tell_apart(found);
  return found;
}

}  // namespace restapi::source
