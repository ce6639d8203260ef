// SPDX-License-Identifier: MIT
#include "config/served_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "config/named_databases.hpp"
#include "config/profile_sections.hpp"
#include "source/postgresql_uri.hpp"

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

Error no_database(std::string const& section, Error const& reason) {
  // It may hold a password.
  if (source::is_postgresql_uri(section) || source::is_mistyped_uri(section) || section.find('=') != section.npos ||
      section.find("://") != section.npos)
    return refused("a section of the file has a PostgreSQL URI or keyword string for its name",
                   "[NAME] and below it source = \"URI\"");
  return refused(fmt::format("the section [{0}] has no database: nothing else is called \"{0}\", and {1}", section,
                             reason.message),
                 reason.hint);
}

/// Who gives way looks for a database last, once the names of all others are known, and stands where it was named.
Result<NamedDatabases> find_all(std::vector<ProfileOptions> const& profiles,
                                std::vector<ProfileOptions> const& sections, source::SourceContext const& context) {
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
      if (!databases && gives_way) return no_database(profile.name, databases.error());
      if (!databases) return databases;
      auto const& broken = databases->front().found.broken;
      if (broken && gives_way && !are_all_sections && !source::has_profile(profile.wanted.text, context))
        return no_database(profile.name, *broken);
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

Result<std::vector<ServedProfile>> find_profiles(std::vector<ProfileOptions> const& profiles,
                                                 std::vector<ProfileOptions> const& sections,
                                                 source::SourceContext const& context) {
  auto databases = find_all(profiles, sections, context);
  if (!databases) return std::move(databases).error();
  Names preferred;
  for (auto const& section : sections) preferred.insert(section.name);
  if (auto const kept = keep_each_once(*databases, preferred); !kept) return kept.error();
  if (auto const named = give_names(*databases); !named) return named.error();
  if (auto const applied = apply_sections(*databases, sections, context); !applied) return applied.error();
  std::vector<ServedProfile> served;
  std::vector<std::string> paths;
  for (auto const& database : *databases)
    if (is_file(database.found.source)) paths.push_back(database.found.source.location);
  auto const files = std::make_shared<source::ServedFiles>(paths);
  for (auto& database : *databases) {
    if (is_file(database.found.source)) database.found.source.all_files = files;
    served.push_back({std::move(database.options), std::move(database.found), std::move(database.same_files)});
  }
  return served;
}

Result<Done> check_one_can_be_served(std::vector<ServedProfile> const& profiles) {
  constexpr std::size_t most = 20;
  std::string reasons;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    auto const& broken = profiles[i].found.broken;
    if (!broken) return Done{};
    if (profiles.size() == 1) return *broken;
    if (i == most) reasons += "; …";
    if (i < most) reasons += fmt::format("{}{}: {}", i == 0 ? "" : "; ", profiles[i].options.name, broken->message);
  }
  return refused(fmt::format("none of the {} databases can be served", profiles.size()), std::move(reasons));
}

Result<Done> check_apart(std::string const& written, std::vector<ServedProfile> const& profiles) {
  std::error_code ignored;
  auto const path = std::filesystem::weakly_canonical(written, ignored);
  for (auto const& profile : profiles) {
    auto const& source = profile.found.source;
    if (source.engine != source::Engine::sqlite || source.location.empty()) continue;
    auto const served = std::filesystem::weakly_canonical(source.location, ignored);
    for (char const* ending : {"", "-wal", "-shm", "-journal"}) {
      auto kept = served;
      kept += ending;
      if (path == kept || std::filesystem::equivalent(written, kept, ignored))
        return refused(fmt::format("\"{}\" belongs to a database that is served: {}", written, source.name),
                       "choose another file for the log");
    }
  }
  return Done{};
}

}  // namespace restapi::config
