// SPDX-License-Identifier: MIT
/// The table of options, and what one layer (command line, file or environment) says of them. The rows are in
/// options.cpp, which puts the layers together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/option_checks.hpp"
#include "api/options.hpp"

namespace restapi::api {

/// What one layer says; empty where it says nothing.
struct Given {
  std::optional<std::vector<std::string>> sources;
  std::optional<std::vector<std::string>> profiles;
  std::optional<bool> demo;
  std::optional<unsigned> close_after;
  std::optional<unsigned> max_open;
  std::optional<std::string> config;
  std::optional<std::string> hostname;
  std::optional<std::uint16_t> port;
  std::optional<unsigned> threads;
  std::optional<std::string> log_level;
  std::optional<unsigned> wait;
  std::optional<unsigned> statement_timeout;
  std::optional<unsigned> connection_timeout;
  std::optional<unsigned> cache;
  std::optional<std::vector<std::string>> cors_origins;
  std::optional<std::vector<std::string>> server_names;
  std::optional<std::vector<std::string>> trusted_proxies;
  std::optional<unsigned> max_requests;
  std::optional<unsigned> max_connections;
  std::optional<unsigned> drain;
  std::optional<bool> reuse_port;
  std::optional<bool> private_filters;
  std::optional<std::string> token_keys;
  std::optional<std::string> token_issuer;
  std::optional<std::string> token_audience;
  std::optional<std::string> access_log;
  std::optional<unsigned> slow_request;
  std::optional<std::uint16_t> admin_port;
  std::optional<std::string> admin_hostname;
};

using Field =
    std::variant<std::optional<std::string> Given::*, std::optional<bool> Given::*, std::optional<unsigned> Given::*,
                 std::optional<std::uint16_t> Given::*, std::optional<std::vector<std::string>> Given::*>;

/// Who says it. What is a profile's own may stand in its section of the file; elsewhere it holds for all profiles.
enum class Scope { server, profile };

struct Row {
  char const* flags;        ///< as the help has them: `-P,--port`
  char const* environment;  ///< none: command line only
  Field field;
  OptionCheck check;
  char const* value_name;
  char const* help;
  Scope scope = Scope::server;
  char separator = ',';      ///< of several values in the environment; a comma also separates elsewhere
  bool may_be_none = false;  ///< a list that may be empty: `none`, or `[]` in the file
};

/// In the order of the help.
std::span<Row const> option_rows();

/// `--port` of `-P,--port`.
std::string long_flag(Row const& row);

/// The row of `--port`; nothing where there is none.
Row const* find_option(std::string_view long_flag);

/// `; did you mean "token-keys"?` for a name of no option; with dashes where `written` has them. Empty: nothing is
/// near.
std::string nearest_option(std::string_view written);

bool is_switch(Row const& row);
bool is_list(Row const& row);

/// `source, cors-origin, …`: for people.
std::string options_of_sections();

/// Checks what is said of an option, and keeps it. The values of a list may be said in several times: they add up; of
/// other options it is one, said once. Gives the reason against it, `--port: must be …`, or an empty text. An empty
/// value is never taken, nor an empty one between commas.
std::string take(Given& given, Row const& row, std::vector<std::string> const& values);

}  // namespace restapi::api
