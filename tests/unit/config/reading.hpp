// SPDX-License-Identifier: MIT
/// Options as tests read them.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "config/options.hpp"

namespace restapi::test {

using config::Options;
using Kind = source::SourceSpec::Kind;
using Arguments = std::vector<std::string>;
using Variables = config::Environment;

inline std::variant<Options, config::EarlyExit> read(Arguments const& arguments, Variables const& variables = {}) {
  return config::read_options(arguments, variables);
}

inline Options options(Arguments const& arguments, Variables const& variables = {}) {
  auto const outcome = read(arguments, variables);
  if (auto const* goodbye = std::get_if<config::EarlyExit>(&outcome)) FAIL(goodbye->text);
  auto given = std::get<Options>(outcome);
  for (auto const& mistake : given.mistakes) FAIL(mistake);
  return given;
}

/// Of one database.
inline config::ProfileOptions only(Options const& given) {
  REQUIRE(given.profiles.size() == 1);
  return given.profiles.front();
}

/// Why nothing is served: with 0 after --help, with 2 and a line for each mistake.
struct Goodbye {
  int exit_code;
  std::string text;
};

inline Goodbye goodbye(Arguments const& arguments, Variables const& variables = {}) {
  auto const outcome = read(arguments, variables);
  if (auto const* end = std::get_if<config::EarlyExit>(&outcome)) return {0, end->text};
  Goodbye end{2, ""};
  for (auto const& mistake : std::get<Options>(outcome).mistakes) end.text += "restapi: " + mistake + "\n";
  CHECK_FALSE(end.text.empty());
  return end;
}

/// A configuration file that lives as long as the object.
class ConfigFile {
 public:
  explicit ConfigFile(std::string const& text) {
    std::string name = (std::filesystem::temp_directory_path() / "restapi-options-XXXXXX").string();
    int const descriptor = ::mkstemp(name.data());
    REQUIRE(descriptor >= 0);
    path_ = name;
    std::ofstream(path_) << text;
    std::fclose(::fdopen(descriptor, "w"));
  }
  ConfigFile(ConfigFile const&) = delete;
  ConfigFile& operator=(ConfigFile const&) = delete;
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::string const& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace restapi::test
