// SPDX-License-Identifier: MIT
#include "source/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>

#include "base/passwords.hpp"
#include "base/regular_file.hpp"
#include "repository/archive_objects.hpp"
#include "source/archive.hpp"
#include "source/files.hpp"
#include "source/postgresql_uri.hpp"
#include "source/profiles.hpp"

namespace restapi::source {
namespace {

namespace fs = std::filesystem;

Error refused(std::string message, std::string hint = {}, std::string lasting = {}) {
  return {Code::source_refused, std::move(message), std::move(hint), {}, {}, std::move(lasting)};
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
  auto const with_files = [&](FoundSource found) {
    if (!profile.container.empty()) found.source.container = expand_home(profile.container, context.home);
    return found;
  };
  if (profile.storage == Profile::Storage::postgresql) {
    auto found = find_postgresql(profile.location, profile, context);
    return found ? with_files(*std::move(found)) : std::move(found);
  }
  auto found = find_file(expand_home(profile.location, context.home));
  found.name = profile.name;
  found.source.name = profile.description;
  return with_files(std::move(found));
}

/// The text of config.json, or none if there is no such file.
Result<std::optional<std::string>> read_configuration(std::string const& path) {
  constexpr std::size_t largest = std::size_t{16} << 20;
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    // Of a disk that is not mounted, say: there is a configuration.
    for (auto const& part : {fs::path(path), fs::path(path).parent_path()})
      if (fs::is_symlink(fs::symlink_status(part, error)))
        return refused(
            fmt::format("{} cannot be read: {} is a link to something that does not exist", path, part.string()));
    return std::optional<std::string>();
  }
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
  return text.find('/') != text.npos || text.ends_with(".tar") || text.ends_with(".gz") || has_ending_of_database(text);
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
  // A profile that is misspelt has no dot, as a rule.
  if (looks_like_path(text) || (text.find('.') != text.npos && !has_profile(text, context))) {
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
    return refused(fmt::format("{} {}", source.name, leads_to_another), {}, path_of_another);
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
  std::shared_ptr<repository::Objects> files;
  auto const unpack = [&]() -> Result<UnpackedArchive> {
    if (packed == FoundSource::Packed::demo) {
      auto copy = repository::ArchiveObjects::copy_of(context.demo);
      if (!copy) return std::move(copy).error();
      files = *std::move(copy);
      return unpack_archive(context.demo, source.name, context.temporary, context.progress);
    }
    auto file = RegularFile::open(source.location);
    if (!file) {
      auto reason = std::move(file).error();
      reason.lasting = lasting_reason_of_file(source.location);
      return reason;
    }
    auto const opened = file->identity();
    if (is_file_of_another(source, opened)) return of_another();
    if (source.all_files) source.all_files->serves(source.location, opened);
    files = std::make_shared<repository::ArchiveObjects>(file->duplicate());
    return unpack_archive(*std::move(file), source.location, context.temporary, context.progress);
  };
  auto unpacked = unpack();
  if (!unpacked) return std::move(unpacked).error();
  return Source{.engine = found.source.engine,
                .location = std::move(unpacked->database),
                .name = found.source.name,
                .immutable = true,
                .keep = std::move(unpacked->keep),
                .files = std::move(files)};
}

}  // namespace restapi::source
