// SPDX-License-Identifier: MIT
#include "source/postgresql_uri.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace restapi::source {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_unreserved(char c) { return is_word(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '~'; }

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string encoded;
  for (char const c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    auto const byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += hex[byte >> 4];
    encoded += hex[byte & 15];
  }
  return encoded;
}

/// Each `from` of the text becomes `to`.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// A keyword that a libpq before version 16 refuses the whole text for, and one that every libpq knows and that has no
/// meaning in what a person writes. The second stands in for the first while libpq reads the text, in values as well;
/// afterwards the first is put back.
constexpr std::string_view new_keyword = "load_balance_hosts";
constexpr std::string_view stand_in = "fallback_application_name";

/// Empty where none is said. A whole connection string in the place of the name (some tools accept that) may hold a
/// password.
std::string plain_database_name(PostgresqlSettings const& settings) {
  std::string database(find_setting(settings, "dbname"));
  return database.find_first_of("=/@") == database.npos ? database : std::string();
}

/// `a:5433, b`: ports as libpq pairs them with hosts; the usual port is not worth a word.
std::string describe_hosts(PostgresqlSettings const& settings, bool with_ports) {
  auto hosts = find_setting(settings, "host");
  if (hosts.empty()) hosts = find_setting(settings, "hostaddr");
  if (hosts.empty()) return "this machine";
  auto const ports = split_list(find_setting(settings, "port"));
  std::string text;
  std::size_t index = 0;
  for (auto const& host : split_list(hosts)) {
    auto const& port = ports.size() == 1 ? ports.front() : index < ports.size() ? ports[index] : std::string();
    if (!text.empty()) text += ", ";
    bool const says_port = with_ports && !port.empty() && port != "5432";
    bool const is_ipv6 = host.find(':') != host.npos && host.find('/') == host.npos;
    text += host.empty() ? "this machine" : is_ipv6 && says_port ? "[" + host + "]" : host;
    if (says_port) text += ":" + port;
    ++index;
  }
  return text;
}

constexpr char const* form_of_a_uri =
    "it is postgresql://USER:PASSWORD@HOST:PORT/DATABASE?key=value; other characters in a part are written "
    "percent-encoded, for example @ as %40";

Error refused(std::string message, std::string hint) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

/// Of a URI whose password is not clear to end: libpq would take a part of it for the name of a host or database.
std::optional<Error> reason_against_separators(std::string_view uri) {
  auto const parts = uri.substr(uri.find("://") + 3);
  auto const before_parameters = parts.substr(0, parts.find('?'));
  auto const last = before_parameters.rfind('@');
  if (last != uri.npos && before_parameters.find_first_of("/@") < last)
    return refused("the PostgreSQL URI cannot be read: it has more than one @, or a / before it",
                   "in a user name or password @ is written %40, and / is written %2F");
  auto const slash = before_parameters.find('/');
  if (slash != uri.npos && before_parameters.find(':', slash) != uri.npos)
    return refused("the PostgreSQL URI cannot be read: it has a : in the name of the database",
                   std::string(form_of_a_uri) + ", and : as %3A");
  return std::nullopt;
}

