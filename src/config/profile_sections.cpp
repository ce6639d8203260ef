// SPDX-License-Identifier: MIT
#include "config/profile_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/suggest.hpp"
#include "config/option_layer.hpp"

namespace restapi::config {
namespace {

using Refusals = std::vector<Error>;

Error refused(std::string message, std::string hint) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

struct Section {
  ProfileOptions const* options;
  std::optional<source::DatabaseIdentity> identity;  ///< of its own database, if that is there
  bool is_used = false;
};

std::vector<Section> described(std::vector<ProfileOptions> const& sections, source::SourceContext const& context) {
  std::vector<Section> described;
  for (auto const& section : sections) {
    described.push_back({&section, std::nullopt});
    // Where flags name the databases, that of a section may be missing.
    auto const found = source::find_sources(section.wanted, context);
    if (found && !found->front().in_folder) described.back().identity = source::DatabaseIdentity::of(found->front());
  }
  return described;
}

bool holds_for(Section const& section, NamedDatabase const& database) {
  auto const& name = section.options->name;
  return name == database.options.name || database.other_names.contains(name) ||
         (section.identity && section.identity->is_same(database.identity));
}

/// A file of a folder without a section of its own, which would have one if it were called by its short name.
void check_short_name(NamedDatabase const& database, std::vector<Section> const& sections, Refusals& mistakes) {
  auto const& stem = database.found.stem;
  if (!database.found.in_folder || stem == database.options.name) return;
  auto const meant = std::find_if(sections.begin(), sections.end(),
                                  [&](auto const& section) { return section.options->name == stem; });
  if (meant == sections.end()) return;
  mistakes.push_back(placed(
      *meant->options,
      refused(fmt::format("this may be meant for {}, which is served as \"{}\" beside another database of that name",
                          database.found.source.name, database.options.name),
              fmt::format("a section [\"{}\"] says who may read it", database.options.name))));
}

/// Nothing, where none holds.
ProfileOptions const* find_section(NamedDatabase const& database, std::vector<Section>& sections, Refusals& mistakes) {
  ProfileOptions const* found = nullptr;
  for (auto& section : sections) {
    if (!holds_for(section, database)) continue;
    section.is_used = true;
    if (found != nullptr && !have_same_access(*found, *section.options))
      mistakes.push_back(
          placed(*section.options, refused(fmt::format("the section [{}] is about the same database, {}, and does not "
                                                       "say the same",
                                                       found->name, database.found.source.name),
                                           "one section for each database says who may read it")));
    if (found == nullptr) found = section.options;
  }
  return found;
}

/// Whether something else is wrong with it, its database not being found, for example.
bool is_mentioned(Section const& section, Refusals const& mistakes) {
  auto const& place = section.options->place;
  return !place.empty() && std::any_of(mistakes.begin(), mistakes.end(),
                                       [&](auto const& mistake) { return mistake.message.starts_with(place + ":"); });
}

Error unused(Section const& section, NamedDatabases const& databases) {
  constexpr std::size_t most = 1000;  // the nearest of more is nobody's concern
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < std::min(most, databases.size()); ++i) names.push_back(databases[i].options.name);
  auto const nearest = restapi::nearest(section.options->name, names);
  constexpr std::size_t shown = 20;
  names.resize(std::min(shown, names.size()));
  auto const served =
      names.empty() ? std::string("nothing is served")
                    : fmt::format("served are {}{}", fmt::join(names, ", "), databases.size() > shown ? ", …" : "");
  return placed(*section.options,
                refused("this is about a database that is not served",
                        nearest ? fmt::format("{}; did you mean \"{}\"?", served, *nearest) : served));
}

void check_databases_with_two_names(NamedDatabases const& databases, Refusals& mistakes) {
  for (auto one = databases.begin(); one != databases.end(); ++one) {
    if (!one->identity.is_postgresql()) continue;
    auto const other = std::find_if(one + 1, databases.end(), [&](auto const& database) {
      return database.identity.is_same(one->identity) && !have_same_access(database.options, one->options);
    });
    if (other == databases.end()) continue;
    mistakes.push_back(
        placed(other->options,
               refused(fmt::format("\"{}\" and \"{}\" are one database, {}, but not the same people may read them",
                                   one->options.name, other->options.name, other->found.source.name),
                       "their sections must say the same")));
  }
}

}  // namespace

void apply_sections(NamedDatabases& databases, std::vector<ProfileOptions> const& options,
                    source::SourceContext const& context, Refusals& mistakes) {
  auto sections = described(options, context);
  for (auto& database : databases) {
    auto const* section = find_section(database, sections, mistakes);
    if (section == nullptr)
      check_short_name(database, sections, mistakes);
    else
      copy_access(*section, database.options);
    if (auto const reason = reason_against_tokens(database.options); !reason.empty())
      mistakes.push_back(refused(fmt::format("profile \"{}\": {}", database.options.name, reason), ""));
  }
  for (auto const& section : sections)
    if (!section.is_used && !is_mentioned(section, mistakes)) mistakes.push_back(unused(section, databases));
  check_databases_with_two_names(databases, mistakes);
}

}  // namespace restapi::config
