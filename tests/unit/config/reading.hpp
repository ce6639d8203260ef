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

using config::EarlyExit;
using config::Options;
using Kind = source::SourceSpec::Kind;
using Arguments = std::vector<std::string>;
using Variables = config::Environment;

inline std::variant<Options, EarlyExit> read(Arguments const& arguments, Variables const& variables = {}) {
  return config::read_options(arguments, variables);
}

inline Options options(Arguments const& arguments, Variables const& variables = {}) {
  auto const outcome = read(arguments, variables);
  if (auto const* goodbye = std::get_if<EarlyExit>(&outcome)) FAIL(goodbye->text);
  return std::get<Options>(outcome);
}

/// Of one database.
inline config::ProfileOptions only(Options const& given) {
  REQUIRE(given.profiles.size() == 1);
  return given.profiles.front();
}

inline EarlyExit goodbye(Arguments const& arguments, Variables const& variables = {}) {
  auto const outcome = read(arguments, variables);
  REQUIRE(std::holds_alternative<EarlyExit>(outcome));
  return std::get<EarlyExit>(outcome);
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
