// SPDX-License-Identifier: MIT
#include "api/options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "api/command_line.hpp"
#include "api/option_environment.hpp"
#include "api/option_file.hpp"
#include "api/option_layer.hpp"

namespace restapi::api {
namespace {

Row const rows[] = {
    {"source,--source", "RESTAPI_SOURCE", &Given::sources, check_not_empty, "PROFILE|URI|FILE|FOLDER",
     "The database, also without --source: a profile of AiiDA, a postgresql:// URI or libpq keyword string, an .aiida "
     "archive, an SQLite file, or a folder of such files; may be repeated [the default profile, else the demo]",
     Scope::profile, ';'},
    {"-p,--profile", "RESTAPI_PROFILE", &Given::profiles, check_profile, "NAME[=SOURCE]",
     "A profile of AiiDA, even if a file has the same name; or a database as above, but no folder, under that name; "
     "may be repeated",
     Scope::server, ';'},
    {"--demo", "RESTAPI_DEMO", &Given::demo, check_switch, "", "Serve the small database built into the program"},
    {"--close-after", "RESTAPI_CLOSE_AFTER", &Given::close_after, check_range<0, 31536000>, "SECONDS",
     "How long a database that nobody asks stays open; 0: until the server is stopped [300]"},
    {"--max-open", "RESTAPI_MAX_OPEN", &Given::max_open, check_range<1, 100000>, "COUNT",
     "Databases open at once; for one more, the one unused for longest is closed [64]"},
    {"--config", nullptr, &Given::config, check_not_empty, "FILE", "Read options from a file, see below"},
    {"-H,--hostname", "RESTAPI_HOSTNAME", &Given::hostname, check_host, "HOST",
     "Address to listen on; 0.0.0.0 is every one [127.0.0.1]"},
    {"-P,--port", "RESTAPI_PORT", &Given::port, check_range<0, 65535>, "PORT",
     "Port to listen on; 0 is any free one [5000]"},
    {"--threads", "RESTAPI_THREADS", &Given::threads, check_range<1, 1024>, "COUNT",
     "Workers, each with one connection to the database; two at least, of which one is kept for what needs no "
     "statement "
     "[twice the processors, at least 4]"},
    {"--log-level", "RESTAPI_LOG_LEVEL", &Given::log_level, check_log_level, "LEVEL",
     "trace, debug, info, warn, error, critical or off [info]"},
    {"--wait", "RESTAPI_WAIT", &Given::wait, check_range<0, 86400>, "SECONDS",
     "How long to wait at the start for a PostgreSQL server that is not reachable or is starting [0]"},
    {"--statement-timeout", "RESTAPI_STATEMENT_TIMEOUT", &Given::statement_timeout, check_range<1, 86400>, "SECONDS",
     "How long the database may work on one statement [30]"},
    {"--connection-timeout", "RESTAPI_CONNECTION_TIMEOUT", &Given::connection_timeout, check_range<1, 3600>, "SECONDS",
     "How long a request may wait for a connection to the database [5]"},
    {"--cache", "RESTAPI_CACHE", &Given::cache, check_range<0, 4294967295>, "BYTES",
     "Memory for answers, each kept for as long as the database proves it right; 0: none [67108864]"},
    {"--cors-origin", "RESTAPI_CORS_ORIGIN", &Given::cors_origins, check_origin, "ORIGIN",
     "Web pages of this origin may read the answers; may be repeated; * is every one, none is none [none]",
     Scope::profile, ',', true},
    {"--server-name", "RESTAPI_SERVER_NAME", &Given::server_names, check_server_name, "NAME",
     "A further name that requests may have in Host; may be repeated; * is every one [only the server's own; every "
     "one if it listens to other machines]"},
    {"--trusted-proxy", "RESTAPI_TRUSTED_PROXY", &Given::trusted_proxies, check_address_range, "ADDRESS[/BITS]",
     "A proxy whose X-Forwarded-… headers are believed; may be repeated; none is none [127.0.0.0/8 and ::1]",
     Scope::server, ',', true},
    {"--token-keys", "RESTAPI_TOKEN_KEYS", &Given::token_keys, check_not_empty, "FILE",
     "Requests need a bearer token (JWT) that is signed by a key of this file: a JSON Web Key Set, or public keys in "
     "PEM; read again when it changes",
     Scope::profile},
    {"--token-issuer", "RESTAPI_TOKEN_ISSUER", &Given::token_issuer, check_not_empty, "TEXT",
     "Who must have issued the tokens (iss) [anybody]", Scope::profile},
    {"--token-audience", "RESTAPI_TOKEN_AUDIENCE", &Given::token_audience, check_not_empty, "TEXT",
     "Whom the tokens must be for (aud) [anybody]", Scope::profile},
    {"--max-requests", "RESTAPI_MAX_REQUESTS", &Given::max_requests, check_range<1, 1000000>, "COUNT",
     "Requests that need the database at once, queued ones included; more are refused with 503 [1024]"},
    {"--max-connections", "RESTAPI_MAX_CONNECTIONS", &Given::max_connections, check_range<1, 1000000>, "COUNT",
     "Connections at once; a new one takes the place of the one that has been idle longest, or waits [what the limit "
     "on open files allows, at most 65536]"},
    {"--drain", "RESTAPI_DRAIN", &Given::drain, check_range<0, 3600>, "SECONDS",
     "How long requests in flight may take when the server is stopped; a second signal stops it at once [10]"},
    {"--reuse-port", "RESTAPI_REUSE_PORT", &Given::reuse_port, check_switch, "",
     "Share the port with other servers of the same user: start the new one, then stop the old one, and no request is "
     "lost"},
    {"--private-filters", "RESTAPI_PRIVATE_FILTERS", &Given::private_filters, check_switch, "",
     "Allow filters on email and is_active; patterns can then spell an address letter by letter", Scope::profile},
    {"--access-log", "RESTAPI_ACCESS_LOG", &Given::access_log, check_log_file, "FILE",
     "Write a line of JSON for each request; - is standard output [no access log]"},
    {"--slow-request", "RESTAPI_SLOW_REQUEST", &Given::slow_request, check_range<0, 86400000>, "MILLISECONDS",
     "Requests that take so long are in the log with their statements; 0: none [1000]"},
    {"--admin-port", "RESTAPI_ADMIN_PORT", &Given::admin_port, check_range<0, 65535>, "PORT",
     "Port for /live, /ready and /metrics; 0 is any free one [no such port]"},
    {"--admin-hostname", "RESTAPI_ADMIN_HOSTNAME", &Given::admin_hostname, check_host, "HOST",
     "Address to listen on for them [127.0.0.1]"},
};

}  // namespace

std::span<Row const> option_rows() { return rows; }

namespace {

/// With a sentence around the bare reason.
Goodbye finished(Goodbye goodbye) {
  if (goodbye.exit_code == 0) return goodbye;
  return {goodbye.exit_code, fmt::format("restapi: {}\nRun `restapi --help` for the options.\n", goodbye.text)};
}

void take_missing(Given& given, Given const& weaker) {
  for (auto const& row : rows) {
    std::visit(
        [&](auto field) {
          if (!(given.*field)) given.*field = weaker.*field;
        },
        row.field);
  }
}

ProfileOptions profile_of(std::string name, store::Wanted wanted) {
  ProfileOptions profile;
  profile.name = std::move(name);
  profile.wanted = std::move(wanted);
  return profile;
}

/// `NAME=SOURCE`, or the name of a profile of AiiDA. A source may have further equals signs.
ProfileOptions named_profile(std::string const& text) {
  auto const equals = text.find('=');
  if (equals == text.npos) return profile_of("", {store::Wanted::Kind::profile, text});
  return profile_of(text.substr(0, equals), {store::Wanted::Kind::text, text.substr(equals + 1)});
}

/// What one layer names, in order; nothing but the name and the database is filled in.
std::vector<ProfileOptions> databases_of(Given const& given) {
  std::vector<ProfileOptions> profiles;
  for (auto const& text : given.sources.value_or(std::vector<std::string>{}))
    profiles.push_back(profile_of("", {store::Wanted::Kind::text, text}));
  for (auto const& text : given.profiles.value_or(std::vector<std::string>{})) profiles.push_back(named_profile(text));
  if (given.demo.value_or(false)) profiles.push_back(profile_of("", {store::Wanted::Kind::demo, ""}));
  return profiles;
}

/// The database that a section names: its source, or the profile of AiiDA that is called so.
ProfileOptions database_of(OptionFile::Section const& section) {
  auto const& [name, given] = section;
  if (given.sources) return profile_of(name, {store::Wanted::Kind::text, given.sources->front()});
  auto profile = profile_of(name, {store::Wanted::Kind::profile, name});
  profile.gives_way = true;
  return profile;
}

std::vector<ProfileOptions> databases_of(OptionFile const& file) {
  auto profiles = databases_of(file.common);
  for (auto const& section : file.sections) profiles.push_back(database_of(section));
  return profiles;
}

/// The strongest layer that names any database decides. `--demo=false` names none, and takes back a weaker layer's
/// demo.
std::vector<ProfileOptions> databases_of(Given const& flags, OptionFile file, Given environment) {
  if (file.common.demo) environment.demo.reset();
  if (flags.demo) {
    file.common.demo.reset();
    environment.demo.reset();
  }
  for (auto profiles : {databases_of(flags), databases_of(file), databases_of(environment)})
    if (!profiles.empty()) return profiles;
  return std::vector<ProfileOptions>(1);
}

void describe_access(ProfileOptions& profile, Given const& given) {
  profile.cors_origins = given.cors_origins.value_or(profile.cors_origins);
  profile.private_filters = given.private_filters.value_or(profile.private_filters);
  profile.token_keys = given.token_keys.value_or("");
  profile.token_issuer = given.token_issuer.value_or("");
  profile.token_audience = given.token_audience.value_or("");
}

Options options_of(Given const& given) {
  Options options;
  options.close_after = given.close_after.value_or(options.close_after);
  options.max_open = given.max_open.value_or(options.max_open);
  options.hostname = given.hostname.value_or(options.hostname);
  options.port = given.port.value_or(options.port);
  options.threads = std::max(2U, given.threads.value_or(std::max(4U, 2 * std::thread::hardware_concurrency())));
  options.log_level = given.log_level.value_or(options.log_level);
  options.cache = given.cache.value_or(options.cache);
  options.wait = given.wait.value_or(options.wait);
  options.connection_timeout = given.connection_timeout.value_or(options.connection_timeout);
  options.statement_timeout = given.statement_timeout.value_or(options.statement_timeout);
  options.max_requests = given.max_requests.value_or(options.max_requests);
  options.max_connections = given.max_connections.value_or(options.max_connections);
  options.drain = given.drain.value_or(options.drain);
  options.reuse_port = given.reuse_port.value_or(options.reuse_port);
  options.access_log = given.access_log.value_or(options.access_log);
  options.slow_request = given.slow_request.value_or(options.slow_request);
  options.server_names = given.server_names.value_or(options.server_names);
  options.admin_port = given.admin_port;
  options.admin_hostname = given.admin_hostname.value_or(options.admin_hostname);
  for (auto const& text : given.trusted_proxies.value_or(std::vector<std::string>{"127.0.0.0/8", "::1"})) {
    options.trusted_proxies.push_back(*AddressRange::parse(text));  // checked when it was read
  }
  return options;
}

}  // namespace

Environment process_environment() {
  Environment variables;
  for (auto const* const* variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    std::string_view const text = *variable;
    auto const equals = text.find('=');
    if (equals != text.npos && may_be_an_option(text.substr(0, equals)))
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string reason_against_tokens(ProfileOptions const& profile) {
  bool const is_checked = profile.token_issuer.empty() && profile.token_audience.empty();
  return profile.token_keys.empty() && !is_checked ? "--token-issuer and --token-audience need --token-keys" : "";
}

std::variant<Options, Goodbye> read_options(std::vector<std::string> const& arguments, Environment const& environment) {
  auto const read = read_command_line(arguments);
  if (auto const* goodbye = std::get_if<Goodbye>(&read)) return finished(*goodbye);
  auto const& flags = std::get<Given>(read);
  std::variant<OptionFile, Goodbye> file;
  if (flags.config) file = read_option_file(*flags.config);
  if (auto const* goodbye = std::get_if<Goodbye>(&file)) return finished(*goodbye);
  auto const& from_file = std::get<OptionFile>(file);
  auto const variables = read_environment(environment);
  if (auto const* goodbye = std::get_if<Goodbye>(&variables)) return finished(*goodbye);
  auto const& from_environment = std::get<EnvironmentLayer>(variables);

  auto const merged = [&](Given const& section) {
    auto given = flags;
    for (auto const* weaker : {&section, &from_file.common, &from_environment.given}) take_missing(given, *weaker);
    return given;
  };
  auto options = options_of(merged({}));
  options.unknown_variables = from_environment.unknown;
  options.profiles = databases_of(flags, from_file, from_environment.given);
  for (auto& profile : options.profiles) describe_access(profile, merged({}));
  for (auto const& section : from_file.sections) {
    auto& described = options.sections.emplace_back(database_of(section));
    describe_access(described, merged(section.given));
    if (auto const reason = reason_against_tokens(described); !reason.empty())
      return finished({2, fmt::format("profile \"{}\": {}", section.name, reason)});
  }
  // With sections it is seen later whether a database is left that none of them is about.
  auto const reason = options.sections.empty() ? reason_against_tokens(options.profiles.front()) : "";
  if (!reason.empty()) return finished({2, reason});
  return options;
}

}  // namespace restapi::api
