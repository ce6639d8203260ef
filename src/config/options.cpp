// SPDX-License-Identifier: MIT
#include "config/options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "config/command_line.hpp"
#include "config/option_environment.hpp"
#include "config/option_file.hpp"
#include "config/option_layer.hpp"

namespace restapi::config {
namespace {

Row const rows[] = {
    {"source,--source", "RESTAPI_SOURCE", Names::sources, check_not_empty, "PROFILE|URI|FILE|FOLDER",
     "The database, also without --source: an AiiDA profile, a postgresql:// URI or libpq keyword string, an .aiida "
     "archive, an SQLite file, or a folder of such files; may be repeated",
     "the default profile, else the demo"},
    {"-p,--profile", "RESTAPI_PROFILE", Names::profiles, check_profile, "NAME[=SOURCE]",
     "An AiiDA profile, even if a file has the same name; or a database as above, but no folder, and the name to serve "
     "it under; may be repeated"},
    {"--demo", "RESTAPI_DEMO", Names::demo, check_switch, "", "Serve the small database built into the program"},
    {"--close-after", "RESTAPI_CLOSE_AFTER", &Options::close_after, check_range<0, 31536000>, "SECONDS",
     "Close a database that has not been used for this long; 0: keep it open"},
    {"--max-open", "RESTAPI_MAX_OPEN", &Options::max_open, check_range<1, 100000>, "COUNT",
     "Databases open at the same time; to open one more, another one is closed, an idle one if there is any"},
    {"--config", nullptr, &Options::config, check_not_empty, "FILE", "Read options from a file, see below"},
    {"--config-name", nullptr, &Options::config_name, check_not_empty, "NAME",
     "What messages call the file of --config, where a service manager hands over a copy", "as it is called"},
    {"-H,--hostname", "RESTAPI_HOSTNAME", &Options::hostname, check_host, "HOST",
     "Address to listen on; 0.0.0.0 for all"},
    {"-P,--port", "RESTAPI_PORT", &Options::port, check_range<0, 65535>, "PORT",
     "Port to listen on; 0 for any free port"},
    {"--threads", "RESTAPI_THREADS", &Options::threads, check_range<1, 1024>, "COUNT",
     "Worker threads, each with one connection to the database; at least two, one of which is kept for requests that "
     "need no statement",
     "twice the processors, at least 4"},
    {"--log-level", "RESTAPI_LOG_LEVEL", &Options::log_level, check_log_level, "LEVEL",
     "trace, debug, info, warn, error, critical or off"},
    {"--wait", "RESTAPI_WAIT", &Options::wait, check_range<0, 86400>, "SECONDS",
     "How long to wait at start-up for a PostgreSQL server that is not reachable or is still starting"},
    {"--statement-timeout", "RESTAPI_STATEMENT_TIMEOUT", &Options::statement_timeout, check_range<1, 86400>, "SECONDS",
     "How long the database may work on one statement"},
    {"--connection-timeout", "RESTAPI_CONNECTION_TIMEOUT", &Options::connection_timeout, check_range<1, 3600>,
     "SECONDS", "How long a request may wait for a connection to the database"},
    {"--cache", "RESTAPI_CACHE", &Options::cache, check_range<0, 4294967295>, "BYTES",
     "Memory for the response cache; a cached answer is used only while the database is unchanged; 0: no cache"},
    {"--total-age", "RESTAPI_TOTAL_AGE", &Options::total_age, check_total_age, "SECONDS|exact",
     "How old the total of a list may be, where counting takes long and nothing shows that the data are unchanged; "
     "exact: "
     "each list is counted"},
    {"--cors-origin", "RESTAPI_CORS_ORIGIN", &ProfileOptions::cors_origins, check_origin, "ORIGIN",
     "Origin whose web pages may read the answers; may be repeated; * for all, none for nobody", "none", true},
    {"--server-name", "RESTAPI_SERVER_NAME", &Options::server_names, check_server_name, "NAME",
     "Further name that is accepted in Host; may be repeated; * for any name",
     "its own names only; any name if it listens to other machines"},
    {"--trusted-proxy", "RESTAPI_TRUSTED_PROXY", &Options::trusted_proxies, check_address_range, "ADDRESS[/BITS]",
     "Proxy whose X-Forwarded-… headers are trusted; may be repeated; none for nobody", "127.0.0.0/8 and ::1", true},
    {"--token-keys", "RESTAPI_TOKEN_KEYS", &ProfileOptions::token_keys, check_not_empty, "FILE",
     "Require a bearer token (JWT) signed by a key of this file: a JSON Web Key Set, or public keys in PEM; reloaded "
     "when it changes"},
    {"--token-issuer", "RESTAPI_TOKEN_ISSUER", &ProfileOptions::token_issuer, check_not_empty, "TEXT",
     "Required issuer of tokens (iss)", "any"},
    {"--token-audience", "RESTAPI_TOKEN_AUDIENCE", &ProfileOptions::token_audience, check_not_empty, "TEXT",
     "Required audience of tokens (aud)", "any"},
    {"--max-requests", "RESTAPI_MAX_REQUESTS", &Options::max_requests, check_range<1, 1000000>, "COUNT",
     "Requests that need the database at the same time, queued ones included; more are rejected with 503"},
    {"--max-connections", "RESTAPI_MAX_CONNECTIONS", &Options::max_connections, check_range<1, 1000000>, "COUNT",
     "Client connections at the same time; a new one replaces the one that has been idle longest, or waits",
     "what the limit on open files allows, at most 65536"},
    {"--drain", "RESTAPI_DRAIN", &Options::drain, check_range<0, 3600>, "SECONDS",
     "How long requests in flight may take when the server is stopped; a second signal stops it at once"},
    {"--private-filters", "RESTAPI_PRIVATE_FILTERS", &ProfileOptions::private_filters, check_switch, "",
     "Allow filters on email and is_active; with patterns, clients can find out an address letter by letter"},
    {"--no-posting", "RESTAPI_NO_POSTING", &Options::no_posting, check_switch, "",
     "Do not answer queries that are posted to /api/v4/querybuilder"},
    {"--no-pages", "RESTAPI_NO_PAGES", &Options::no_pages, check_switch, "",
     "Send JSON to browsers, too, indented for reading, instead of pages"},
    {"--feed", "RESTAPI_FEED", &Options::feed, check_feed, "HOW",
     "How the live feed learns of changes: installed (what --print-feed-setup has installed writes them down), "
     "following "
     "(by looking at the tables), auto (the first, where it is there), or off"},
    {"--feed-interval", "RESTAPI_FEED_INTERVAL", &Options::feed_interval, check_range<10, 60000>, "MILLISECONDS",
     "How often the live feed looks for changes, while somebody listens"},
    {"--feed-ping", "RESTAPI_FEED_PING", &Options::feed_ping, check_range<1, 3600>, "SECONDS",
     "How often WebSockets and Socket.IO clients of the live feed are asked whether they are still there"},
    {"--max-subscribers", "RESTAPI_MAX_SUBSCRIBERS", &Options::max_subscribers, check_range<1, 1000000>, "COUNT",
     "Listeners to the live feed of a profile at the same time; more are rejected with 503"},
    {"--access-log", "RESTAPI_ACCESS_LOG", &Options::access_log, check_log_file, "FILE",
     "Write a line of JSON for each request; - for standard output", "no access log"},
    {"--slow-request", "RESTAPI_SLOW_REQUEST", &Options::slow_request, check_range<0, 86400000>, "MILLISECONDS",
     "Log requests that take this long, with their statements; 0: none"},
    {"--admin-port", "RESTAPI_ADMIN_PORT", &Options::admin_port, check_range<0, 65535>, "PORT",
     "Port for /live, /ready and /metrics; 0 for any free port", "no such port"},
    {"--admin-hostname", "RESTAPI_ADMIN_HOSTNAME", &Options::admin_hostname, check_host, "HOST",
     "Address to listen on for the admin port"},
    {"--print-feed-setup", nullptr, &Options::print_feed_setup, check_feed_database, "postgresql|sqlite",
     "Do not serve, but print the script with which the owner of a database makes it write down its changes"},
    {"--print-feed-removal", nullptr, &Options::print_feed_removal, check_feed_database, "postgresql|sqlite",
     "Do not serve, but print the script that undoes this"},
    {"--check", nullptr, &Options::check, check_switch, "",
     "Do not serve, but read the options, open every database, try the addresses and the access log, and say all that "
     "is wrong; the exit code is 0 if all can be served, 1 if something cannot be opened, 2 if the options are wrong"},
    {"--ready", nullptr, &Options::ready, check_switch, "",
     "Do not serve, but ask /ready of the server that runs with these options; the exit code is 0 if it is ready, else "
     "1"},
};

}  // namespace

std::span<Row const> option_rows() { return rows; }

namespace {

ProfileOptions profile_of(std::string name, source::SourceSpec wanted, std::string const& place) {
  ProfileOptions profile;
  profile.name = std::move(name);
  profile.wanted = std::move(wanted);
  profile.place = place;
  return profile;
}

/// `NAME=SOURCE`, or the name of a profile of AiiDA. A source may have further equals signs.
ProfileOptions named_profile(std::string const& text, std::string const& place) {
  auto const equals = text.find('=');
  if (equals == text.npos) return profile_of("", {source::SourceSpec::Kind::profile, text}, place);
  return profile_of(text.substr(0, equals), {source::SourceSpec::Kind::text, text.substr(equals + 1)}, place);
}

/// What one layer names; nothing but the name and the database is filled in.
std::vector<ProfileOptions> databases_of(Layer const& layer) {
  std::vector<ProfileOptions> databases;
  if (auto const* sources = find_setting(layer, Names::sources))
    for (auto const& text : sources->values)
      databases.push_back(profile_of("", {source::SourceSpec::Kind::text, text}, sources->place));
  if (auto const* profiles = find_setting(layer, Names::profiles))
    for (auto const& text : profiles->values) databases.push_back(named_profile(text, profiles->place));
  if (auto const* demo = find_setting(layer, Names::demo); demo != nullptr && is_on(demo->values.front()))
    databases.push_back(profile_of("", {source::SourceSpec::Kind::demo, ""}, demo->place));
  return databases;
}

/// The database that a section names: its source, or the profile of AiiDA that is called so.
ProfileOptions database_of(OptionFile::Section const& section) {
  if (auto const* source = find_setting(section.layer, Names::sources))
    return profile_of(section.name, {source::SourceSpec::Kind::text, source->values.front()}, section.place);
  auto profile = profile_of(section.name, {source::SourceSpec::Kind::profile, section.name}, section.place);
  profile.gives_way = true;
  return profile;
}

/// A layer that names any database names them all. `demo = false` names none, and takes back a weaker layer's demo.
void replace_databases(std::vector<ProfileOptions>& databases, Layer const& layer,
                       std::vector<ProfileOptions> const& sections) {
  if (find_setting(layer, Names::demo))
    std::erase_if(databases, [](auto const& one) { return one.wanted.kind == source::SourceSpec::Kind::demo; });
  auto named = databases_of(layer);
  named.insert(named.end(), sections.begin(), sections.end());
  if (!named.empty()) databases = std::move(named);
}

/// Whether who listens on one of the hosts also listens on the other. Names may lead anywhere.
bool overlap(std::string_view one, std::string_view other) {
  auto const is_ipv4 = [](std::string_view host) { return host.find_first_not_of("0123456789.") == host.npos; };
  auto const is_ipv6 = [](std::string_view host) { return host.find(':') != host.npos; };
  bool const is_any = one == "0.0.0.0" || other == "0.0.0.0" || one == "::" || other == "::";
  return one == other || (is_any && ((is_ipv4(one) && is_ipv4(other)) || (is_ipv6(one) && is_ipv6(other))));
}

/// Not where something else is wrong with tokens: what would follow from it is no second mistake.
void check_tokens(Options& options) {
  bool const is_known = std::any_of(options.mistakes.begin(), options.mistakes.end(), [](auto const& mistake) {
    return mistake.find("token-") != mistake.npos || mistake.find("TOKEN") != mistake.npos;
  });
  if (is_known) return;
  // With sections it is seen later whether a database is left that none of them is about.
  for (auto const& profile : options.sections.empty() ? options.profiles : options.sections) {
    auto const reason = reason_against_tokens(profile);
    if (reason.empty()) continue;
    options.mistakes.push_back(options.sections.empty() ? reason : profile.place + ": " + reason);
    if (options.sections.empty()) break;  // it holds for all
  }
}

}  // namespace

unsigned default_threads() { return std::max(4U, 2 * std::thread::hardware_concurrency()); }

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

Error placed(ProfileOptions const& profile, Error error) {
  if (!profile.place.empty()) error.message = profile.place + ": " + error.message;
  return error;
}

std::string reason_against_ports(Options const& options) {
  auto const &host = options.hostname, &admin_host = options.admin_hostname;
  if (options.port == 0 || options.admin_port != options.port || !overlap(host, admin_host)) return "";
  return fmt::format("--port and --admin-port are the same: {}", options.port);
}

std::string reason_against_tokens(ProfileOptions const& profile) {
  bool const is_checked = profile.token_issuer.empty() && profile.token_audience.empty();
  return profile.token_keys.empty() && !is_checked ? "--token-issuer and --token-audience need --token-keys" : "";
}

std::variant<Options, EarlyExit> read_options(std::vector<std::string> const& arguments,
                                              Environment const& environment) {
  Options options;
  auto const read = read_command_line(arguments, options.mistakes);
  if (auto const* goodbye = std::get_if<EarlyExit>(&read)) return *goodbye;
  auto const& flags = std::get<Layer>(read);
  apply(flags, options);  // --config is nowhere else
  auto const& name_of_file = options.config_name.empty() ? options.config : options.config_name;
  auto const from_file =
      options.config.empty() ? OptionFile() : read_option_file(options.config, name_of_file, options.mistakes);
  auto const from_environment = read_environment(environment, options.mistakes);

  for (auto const& section : from_file.sections) options.sections.push_back(database_of(section));
  std::vector<ProfileOptions> databases;
  replace_databases(databases, from_environment.layer, {});
  replace_databases(databases, from_file.common, options.sections);
  replace_databases(databases, flags, {});
  if (!databases.empty()) options.profiles = std::move(databases);

  for (auto const* layer : {&from_environment.layer, &from_file.common, &flags}) {
    apply(*layer, options);
    for (auto& profile : options.profiles) apply(*layer, profile);
  }
  for (std::size_t i = 0; i < from_file.sections.size(); ++i) {
    auto const& section = from_file.sections[i];
    for (auto const* layer : {&from_environment.layer, &from_file.common, &section.layer, &flags})
      apply(*layer, options.sections[i]);
  }
  for (auto* const host : {&options.hostname, &options.admin_hostname})  // IPv6 as URLs have it
    if (host->starts_with('[') && host->ends_with(']')) *host = host->substr(1, host->size() - 2);
  options.threads = std::max(2U, options.threads);  // one is kept for what needs no statement
  options.unknown_variables = from_environment.unknown;
  if (options.ready) {  // what is served, and to whom, may be said in the server's flags alone
    if (options.admin_port.value_or(0) == 0)
      options.mistakes.push_back("--ready asks the server's admin port: --admin-port says which");
  } else {
    check_tokens(options);
  }
  return options;
}

}  // namespace restapi::config