/// As libpq reads it, which takes `+5432 `.
bool is_port(std::string const& text) {
  char* end = nullptr;
  auto const port = std::strtol(text.c_str(), &end, 10);
  bool const is_number = end != text.c_str() && std::string_view(end).find_first_not_of(" \t\n\v\f\r") == text.npos;
  return is_number && port >= 1 && port <= 65535;
}

}  // namespace

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> parts(1);
  for (char const c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool are_ports(std::string_view list) {
  auto const ports = split_list(list);
  return std::all_of(ports.begin(), ports.end(), [](auto const& port) { return port.empty() || is_port(port); });
}

bool is_postgresql_uri(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

bool is_mistyped_uri(std::string_view text) {
  if (is_postgresql_uri(text)) return false;
  auto const word = text.substr(0, text.find_first_of(":/;"));
  auto const rest = text.substr(word.size());
  return (word == "postgresql" || word == "postgres") && (rest.starts_with(':') || rest.starts_with("//"));
}

bool is_keyword_string(std::string_view text) {
  auto const first = text.find_first_not_of(" \t\n");
  if (first == text.npos) return false;
  auto const word_end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(first), text.end(), is_word);
  auto const equals = text.find_first_not_of(" \t\n", static_cast<std::size_t>(word_end - text.begin()));
  return word_end != text.begin() + static_cast<std::ptrdiff_t>(first) && equals != text.npos && text[equals] == '=';
}

std::string_view find_setting(PostgresqlSettings const& settings, std::string_view keyword) {
  auto const found = std::find_if(settings.begin(), settings.end(), [&](auto const& s) { return s.first == keyword; });
  return found == settings.end() ? std::string_view() : found->second;
}

Result<PostgresqlSettings> parse_postgresql(std::string const& text) {
  bool const is_uri = is_postgresql_uri(text);
  if (is_uri) {
    if (auto reason = reason_against_separators(text)) return *std::move(reason);
  }
  bool const is_masked = text.find(new_keyword) != text.npos && text.find(stand_in) == text.npos;
  auto const masked = is_masked ? replaced(text, new_keyword, stand_in) : text;
  // libpq's message quotes the piece it stumbled over, which may be a password: it is thrown away.
  char* message = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const options(PQconninfoParse(masked.c_str(), &message),
                                                                             &PQconninfoFree);
  std::unique_ptr<char, decltype(&PQfreemem)> const owned_message(message, &PQfreemem);
  if (!options) {
    // A keyword may be a piece of a password with a blank in it, too.
    auto const why = std::string_view(message ? message : "");
    bool const is_keyword =
        why.starts_with("invalid URI query parameter") || why.starts_with("invalid connection option");
    std::string const reason = is_keyword ? ": it has a keyword that libpq does not know" : "";
    if (is_uri) return refused("the PostgreSQL URI cannot be read" + reason, form_of_a_uri);
    return refused("the PostgreSQL keyword string cannot be read" + reason,
                   "it is made of libpq's keywords, for example host=/run/postgresql dbname=aiida user=reader; a value "
                   "with blanks goes between single quotes");
  }
  PostgresqlSettings settings;
  for (auto const* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings.emplace_back(option->keyword, option->val);
  }
  if (!are_ports(find_setting(settings, "port"))) {
    if (is_uri)
      return refused("the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535",
                     std::string(form_of_a_uri) + "; is @HOST missing?");
    return refused("the PostgreSQL keyword string cannot be read: its port is no number from 1 to 65535",
                   "for example port=5432");
  }
  if (!is_masked) return settings;
  for (auto& [keyword, value] : settings) {
    if (keyword == stand_in) keyword = new_keyword;
    value = replaced(value, stand_in, new_keyword);
  }
  return settings;
}

std::string postgresql_uri(PostgresqlSettings const& settings) {
  std::string uri = "postgresql:///?";
  for (auto const& [keyword, value] : settings) {
    if (keyword != stand_in && keyword != new_keyword) uri += keyword + "=" + percent_encoded(value) + "&";
  }
  return uri + "fallback_application_name=restapi";
}

std::string name_of_postgresql(PostgresqlSettings const& settings) {
  if (auto name = plain_database_name(settings); !name.empty()) return name;
  for (auto const* keyword : {"service", "user"}) {
    if (auto const name = find_setting(settings, keyword); !name.empty()) return std::string(name);
  }
  return "postgresql";
}

std::string describe_postgresql(PostgresqlSettings const& settings, std::string_view typed) {
  std::string text = "postgresql database";
  if (auto const database = plain_database_name(settings); !database.empty()) text += " " + database;
  bool const may_lack_host = is_postgresql_uri(typed) && typed.substr(0, typed.find('?')).find('@') == typed.npos;
  return text + " on " + describe_hosts(settings, !may_lack_host);
}

}  // namespace restapi::source
