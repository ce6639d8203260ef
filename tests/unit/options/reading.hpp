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

#include "api/options.hpp"

namespace restapi::test {

using api::Goodbye;
using api::Options;
using Kind = store::Wanted::Kind;
using Arguments = std::vector<std::string>;
using Variables = api::Environment;

inline std::variant<Options, Goodbye> read(Arguments const& arguments, Variables const& variables = {}) {
  return api::read_options(arguments, variables);
}

inline Options options(Arguments const& arguments, Variables const& variables = {}) {
  auto const outcome = read(arguments, variables);
  if (auto const* goodbye = std::get_if<Goodbye>(&outcome)) FAIL(goodbye->text);
  return std::get<Options>(outcome);
}

/// Of one database.
inline api::ProfileOptions only(Options const& given) {
  REQUIRE(given.profiles.size() == 1);
  return given.profiles.front();
}

inline Goodbye goodbye(Arguments const& arguments, Variables const& variables = {}) {
  auto const outcome = read(arguments, variables);
  REQUIRE(std::holds_alternative<Goodbye>(outcome));
  return std::get<Goodbye>(outcome);
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
