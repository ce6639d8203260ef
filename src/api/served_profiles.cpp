#include "api/served_profiles.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "api/profile_name.hpp"

namespace restapi::api {
namespace {

Error refused(std::string message, std::string hint) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

using Served = std::vector<ServedProfile>;
using Names = std::map<std::string, std::string>;  // with what is called so, for people

Result<Served> find_all(std::vector<ProfileOptions> const& profiles, store::Surroundings const& surroundings) {
  Served served;
  for (auto const& profile : profiles) {
    auto found = store::find_sources(profile.wanted, surroundings);
    if (!found) return std::move(found).error();
    if (!profile.name.empty() && found->front().in_folder) {
      return refused(fmt::format("\"{}\" is a folder, and \"{}\" can be the name of one database only",
                                 profile.wanted.text, profile.name),
                     "without a name in front its files are served under theirs; or name one of them");
    }
    for (auto& source : *found) {
      served.push_back({profile, std::move(source)});
      if (profile.name.empty()) served.back().options.name = served.back().found.name;
    }
  }
  return served;
}

constexpr char const* another_name =
    "`--profile OTHER=SOURCE`, or a section [OTHER] with its source in the file of --config, gives another name";

/// Takes the name, or says who has it.
Result<Done> take(std::string const& name, ServedProfile const& profile, Names& names) {
  auto const [owner, is_new] = names.try_emplace(name, profile.found.source.name);
  if (is_new) return Done{};
  return refused(
      fmt::format("two databases are called \"{}\": {} and {}", name, owner->second, profile.found.source.name),
      another_name);
}

/// What was named itself has its name before the files of folders, wherever it stands.
Result<Done> check_named(Served const& served, Names& names) {
  for (auto const& profile : served) {
    if (profile.found.in_folder) continue;
    auto const& name = profile.options.name;
    if (auto const reason = check_profile_name(name); !reason.empty()) {
      return refused(
          fmt::format("{} cannot be served as \"{}\": a name in addresses {}", profile.found.source.name, name, reason),
          another_name);
    }
    if (auto taken = take(name, profile, names); !taken) return taken;
  }
  return Done{};
}

/// What a file of a folder is called: as its source, or by its whole name where that is taken or impossible; empty
/// where nothing is possible.
std::string name_in_folder(ServedProfile const& profile, Names const& names) {
  auto const whole = std::filesystem::path(profile.found.source.location).filename().string();
  std::string possible;
  for (auto const& name : {profile.options.name, whole}) {
    if (!check_profile_name(name).empty()) continue;
    possible = name;
    if (!names.contains(name)) break;
  }
  return possible;
}

}  // namespace

Result<std::vector<ServedProfile>> find_profiles(std::vector<ProfileOptions> const& profiles,
                                                 store::Surroundings const& surroundings) {
  auto all = find_all(profiles, surroundings);
  if (!all) return all;
  Names names;
  if (auto const checked = check_named(*all, names); !checked) return checked.error();
  Served served;
  for (auto& profile : *all) {
    if (profile.found.in_folder) {
      auto name = name_in_folder(profile, names);
      if (name.empty()) continue;
      if (auto const taken = take(name, profile, names); !taken) return taken.error();
      profile.options.name = std::move(name);
    }
    served.push_back(std::move(profile));
  }
  if (served.empty()) return refused("no file of the folder has a name that can be in an address", another_name);
  return served;
}

}  // namespace restapi::api
