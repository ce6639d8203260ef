// SPDX-License-Identifier: MIT
#include "config/served_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/followed_path.hpp"
#include "base/passwords.hpp"
#include "base/suggest.hpp"
#include "config/named_databases.hpp"
#include "config/profile_sections.hpp"

namespace restapi::config {
namespace {

using Names = std::set<std::string>;

Error refused(std::string message, std::string hint) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

Naming naming_of(ProfileOptions const& profile, source::FoundSource const& found) {
  if (found.in_folder) return Naming::by_folder;
  bool const is_file = profile.name.empty() && profile.wanted.kind == source::SourceSpec::Kind::text;
  return is_file ? Naming::by_file : Naming::by_person;
}

/// One, or a folder's files.
Result<NamedDatabases> find_one(ProfileOptions const& profile, source::SourceContext const& context) {
  auto found = source::find_sources(profile.wanted, context);
  if (!found) return std::move(found).error();
  if (!profile.name.empty() && found->front().in_folder) {
    return refused(fmt::format("\"{}\" is a folder, and \"{}\" can be the name of one database only",
                               profile.wanted.text, profile.name),
                   "without a name in front its files are served under theirs; or name one of them");
  }
  NamedDatabases databases;
  for (auto& source : *found) {
    auto identity = source::DatabaseIdentity::of(source);
    auto const naming = naming_of(profile, source);
    databases.push_back({profile, std::move(source), std::move(identity), naming});
    auto& named = databases.back();
    if (named.options.name.empty()) named.options.name = named.found.name;
  }
  return databases;
}

/// Under which the database may come to be served.
void add_names(NamedDatabase const& database, Names& names) {
  names.insert(database.options.name);
  if (!database.found.in_folder) return;
  names.insert(database.found.stem);
  names.insert(std::filesystem::path(database.found.source.location).filename().string());
}

std::optional<std::string_view> nearest(std::string const& name, Names const& names) {
  return restapi::nearest(name, std::vector<std::string_view>(names.begin(), names.end()));
}

/// `names`: of all others.
Error no_database(std::string const& section, Names const& names, Error const& reason) {
  if (may_hold_password(section))
    return refused("a section of the file has a PostgreSQL URI or keyword string for its name",
                   "[NAME] and below it source = \"URI\"");
  auto const near = nearest(section, names);
  return refused(
      fmt::format("no database is called \"{}\" that the section could be about, and {}", section, reason.message),
      near ? fmt::format("did you mean \"{}\"?", *near) : reason.hint);
}

/// Who gives way looks for a database last, once the names of all others are known, and stands where it was named.
NamedDatabases find_all(std::vector<ProfileOptions> const& profiles, std::vector<ProfileOptions> const& sections,
                        source::SourceContext const& context, std::vector<Error>& mistakes) {
  std::vector<NamedDatabases> found(profiles.size());
  Names names;
  bool const are_all_sections =
      profiles.size() > 1 && std::ranges::all_of(profiles, [&](auto const& profile) {
        return std::ranges::any_of(sections, [&](auto const& section) { return section.name == profile.name; });
      });
  for (bool const gives_way : {false, true}) {
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      auto const& profile = profiles[i];
      if (profile.gives_way != gives_way || (gives_way && names.contains(profile.name))) continue;
      auto databases = find_one(profile, context);
      auto const refuse = [&](Error const& reason) {
        mistakes.push_back(placed(profile, gives_way ? no_database(profile.name, names, reason) : reason));
      };
      if (!databases) {
        refuse(databases.error());
        continue;
      }
      auto const& broken = databases->front().found.broken;
      bool const may_be_mistyped = gives_way && (!are_all_sections || nearest(profile.name, names));
      if (broken && may_be_mistyped && !source::has_profile(profile.wanted.text, context)) {
        refuse(*broken);
        continue;
      }
      for (auto const& database : *databases) add_names(database, names);
      found[i] = *std::move(databases);
    }
  }
  NamedDatabases all;
  for (auto& databases : found)
    for (auto& database : databases) all.push_back(std::move(database));
  return all;
}

bool is_file(source::Source const& source) {
  return source.engine == source::Engine::sqlite && !source.location.empty();
}

}  // namespace

FoundProfiles find_profiles(std::vector<ProfileOptions> const& profiles, std::vector<ProfileOptions> const& sections,
                            source::SourceContext const& context) {
  FoundProfiles found;
  auto databases = find_all(profiles, sections, context, found.mistakes);
  Names preferred;
  for (auto const& section : sections) preferred.insert(section.name);
  keep_each_once(databases, preferred, found.mistakes);
  give_names(databases, found.mistakes);
  apply_sections(databases, sections, context, found.mistakes);
  std::vector<std::string> paths;
  for (auto const& database : databases)
    if (is_file(database.found.source)) paths.push_back(database.found.source.location);
  auto const files = std::make_shared<source::ServedFiles>(paths);
  for (auto& database : databases) {
    if (is_file(database.found.source)) database.found.source.all_files = files;
    found.profiles.push_back({std::move(database.options), std::move(database.found), std::move(database.same_files)});
  }
  return found;
}

Result<Done> check_one_can_be_served(std::vector<ServedProfile> const& profiles) {
  constexpr std::size_t most = 20;
  std::string reasons;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    auto const& broken = profiles[i].found.broken;
    if (!broken) return Done{};
    auto reason = placed(profiles[i].options, *broken);
    if (profiles.size() == 1) return reason;
    if (i == most) reasons += "; …";
    if (i < most) reasons += fmt::format("{}{}: {}", i == 0 ? "" : "; ", profiles[i].options.name, reason.message);
  }
  return refused(fmt::format("none of the {} databases can be served", profiles.size()), std::move(reasons));
}

Result<Done> check_log_apart(std::string const& path, Options const& options,
                             std::vector<ServedProfile> const& profiles) {
  if (path.empty() || path == "-") return Done{};
  namespace fs = std::filesystem;
  std::error_code ignored;
  auto const log = followed_path(path);
  auto const is_log = [&](std::string const& other) { return other == log || fs::equivalent(path, other, ignored); };
  constexpr auto hint = "choose another file for the log";
  // A terminal or a pipe may be both.
  if (auto const& file = options.config;
      !file.empty() && fs::is_regular_file(file, ignored) && is_log(followed_path(file)))
    return refused("the access log would be the configuration file", hint);
  for (auto const& profile : profiles) {
    if (auto const& keys = profile.options.token_keys; !keys.empty() && is_log(followed_path(keys)))
      return refused("the access log would be the file with the keys that sign tokens", hint);
    auto const& source = profile.found.source;
    if (source.engine != source::Engine::sqlite || source.location.empty()) continue;
    auto const served = followed_path(source.location);
    for (char const* ending : {"", "-wal", "-shm", "-journal"})
      if (is_log(served + ending))
        return refused(fmt::format("\"{}\" belongs to a database that is served: {}", options.access_log, source.name),
                       hint);
  }
  return Done{};
}

}  // namespace restapi::config
