// SPDX-License-Identifier: MIT
#include "config/option_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/suggest.hpp"
#include "source/postgresql_uri.hpp"

namespace restapi::config {
namespace {

/// Commas separate what a list has anywhere; what separates databases does so here alone.
std::vector<std::string> values_of(Row const& row, std::string const& text) {
  if (!is_list(row) || !names_databases(row)) return {text};
  std::vector<std::string> values(1);
  for (char const c : text) {
    if (c == ';')
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

/// Whether a list of databases was torn inside a password: a part after a URI or keyword string that looks like more of
/// it. Such a part is no name or path to show.
bool is_torn(std::vector<std::string> const& values) {
  std::string_view connection;  // the last one before
  for (auto const& value : values) {
    if (source::is_postgresql_uri(value) || source::is_keyword_string(value)) {
      connection = value;
    } else if (!connection.empty()) {
      bool const follows_password = connection.find("password") != connection.npos;
      if (follows_password || value.find_first_of("@=") != value.npos) return true;
    }
  }
  return false;
}

Row const* row_of(std::string_view variable) {
  auto const rows = option_rows();
  auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) {
    return row.environment != nullptr && row.environment == variable;
  });
  return found == rows.end() ? nullptr : &*found;
}

/// `RESTAPITOKENKEYS` of `RESTAPI_TOKEN_KEYS`, `restapi_token_keys`, `REST_API_TOKEN_KEYS` and `restapi.token-keys`.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (char const c : name) {
    if (c >= 'a' && c <= 'z')
      letters += static_cast<char>(c - 'a' + 'A');
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      letters += c;
  }
  return letters;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

bool has_prefix(std::string const& variable) { return variable.starts_with("RESTAPI_"); }

/// How far a variable is from an option's: slips of the finger, none where it is the option's with its end left out.
std::size_t slips(std::string const& variable, std::string_view option) {
  return option.starts_with(variable) ? 0 : restapi::distance(variable, option);
}

/// The variable of an option that has the same letters; empty where none has.
std::string spelt_like(std::string const& variable) {
  auto const letters = letters_of(variable);
  for (auto const& row : option_rows())
    if (row.environment != nullptr && letters_of(row.environment) == letters) return row.environment;
  return "";
}

/// The variable of an option that was surely meant; empty where none was.
std::string meant_by(std::string const& variable) {
  if (auto same = spelt_like(variable); !same.empty() || !has_prefix(variable)) return same;
  // Whoever writes that believes that tokens are checked.
  constexpr std::string_view lock = "RESTAPI_TOKEN";
  std::string meant;
  std::size_t least = variable.starts_with(lock) ? variable.npos : 3;
  for (auto const& row : option_rows()) {
    if (row.environment == nullptr) continue;
    bool const is_of_its_kind = !variable.starts_with(lock) || std::string_view(row.environment).starts_with(lock);
    auto const distance = slips(variable, row.environment);
    if (!is_of_its_kind || distance >= least) continue;
    least = distance;
    meant = row.environment;
  }
  return meant;
}

/// Why the server cannot start with a variable that no option has; empty where it can.
std::string reason_against(std::string const& variable) {
  auto const in_capitals = upper(variable);
  if (in_capitals.starts_with("RESTAPI_CONFIG"))
    return fmt::format("there is no variable {}: the file with options is named by --config alone", variable);
  auto const meant = meant_by(in_capitals);
  return meant.empty() ? "" : fmt::format("there is no variable {}; did you mean {}?", variable, meant);
}

constexpr char const* kubernetes =
    "; Kubernetes sets this for a service that is called restapi: give it another name, or set enableServiceLinks: "
    "false";

}  // namespace

bool may_be_an_option(std::string_view variable) { return letters_of(variable).starts_with("RESTAPI"); }

EnvironmentLayer read_environment(Environment const& environment, Mistakes& mistakes) {
  EnvironmentLayer layer;
  for (auto const& [variable, text] : environment) {
    if (auto const* row = row_of(variable)) {
      auto const values = values_of(*row, text);
      if (is_torn(values))
        mistakes.push_back(
            fmt::format("{}: what follows a ; after a PostgreSQL URI or keyword string looks like a part of it; in a "
                        "URI ; is written %3B, and databases of other kinds come first",
                        variable));
      else if (auto const reason = take(layer.layer, *row, values, variable); !reason.empty())
        mistakes.push_back(fmt::format("{}: {}{}", variable, reason, text.starts_with("tcp://") ? kubernetes : ""));
    } else if (auto reason = reason_against(variable); !reason.empty()) {
      mistakes.push_back(std::move(reason));
    } else if (has_prefix(upper(variable))) {
      layer.unknown.push_back(variable);
    }
  }
  return layer;
}

}  // namespace restapi::config
