// SPDX-License-Identifier: MIT
#include "source/source.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>

#include "base/passwords.hpp"
#include "base/regular_file.hpp"
#include "source/archive.hpp"
#include "source/postgresql_uri.hpp"
#include "source/profiles.hpp"

namespace restapi::source {
namespace {

namespace fs = std::filesystem;

Error refused(std::string message, std::string hint = {}, std::string lasting = {}) {
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

Result<std::string> read_beginning(std::string const& path, std::size_t most) {
  auto const file = RegularFile::open(path);
  return file ? file->read_beginning(most) : file.error();
}

constexpr std::array<std::string_view, 5> endings{".aiida", ".zip", ".sqlite", ".sqlite3", ".db"};

bool has_ending(std::string_view text) {
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return text.ends_with(ending); });
}

/// `mc3d` of `mc3d.aiida`; a name that is nothing but an ending stays.
std::string without_ending(std::string const& file_name) {
  for (auto const ending : endings) {
    if (file_name.size() > ending.size() && file_name.ends_with(ending))
      return file_name.substr(0, file_name.size() - ending.size());
  }
  return file_name;
}

using Found = std::vector<FoundSource>;

Result<Found> only(Result<FoundSource> found) {
  if (!found) return std::move(found).error();
  return Found{*std::move(found)};
}

Result<FoundSource> find_demo(SourceContext const& context) {
  if (context.demo.empty()) return refused("this program was built without the demo", "name a profile, URI or file");
  return FoundSource{"demo", Source{Engine::sqlite, {}, "the demo"}, FoundSource::Packed::demo};
}

constexpr char const* not_there = "its file is not there";
constexpr char const* not_a_file = "something else is in the place of its file";
constexpr char const* not_readable = "its file cannot be read";

/// For people. The file of each core.sqlite_dos profile is called database.sqlite: the folder is what tells them apart.
std::string name_with_folder(fs::path const& path) {
  auto const name = path.filename();
  bool const is_usual = name == "database.sqlite" && path.parent_path().has_filename();
  return (is_usual ? path.parent_path().filename() / name : name).string();
}

/// Of an error about a file that cannot be opened: Error::lasting.
std::string lasting_reason_of_file(std::string const& path) {
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return not_there;
  if (error) return not_readable;
  if (!fs::is_regular_file(status)) return not_a_file;
  return ::access(path.c_str(), R_OK) == 0 ? "" : not_readable;
}

/// An archive or an SQLite file.
Result<FoundSource> recognise(std::string const& path) {
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    auto const* const what = path.ends_with('/') ? "folder" : "file";
    return refused(fmt::format("no such {}: \"{}\"", what, shown_missing_path(path)), {},
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
  auto const file_name = fs::path(path).filename().string();
  auto const name = without_ending(file_name);
  switch (content_of(*beginning)) {
    case Content::sqlite:
      return FoundSource{name, Source{Engine::sqlite, path, "SQLite file " + name_with_folder(path)}};
    case Content::zip:
      return FoundSource{name, Source{Engine::sqlite, path, "archive " + file_name}, FoundSource::Packed::archive};
    case Content::old_export:
      return refused(fmt::format("\"{}\" is a tar file, as AiiDA 0.x and 1.x exported them", path),
                     migrate_hint(path, {}), old_export);
    case Content::other:
      break;
  }
  return refused(fmt::format("\"{}\" is neither an AiiDA archive nor an SQLite database", path), {},
                 "its file is neither an AiiDA archive nor an SQLite database");
}

/// `data` of `my/data/`.
std::string last_part(std::string const& path) {
  auto const whole = fs::path(path);
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

/// Also where nothing that can be served is there.
FoundSource find_file(std::string const& path) {
  auto found = recognise(path);
  if (found) return *std::move(found);
  auto const file_name = last_part(path);
  FoundSource broken{without_ending(file_name), Source{Engine::sqlite, path, "file " + file_name}};
  broken.broken = std::move(found).error();
  return broken;
}

/// What stays as it is until the program is started again.
FoundSource broken_source(std::string name, std::string description, Error reason) {
  FoundSource broken{std::move(name), Source{Engine::sqlite, {}, std::move(description)}};
  broken.broken = std::move(reason);
  return broken;
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
void tell_apart(Found& found) {
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

Found find_folder(std::string const& folder) {
  auto const broken = [&](Error reason) {
    auto const name = last_part(folder);
    return Found{broken_source(name, "folder " + folder, std::move(reason))};
  };
  auto paths = files_of(folder);
  if (!paths) return broken(std::move(paths).error());
  Found found;
  std::string reason;  // why the first of those passed over is
  for (auto const& path : *paths) {
    auto one = find_file(path);
    // What is called like a database is meant to be one.
    if (one.broken && !has_ending(path)) {
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

/// `name` and `description` are made from the settings where they are empty; hosts are described in the order in which
/// they are written.
Result<FoundSource> find_postgresql(std::string const& text, Profile const& profile, SourceContext const& context) {
  auto settings = parse_postgresql(text);
  if (!settings) return std::move(settings).error();
  auto const may_shuffle = may_shuffle_hosts(*settings);
  if (!may_shuffle) return may_shuffle.error();
  auto const wanted = find_setting(*settings, "target_session_attrs");
  FoundSource found{profile.name.empty() ? name_of_postgresql(*settings) : profile.name,
                    Source{Engine::postgresql,
                           {},
                           profile.description.empty() ? describe_postgresql(*settings, text) : profile.description}};
  found.source.is_primary = wanted == "primary" || wanted == "read-write";
  bool const is_shuffled = *may_shuffle && context.random;
  found.source.location =
      postgresql_uri(is_shuffled ? shuffle_hosts(*std::move(settings), context.random) : *std::move(settings));
  return found;
}

Result<FoundSource> find_storage(Profile const& profile, SourceContext const& context) {
  if (profile.storage == Profile::Storage::postgresql) return find_postgresql(profile.location, profile, context);
  auto found = find_file(expand_home(profile.location, context.home));
  found.name = profile.name;
  found.source.name = profile.description;
  return found;
}

/// The text of config.json, or none if there is no such file.
Result<std::optional<std::string>> read_configuration(std::string const& path) {
  constexpr std::size_t largest = std::size_t{16} << 20;
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::optional<std::string>();
  if (error) return refused(fmt::format("{} cannot be read: {}", path, error.message()));
  auto text = read_beginning(path, largest);
  if (!text) return std::move(text).error();
  return std::optional<std::string>(*std::move(text));
}

/// Of texts that may hold a password, of which no message says a word.
std::optional<Error> reason_against_name(std::string const& name) {
  bool const has_keywords = name.find('=') != name.npos && name.find_first_of(" \t\n") != name.npos;
  if (is_postgresql_uri(name) || is_keyword_string(name) || is_mistyped_uri(name) || has_keywords ||
      name.find("://") != name.npos)
    return refused("a PostgreSQL URI or keyword string stands where the name of a profile is expected",
                   "-p NAME=URI serves it under a name");
  return std::nullopt;
}

Result<Profile> read_named_profile(std::string const& name, SourceContext const& context) {
  auto const file = configuration_file(context.aiida_path, context.home);
  auto text = read_configuration(file);
  if (!text) {
    auto reason = std::move(text).error();
    reason.lasting = "AiiDA's configuration cannot be read";
    return reason;
  }
  if (!*text) {
    return refused(fmt::format("there is no profile \"{}\": the file {} does not exist", shown_name(name), file),
                   "AIIDA_PATH says where AiiDA's configuration is", "AiiDA has no configuration here");
  }
  return find_profile(**text, name, file);
}

Result<FoundSource> find_named_profile(std::string const& name, SourceContext const& context) {
  if (auto reason = reason_against_name(name)) return *std::move(reason);
  auto profile = read_named_profile(name, context);
  if (!profile && may_hold_password(name)) return std::move(profile).error();
  if (!profile) return broken_source(name, "profile " + name, std::move(profile).error());
  return find_storage(*profile, context);
}

/// The demo is for those who have no configuration: whoever has one would take invented data for their own.
Result<FoundSource> find_default(SourceContext const& context) {
  auto const file = configuration_file(context.aiida_path, context.home);
  auto const text = read_configuration(file);
  if (!text) return text.error();
  if (!*text) return find_demo(context);
  auto const profile = find_default_profile(**text, file);
  if (!profile) return profile.error();
  return find_storage(*profile, context);
}

bool looks_like_path(std::string_view text) {
  return text.find('/') != text.npos || text.ends_with(".tar") || text.ends_with(".gz") || has_ending(text);
}

Result<Found> find_text(std::string const& text, SourceContext const& context) {
  if (text.empty()) return refused("the name of the database is empty", "name a profile, URI or file");
  if (is_postgresql_uri(text)) return only(find_postgresql(text, {}, context));
  auto const path = expand_home(text, context.home);
  std::error_code error;
  auto const status = fs::status(path, error);
  bool const is_folder = fs::is_directory(status);
  if (fs::exists(status) && !is_folder) return Found{find_file(path)};
  if (is_keyword_string(text)) return only(find_postgresql(text, {}, context));
  if (is_mistyped_uri(text))
    return refused("the PostgreSQL URI cannot be read: it does not begin with postgresql://",
                   "postgresql://USER@HOST/DATABASE can be read");
  if (auto const scheme = text.find("://"); scheme != text.npos) {
    return refused(fmt::format("a URI of the scheme \"{}\" cannot be read", text.substr(0, scheme)),
                   "postgresql://USER@HOST/DATABASE can");
  }
  // A folder may be called like a profile; a path is then written with a slash.
  if (is_folder && (looks_like_path(text) || !has_profile(text, context))) return find_folder(path);
  if (looks_like_path(text)) {
    auto found = find_file(path);
    // Of a mistyped URI the last part would be a name that everybody sees.
    if (text.find_first_of(":@=") != text.npos) return *std::move(found.broken);
    return Found{std::move(found)};
  }
  return only(find_named_profile(text, context));
}

std::optional<std::string> environment(char const* name) {
  auto const* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

SourceContext source_context_of_process() {
  SourceContext context;
  context.aiida_path = environment("AIIDA_PATH");
  context.home = environment("HOME").value_or("/");
  context.temporary = environment("TMPDIR").value_or("/tmp");
  context.random = [engine = std::make_shared<std::mt19937>(std::random_device()())](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(*engine);
  };
  return context;
}

Result<std::vector<FoundSource>> find_sources(SourceSpec const& wanted, SourceContext const& context) {
  switch (wanted.kind) {
    case SourceSpec::Kind::automatic:
      return only(find_default(context));
    case SourceSpec::Kind::text:
      return find_text(wanted.text, context);
    case SourceSpec::Kind::profile:
      return only(find_named_profile(wanted.text, context));
    case SourceSpec::Kind::demo:
      return only(find_demo(context));
  }
  return refused("the database is of a kind that is not known");
}

bool has_profile(std::string const& name, SourceContext const& context) {
  auto const text = read_configuration(configuration_file(context.aiida_path, context.home));
  return text && *text && names_profile(**text, name);
}

bool is_file_of_another(Source const& source, FileIdentity const& file) {
  return source.all_files && source.all_files->is_of_another(source.location, file);
}

Result<Source> open_source(FoundSource const& found, SourceContext const& context) {
  auto const& source = found.source;
  auto const of_another = [&] {
    return refused(fmt::format("{} {}", source.name, leads_to_another), {}, "its path leads to another profile's file");
  };
  // Before it is opened: closing another profile's database would take its locks away.
  auto const now = identity_of_file(source.location);
  if (now && is_file_of_another(source, *now)) return of_another();
  auto packed = found.packed;
  if (found.broken) {
    if (source.location.empty()) return *found.broken;
    auto const there = recognise(source.location);
    if (!there) return there.error();
    packed = there->packed;
  }
  if (packed == FoundSource::Packed::no) return source;
  auto const unpack = [&]() -> Result<UnpackedArchive> {
    if (packed == FoundSource::Packed::demo)
      return unpack_archive(context.demo, source.name, context.temporary, context.progress);
    auto file = RegularFile::open(source.location);
    if (!file) {
      auto reason = std::move(file).error();
      reason.lasting = lasting_reason_of_file(source.location);
      return reason;
    }
    auto const opened = file->identity();
    if (is_file_of_another(source, opened)) return of_another();
    if (source.all_files) source.all_files->serves(source.location, opened);
    return unpack_archive(*std::move(file), source.location, context.temporary, context.progress);
  };
  auto unpacked = unpack();
  if (!unpacked) return std::move(unpacked).error();
  return Source{found.source.engine, std::move(unpacked->database), found.source.name, true, std::move(unpacked->keep)};
}

}  // namespace restapi::source
