// SPDX-License-Identifier: MIT
#include "source/database_identity.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string_view>
#include <system_error>

#include "base/ascii.hpp"
#include "base/followed_path.hpp"
#include "source/postgresql_uri.hpp"

namespace restapi::source {
namespace {

using Settings = std::map<std::string, std::string, std::less<>>;

std::string setting(Settings const& settings, std::string_view keyword) {
  auto const found = settings.find(keyword);
  return found == settings.end() ? std::string() : found->second;
}

/// A port as libpq reads it: `05432` and `+5432` are the same. What is no number stays as it is; libpq refuses it.
std::string as_number(std::string const& port) {
  char* end = nullptr;
  auto const number = std::strtol(port.c_str(), &end, 10);
  bool const is_number =
      end != port.c_str() && std::string_view(end).find_first_not_of(" \t\n\v\f\r") == std::string_view::npos;
  return is_number ? std::to_string(number) : port;
}

/// What libpq takes for settings that the source does not name: from PG… variables, and what was compiled in.
Settings defaults() {
  Settings settings;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const options(PQconndefaults(), &PQconninfoFree);
  for (auto const* option = options.get(); option != nullptr && option->keyword != nullptr; ++option)
    if (option->val != nullptr) settings[option->keyword] = option->val;
  return settings;
}

/// What is said about hosts replaces all defaults about them.
Settings with_defaults(PostgresqlSettings const& said) {
  Settings settings;
  for (auto const& [keyword, value] : said)
    if (!value.empty()) settings[keyword] = value;
  bool const names_server = settings.contains("host") || settings.contains("hostaddr") || settings.contains("service");
  for (auto& [keyword, value] : defaults()) {
    bool const is_server = keyword == "host" || keyword == "hostaddr" || keyword == "service";
    if (!(is_server && names_server)) settings.try_emplace(keyword, std::move(value));
  }
  return settings;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

}  // namespace

bool DatabaseIdentity::Server::is_same(Server const& other) const {
  if (port != other.port) return false;
  if (kind == other.kind) return kind == Kind::loopback || host == other.host;
  return kind != Kind::named && other.kind != Kind::named;
}

DatabaseIdentity::Postgresql DatabaseIdentity::postgresql(std::string const& uri) {
  auto const said = parse_postgresql(uri);
  if (!said) return {};  // it was read before
  auto const settings = with_defaults(*said);
  Postgresql found{setting(settings, "dbname"), {}};
  if (found.database.empty()) found.database = setting(settings, "user");
  auto const list = setting(settings, settings.contains("hostaddr") ? "hostaddr" : "host");
  auto const ports = split_list(setting(settings, "port"));
  bool const has_service = list.empty() && settings.contains("service");
  std::size_t index = 0;
  for (auto host : split_list(list)) {
    auto port = ports.size() == 1 ? ports.front() : index < ports.size() ? ports[index] : std::string();
    port = port.empty() ? "5432" : as_number(port);
    ++index;
    if (has_service) {
      found.servers.push_back({Server::Kind::named, "service " + setting(settings, "service"), port});
    } else if (host.empty() || host.starts_with('/') || host.starts_with('@')) {
      std::error_code ignored;
      auto const folder = std::filesystem::weakly_canonical(host.empty() ? "/var/run/postgresql" : host, ignored);
      found.servers.push_back({Server::Kind::socket, folder.string(), port});
    } else {
      host = in_ascii_lower_case(std::move(host));
      if (host.ends_with('.')) host.pop_back();
      found.servers.push_back({is_loopback(host) ? Server::Kind::loopback : Server::Kind::named, host, port});
    }
  }
  return found;
}

DatabaseIdentity DatabaseIdentity::of(FoundSource const& found) {
  DatabaseIdentity identity;
  if (found.source.engine == Engine::postgresql) {
    identity.what_ = postgresql(found.source.location);
  } else if (found.packed == FoundSource::Packed::demo) {
    identity.what_ = Demo{};
  } else if (found.source.location.empty()) {
    identity.what_ = Unknown{found.source.name};
  } else if (auto const file = identity_of_file(found.source.location)) {
    identity.what_ = *file;
  } else {
    identity.what_ = Missing{followed_path(found.source.location)};
  }
  return identity;
}

bool DatabaseIdentity::is_same(DatabaseIdentity const& other) const {
  if (what_.index() != other.what_.index()) return false;
  if (auto const* file = std::get_if<FileIdentity>(&what_)) return *file == std::get<FileIdentity>(other.what_);
  if (auto const* missing = std::get_if<Missing>(&what_)) return missing->path == std::get<Missing>(other.what_).path;
  if (auto const* unknown = std::get_if<Unknown>(&what_))
    return !unknown->name.empty() && unknown->name == std::get<Unknown>(other.what_).name;
  auto const* one = std::get_if<Postgresql>(&what_);
  if (one == nullptr) return std::holds_alternative<Demo>(what_);
  auto const& another = std::get<Postgresql>(other.what_);
  return one->database == another.database &&
         std::any_of(one->servers.begin(), one->servers.end(), [&](auto const& server) {
           return std::any_of(another.servers.begin(), another.servers.end(),
                              [&](auto const& its) { return server.is_same(its); });
         });
}

}  // namespace restapi::source
