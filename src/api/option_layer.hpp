/// The table of options, and what one layer (flags, file or environment) says in its words. For options.cpp, which has
/// the rows and puts the layers together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
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
  char const* flags;        ///< as CLI11 writes them: `-P,--port`
  char const* environment;  ///< none: command line only
  Field field;
  OptionCheck check;
  char const* value_name;
  char const* help;
  Scope scope = Scope::server;
  char separator = ',';  ///< of several values in the environment; a comma also separates elsewhere
};

/// In the order of the help.
std::span<Row const> option_rows();

/// `--port` of `-P,--port`.
std::string long_flag(Row const& row);

/// `source, cors-origin, …`: for people.
std::string options_of_sections();

/// `arguments` as on a command line. Goodbye: help, version, or with 2 the bare reason why an argument is wrong.
std::variant<Given, Goodbye> read_layer(std::vector<std::string> arguments);

}  // namespace restapi::api
