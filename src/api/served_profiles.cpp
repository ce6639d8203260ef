#include "api/served_profiles.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "api/profile_name.hpp"

namespace restapi::api {
namespace {

Error refused(std::string message, std::string hint) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

using Served = std::vector<ServedProfile>;
using Names = std::set<std::string>;

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

/// What was named itself has its name before the files of folders, wherever it stands.
Result<Done> check_named(Served const& served, Names& names) {
  for (auto const& [options, found] : served) {
    if (found.in_folder) continue;
    if (auto const reason = check_profile_name(options.name); !reason.empty()) {
      return refused(
          fmt::format("{} cannot be served as \"{}\": a name in addresses {}", found.source.name, options.name, reason),
          another_name);
    }
    if (!names.insert(options.name).second)
      return refused(fmt::format("two databases are called \"{}\"", options.name), another_name);
  }
  return Done{};
}

/// Empty where the file cannot be called anything.
std::string free_name(ServedProfile const& profile, Names const& names) {
  auto const whole = std::filesystem::path(profile.found.source.location).filename().string();
  for (auto const& name : {profile.options.name, whole}) {
    if (check_profile_name(name).empty() && !names.contains(name)) return name;
  }
  return {};
}

/// Whether the name, or else the whole one, could be in an address.
bool is_nameable(ServedProfile const& profile) { return !free_name(profile, {}).empty(); }

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
      if (!is_nameable(profile)) continue;
      auto name = free_name(profile, names);
      if (name.empty()) {
        return refused(fmt::format("two databases are called \"{}\"", profile.options.name),
                       "each may be named by itself: " + std::string(another_name));
      }
      names.insert(name);
      profile.options.name = std::move(name);
    }
    served.push_back(std::move(profile));
  }
  if (served.empty()) return refused("no file of the folder has a name that can be in an address", another_name);
  return served;
}

}  // namespace restapi::api
