// SPDX-License-Identifier: MIT
/// Databases to be served, and what becomes of them.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "config/served_profiles.hpp"
#include "support/temporary_folder.hpp"

namespace restapi::test {

using config::ProfileOptions;

/// A home with the profiles `main`, `x` and `filed` (an SQLite file), and whatever files a test makes.
struct Fixture {
  TemporaryFolder folder = {};
  source::SourceContext context = {};

  Fixture() {
    context.home = folder.path() + "/home";
    context.temporary = folder.path() + "/nowhere";  // nothing is unpacked
    context.demo = std::as_bytes(std::span("PK\3\4"));
    folder.write("home/.aiida/config.json",
                 R"({"profiles": {
      "filed": {"storage": {"backend": "core.sqlite_dos", "config": {"filepath": "~/filed"}}},
      "main": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}, "x": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"},
      "a/b": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}}})");
  }
  Fixture(Fixture const&) = delete;
  Fixture& operator=(Fixture const&) = delete;

  std::string sqlite(std::string const& name) const { return folder.write(name, {"SQLite format 3\0", 16}); }
  std::string archive(std::string const& name) const { return folder.write(name, "PK\3\4"); }
  std::string path(std::string const& name) const { return folder.path() + "/" + name; }

  /// Files as if they had been named from within the folder.
  std::string relative(std::string text) const {
    auto const absolute = folder.path() + "/";
    for (std::string const word : {"file ", "archive "})
      for (std::size_t at = 0; (at = text.find(word + absolute, at)) != text.npos;)
        text.erase(at + word.size(), absolute.size());
    return text;
  }

  /// `name<what people see>` of each, or the mistakes.
  std::string served(std::vector<ProfileOptions> const& profiles,
                     std::vector<ProfileOptions> const& sections = {}) const {
    auto const found = config::find_profiles(profiles, sections, context);
    auto mistakes = found.mistakes;
    if (mistakes.empty())
      if (auto served = config::check_one_can_be_served(found.profiles); !served) mistakes.push_back(served.error());
    std::string text;
    for (auto const& mistake : mistakes) {
      CHECK(mistake.code == Code::source_refused);
      text += (text.empty() ? "" : "\n") + mistake.message + " | " + mistake.hint;
    }
    if (!text.empty()) return relative(text);
    for (auto const& profile : found.profiles)
      text += (text.empty() ? "" : " ") + profile.options.name + "<" + profile.found.source.name + ">";
    return relative(text);
  }
};

inline ProfileOptions text(std::string const& typed, std::string const& name = {}) {
  return {.name = name, .wanted = {source::SourceSpec::Kind::text, typed}};
}

inline ProfileOptions profile(std::string const& name) { return {.wanted = {source::SourceSpec::Kind::profile, name}}; }

inline ProfileOptions demo() { return {.wanted = {source::SourceSpec::Kind::demo, {}}}; }

}  // namespace restapi::test
