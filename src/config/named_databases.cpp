// SPDX-License-Identifier: MIT
#include "config/named_databases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "config/profile_name.hpp"

namespace restapi::config {
namespace {

using Names = std::map<std::string, std::string>;  // with what is called so, for people

constexpr char const* another_name =
    "`--profile OTHER=SOURCE`, or a section [OTHER] with its source in the file of --config, gives another name";

Error refused(std::string message, std::string hint) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

std::string whole_name(NamedDatabase const& database) {
  return std::filesystem::path(database.found.source.location).filename().string();
}

/// What a file is called, and would be if it were alone in its folder.
std::set<std::string> possible_names(NamedDatabase const& database) {
  if (!database.found.in_folder) return {database.options.name};
  return {database.options.name, database.found.stem, whole_name(database)};
}

bool is_preferred(NamedDatabase const& database, std::set<std::string> const& preferred) {
  auto const names = possible_names(database);
  return std::any_of(names.begin(), names.end(), [&](auto const& name) { return preferred.contains(name); });
}

/// Whether the second of two that are one file takes the place of the first.
bool is_better(NamedDatabase const& other, NamedDatabase const& database, std::set<std::string> const& preferred) {
  if (other.naming != database.naming) return other.naming > database.naming;
  return is_preferred(other, preferred) && !is_preferred(database, preferred);
}

/// The names and paths of one that goes, for that which stays.
void hand_over(NamedDatabase&& from, NamedDatabase& to) {
  to.other_names.merge(from.other_names);
  to.other_names.merge(possible_names(from));
  to.same_files.insert(to.same_files.end(), from.same_files.begin(), from.same_files.end());
  if (from.found.source.location != to.found.source.location) to.same_files.push_back(from.found.source.location);
}

/// Takes the name, or says who has it.
void take_name(NamedDatabase const& database, Names& names, std::vector<Error>& mistakes) {
  auto const& name = database.options.name;
  auto const [owner, is_new] = names.try_emplace(name, database.found.source.name);
  if (is_new) return;
  mistakes.push_back(placed(database.options, refused(fmt::format("two databases are called \"{}\": {} and {}", name,
                                                                  owner->second, database.found.source.name),
                                                      another_name)));
}

/// What was named itself has its name before the files of folders, wherever it stands.
void take_given_names(NamedDatabases const& databases, Names& names, std::vector<Error>& mistakes) {
  for (auto const& database : databases) {
    if (database.found.in_folder) continue;
    auto const& name = database.options.name;
    if (auto const reason = check_profile_name(name); reason.empty())
      take_name(database, names, mistakes);
    else
      mistakes.push_back(
          placed(database.options, refused(fmt::format("{} cannot be served as \"{}\": a name in addresses {}",
                                                       database.found.source.name, name, reason),
                                           another_name)));
  }
}

/// What a file of a folder is called: as its source, or by its whole name where that is taken or impossible; empty
/// where nothing is possible.
std::string name_in_folder(NamedDatabase const& database, Names const& names) {
  std::string possible;
  for (auto const& name : {database.options.name, whole_name(database)}) {
    if (!check_profile_name(name).empty()) continue;
    possible = name;
    if (!names.contains(name)) break;
  }
  return possible;
}

}  // namespace

void keep_each_once(NamedDatabases& databases, std::set<std::string> const& preferred, std::vector<Error>& mistakes) {
  NamedDatabases kept;
  for (auto& database : databases) {
    auto const same = std::find_if(kept.begin(), kept.end(), [&](auto const& other) {
      return database.identity.is_served_once() && database.identity.is_same(other.identity);
    });
    if (same == kept.end()) {
      kept.push_back(std::move(database));
      continue;
    }
    bool const are_given = same->naming == Naming::by_person && database.naming == Naming::by_person;
    if (are_given && same->options.name != database.options.name) {
      mistakes.push_back(
          placed(database.options,
                 refused(fmt::format("\"{}\" and \"{}\" are one file: {} and {}", same->options.name,
                                     database.options.name, same->found.source.name, database.found.source.name),
                         "a file is served once, under one name")));
    }
    if (!is_better(database, *same, preferred)) {
      hand_over(std::move(database), *same);
    } else {
      hand_over(std::move(*same), database);
      kept.erase(same);
      kept.push_back(std::move(database));
    }
  }
  databases = std::move(kept);
}

void give_names(NamedDatabases& databases, std::vector<Error>& mistakes) {
  Names names;
  take_given_names(databases, names, mistakes);
  NamedDatabases named;
  for (auto& database : databases) {
    if (database.found.in_folder) {
      database.options.name = name_in_folder(database, names);
      if (database.options.name.empty()) continue;
      take_name(database, names, mistakes);
    }
    named.push_back(std::move(database));
  }
  if (named.empty() && !databases.empty())
    mistakes.push_back(placed(databases.front().options,
                              refused("no file of the folder has a name that can be in an address", another_name)));
  databases = std::move(named);
}

}  // namespace restapi::config
