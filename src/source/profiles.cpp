// SPDX-License-Identifier: MIT
#include "source/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/passwords.hpp"
#include "base/suggest.hpp"
#include "source/files.hpp"
#include "source/postgresql_uri.hpp"

namespace restapi::source {
namespace {

using nlohmann::json;

constexpr std::string_view no_profile = "there is no such profile in AiiDA's configuration";
constexpr std::string_view unusable_profile = "its profile in AiiDA's configuration cannot be used";
constexpr std::string_view unusable_file = "AiiDA's configuration cannot be used";

Error refused(std::string message, std::string hint = {}, std::string_view lasting = unusable_profile) {
  return {Code::source_refused, std::move(message), std::move(hint), {}, {}, std::string(lasting)};
}

/// A profile's part of config.json, with the words for messages about it.
struct Entry {
  json const& values;
  std::string name;
  std::string file;
};

/// The text of a value; a number is taken for its digits (ports are written both ways), null and absence are empty.
Result<std::string> text_of(Entry const& entry, json const& object, char const* key) {
  auto const found = object.find(key);
  if (found == object.end() || found->is_null()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  if (found->is_number_unsigned()) return found->dump();
  return refused(fmt::format("\"{}\" of profile \"{}\" in {} is not a text", key, entry.name, entry.file));
}

Result<std::string> required_text_of(Entry const& entry, json const& object, char const* key) {
  auto text = text_of(entry, object, key);
  if (text && text->empty()) {
    return refused(fmt::format("profile \"{}\" in {} has no \"{}\"", entry.name, entry.file, key));
  }
  return text;
}

struct PostgresqlKey {
  char const* keyword;  ///< libpq's
  char const* current;  ///< in profiles.<name>.storage.config since AiiDA 2.0
  char const* former;   ///< in profiles.<name> before
  bool is_required;
};
constexpr std::array postgresql_keys{
    PostgresqlKey{"host", "database_hostname", "AIIDADB_HOST", false},
    PostgresqlKey{"port", "database_port", "AIIDADB_PORT", false},
    PostgresqlKey{"user", "database_username", "AIIDADB_USER", true},
    PostgresqlKey{"password", "database_password", "AIIDADB_PASS", false},
    PostgresqlKey{"dbname", "database_name", "AIIDADB_NAME", true},
};

Result<Profile> postgresql_profile(Entry const& entry, json const& object, char const* PostgresqlKey::*name) {
  PostgresqlSettings settings;
  for (auto const& key : postgresql_keys) {
    auto text = key.is_required ? required_text_of(entry, object, key.*name) : text_of(entry, object, key.*name);
    if (!text) return std::move(text).error();
    if (std::string_view(key.keyword) == "port" && !are_ports(*text)) {
      return refused(fmt::format("\"{}\" of profile \"{}\" in {} is no number from 1 to 65535", key.*name, entry.name,
                                 entry.file));
    }
    if (!text->empty()) settings.emplace_back(key.keyword, *std::move(text));
  }
  return Profile{Profile::Storage::postgresql, entry.name, postgresql_uri(settings),
                 fmt::format("profile {} ({})", entry.name, describe_postgresql(settings))};
}

/// The path of file:///home/ada/.aiida/repository/main. A path alone is taken as one.
std::string path_of(std::string_view uri) {
  constexpr std::string_view scheme = "file://";
  if (!uri.starts_with(scheme)) return std::string(uri);
  uri.remove_prefix(scheme.size());
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    int code = 0;
    auto const* const digits = uri.data() + i + 1;
    bool const is_escape =
        uri[i] == '%' && i + 2 < uri.size() && std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2;
    path += is_escape ? static_cast<char>(code) : uri[i];
    if (is_escape) i += 2;
  }
  return path;
}

Result<Profile> current_postgresql(Entry const& entry, json const& config) {
  auto profile = postgresql_profile(entry, config, &PostgresqlKey::current);
  if (!profile) return profile;
  auto const repository = text_of(entry, config, "repository_uri");
  if (!repository) return repository.error();
  if (!repository->empty())
    profile->container = (std::filesystem::path(path_of(*repository)) / container_of_profile).string();
  return profile;
}

Result<Profile> sqlite_folder(Entry const& entry, json const& config) {
  auto const path = required_text_of(entry, config, "filepath");
  if (!path) return path.error();
  auto const file = (std::filesystem::path(*path) / database_of_profile).string();
  return Profile{Profile::Storage::sqlite_file, entry.name, file, fmt::format("profile {} ({})", entry.name, file),
                 (std::filesystem::path(*path) / container_of_profile).string()};
}

/// AiiDA 2.0 to 2.4 called the file `path`.
Result<Profile> archive(Entry const& entry, json const& config) {
  bool const is_former = config.contains("path") && !config.contains("filepath");
  auto const path = required_text_of(entry, config, is_former ? "path" : "filepath");
  if (!path) return path.error();
  return Profile{Profile::Storage::archive, entry.name, *path, fmt::format("profile {} ({})", entry.name, *path)};
}

struct Backend {
  std::string_view name;
  Result<Profile> (*read)(Entry const& entry, json const& config);
};
/// The names without `core.` are those of the first releases of AiiDA 2.
constexpr std::array backends{
    Backend{"core.psql_dos", current_postgresql},
    Backend{"core.sqlite_dos", sqlite_folder},
    Backend{"core.sqlite_zip", archive},
    Backend{"psql_dos", current_postgresql},
    Backend{"sqlite_zip", archive},
};

Result<Profile> read_profile(Entry const& entry) {
  auto const storage = entry.values.find("storage");
  if (storage == entry.values.end() && entry.values.contains("AIIDADB_NAME")) {
    return postgresql_profile(entry, entry.values, &PostgresqlKey::former);
  }
  if (storage == entry.values.end() || !storage->is_object()) {
    return refused(fmt::format("profile \"{}\" in {} has no \"storage\"", entry.name, entry.file));
  }
  auto const name = required_text_of(entry, *storage, "backend");
  if (!name) return name.error();
  auto const backend = std::find_if(backends.begin(), backends.end(), [&](auto const& b) { return b.name == *name; });
  if (backend == backends.end()) {
    return refused(
        fmt::format("profile \"{}\" in {} has the storage \"{}\", which cannot be read", entry.name, entry.file, *name),
        "core.psql_dos, core.sqlite_dos and core.sqlite_zip can");
  }
  auto const config = storage->find("config");
  if (config == storage->end() || !config->is_object()) {
    return refused(fmt::format("profile \"{}\" in {} has no \"config\" in its storage", entry.name, entry.file));
  }
  return backend->read(entry, *config);
}

/// The parser's own message quotes the text around the fault, where passwords are: it is not used.
Result<json> parse_configuration(std::string const& text, std::string const& file) {
  auto configuration = json::parse(text, nullptr, false);
  if (configuration.is_discarded()) return refused(fmt::format("{} is not valid JSON", file), {}, unusable_file);
  auto const profiles = configuration.is_object() ? configuration.find("profiles") : configuration.end();
  if (profiles == configuration.end() || !profiles->is_object()) {
    return refused(fmt::format("{} has no \"profiles\"", file), "it should be the config.json of AiiDA", unusable_file);
  }
  return configuration;
}

/// With the one that may have been meant by `written`.
std::string known_profiles(json const& profiles, std::string_view written = {}) {
  constexpr std::size_t most = 20;
  std::vector<std::string> names;
  for (auto const& [name, values] : profiles.items()) {
    if (names.size() == most) {
      names.emplace_back("…");
      break;
    }
    names.push_back(name);
  }
  if (names.empty()) return "it has no profiles";
  std::vector<std::string_view> all;
  for (auto const& profile : profiles.items()) all.push_back(profile.key());
  auto const nearest = written.empty() ? std::nullopt : restapi::nearest(written, all);
  return fmt::format("{}its profiles: {}", nearest ? fmt::format("did you mean \"{}\"? ", *nearest) : "",
                     fmt::join(names, ", "));
}

Result<Profile> find_in(json const& configuration, std::string const& name, std::string const& file) {
  auto const& profiles = configuration.at("profiles");
  auto const found = profiles.find(name);
  if (found == profiles.end()) {
    return refused(fmt::format("there is no profile \"{}\" in {}", shown_name(name), file),
                   known_profiles(profiles, name), no_profile);
  }
  if (!found->is_object()) return refused(fmt::format("profile \"{}\" in {} is not an object", name, file));
  return read_profile(Entry{*found, name, file});
}

/// Empty if there is none. AiiDA 0.x had one default for each kind of process: `verdi` is what a person uses, and the
/// daemon's is the one that AiiDA 1.x keeps.
std::string default_name(json const& configuration) {
  for (auto const* pointer : {"/default_profile", "/default_profiles/verdi", "/default_profiles/daemon"}) {
    auto const path = json::json_pointer(pointer);
    if (!configuration.contains(path) || !configuration.at(path).is_string()) continue;
    if (auto name = configuration.at(path).get<std::string>(); !name.empty()) return name;
  }
  return {};
}

}  // namespace

std::string expand_home(std::string const& path, std::string const& home) {
  return path == "~" || path.starts_with("~/") ? home + path.substr(1) : path;
}

std::string configuration_file(std::optional<std::string> const& aiida_path, std::string const& home) {
  namespace fs = std::filesystem;
  auto folder = fs::path(home) / ".aiida";
  std::string_view rest = aiida_path ? std::string_view(*aiida_path) : std::string_view();
  while (!rest.empty()) {
    auto const part = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.empty()) continue;
    folder = expand_home(std::string(part), home);
    if (!folder.has_filename()) folder = folder.parent_path();
    if (folder.filename() != ".aiida") folder /= ".aiida";
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) break;
  }
  return (folder / "config.json").string();
}

Result<Profile> find_profile(std::string const& config_json, std::string const& name, std::string const& file) {
  auto const configuration = parse_configuration(config_json, file);
  if (!configuration) return configuration.error();
  return find_in(*configuration, name, file);
}

bool names_profile(std::string const& config_json, std::string const& name) {
  auto const configuration = parse_configuration(config_json, {});
  return configuration && configuration->at("profiles").contains(name);
}

Result<Profile> find_default_profile(std::string const& config_json, std::string const& file) {
  auto const configuration = parse_configuration(config_json, file);
  if (!configuration) return configuration.error();
  auto const name = default_name(*configuration);
  if (!name.empty()) return find_in(*configuration, name, file);
  auto const& profiles = configuration->at("profiles");
  if (profiles.empty()) return refused(fmt::format("{} has no profiles", file), "--demo serves the demo");
  return refused(fmt::format("{} has no default profile", file), known_profiles(profiles) + "; name the one to serve");
}

}  // namespace restapi::source
