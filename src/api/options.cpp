#include "api/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

namespace restapi::api {
namespace {

/// What one layer (flags, file or environment) says; empty where it says nothing.
struct Given {
  std::optional<std::string> source;
  std::optional<std::string> profile;
  std::optional<bool> demo;
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

/// The reason why a value is not accepted, or an empty text.
using Check = std::string (*)(std::string const& value);

std::string check_not_empty(std::string const& value) { return value.empty() ? "must not be empty" : ""; }

template <unsigned least, unsigned most>
std::string check_range(std::string const& value) {
  unsigned number = 0;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  bool const is_number = error == std::errc() && end == value.data() + value.size();
  return is_number && number >= least && number <= most
             ? ""
             : fmt::format("must be a whole number from {} to {}, not \"{}\"", least, most, value);
}

std::string check_log_level(std::string const& value) {
  constexpr std::array<std::string_view, 7> levels{"trace", "debug", "info", "warn", "error", "critical", "off"};
  return std::find(levels.begin(), levels.end(), value) != levels.end()
             ? ""
             : fmt::format("must be one of {}, not \"{}\"", fmt::join(levels, ", "), value);
}

/// What CLI11 takes for a switch; anything else it would throw as std::invalid_argument, which is no error of its own.
std::string check_switch(std::string const& value) {
  constexpr std::array<std::string_view, 8> words{"true", "false", "yes", "no", "on", "off", "1", "0"};
  return std::find(words.begin(), words.end(), value) != words.end()
             ? ""
             : fmt::format("must be true or false, not \"{}\"", value);
}

/// The value goes into a header as it is, and is compared with what browsers send (RFC 6454 §6.2).
std::string check_origin(std::string const& value) {
  bool const is_printable = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  bool const is_origin = value.starts_with("http://") || value.starts_with("https://");
  auto const host = value.substr(std::min(value.size(), value.find("://") + 3));
  bool const is_bare = !host.empty() && host.find_first_of("/?#,") == host.npos;
  if (value != "*" && !(is_printable && is_origin && is_bare))
    return fmt::format("must be * or an origin like https://example.org, not \"{}\"", value);
  bool const is_lower = std::none_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  bool const has_own_port = value.ends_with(value.starts_with("https") ? ":443" : ":80");
  return is_lower && !has_own_port
             ? ""
             : fmt::format("must be in lower case and without the scheme's own port, as browsers send it, not \"{}\"",
                           value);
}

std::string check_address_range(std::string const& value) {
  return AddressRange::parse(value) ? ""
                                    : fmt::format("must be an address or a range like 10.0.0.0/8, not \"{}\"", value);
}

struct Row {
  char const* flags;        ///< as CLI11 writes them: `-P,--port`
  char const* environment;  ///< none: command line only
  Field field;
  Check check;
  char const* value_name;
  char const* help;
};

Row const rows[] = {
    {"source,--source", "RESTAPI_SOURCE", &Given::source, check_not_empty, "PROFILE|URI|FILE",
     "The database, also without --source: a profile of AiiDA, a postgresql:// URI or libpq keyword string, an .aiida "
     "archive or an SQLite file [the default profile, else the demo]"},
    {"-p,--profile", "RESTAPI_PROFILE", &Given::profile, check_not_empty, "NAME",
     "A profile of AiiDA, even if a file has the same name"},
    {"--demo", "RESTAPI_DEMO", &Given::demo, check_switch, "", "Serve the small database built into the program"},
    {"--config", nullptr, &Given::config, check_not_empty, "FILE", "Read options from a file, see below"},
    {"-H,--hostname", "RESTAPI_HOSTNAME", &Given::hostname, check_not_empty, "HOST",
     "Address to listen on; 0.0.0.0 is every one [127.0.0.1]"},
    {"-P,--port", "RESTAPI_PORT", &Given::port, check_range<0, 65535>, "PORT",
     "Port to listen on; 0 is any free one [5000]"},
    {"--threads", "RESTAPI_THREADS", &Given::threads, check_range<1, 1024>, "COUNT",
     "Workers, each with one connection to the database [twice the processors, at least 4]"},
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
     "Web pages of this origin may read the answers; may be repeated; * is every one [*]"},
    {"--trusted-proxy", "RESTAPI_TRUSTED_PROXY", &Given::trusted_proxies, check_address_range, "ADDRESS[/BITS]",
     "A proxy whose X-Forwarded-… headers are believed; may be repeated [127.0.0.0/8 and ::1]"},
    {"--token-keys", "RESTAPI_TOKEN_KEYS", &Given::token_keys, check_not_empty, "FILE",
     "Requests need a bearer token (JWT) that is signed by a key of this file: a JSON Web Key Set, or public keys in "
     "PEM; read again when it changes"},
    {"--token-issuer", "RESTAPI_TOKEN_ISSUER", &Given::token_issuer, check_not_empty, "TEXT",
     "Who must have issued the tokens (iss) [anybody]"},
    {"--token-audience", "RESTAPI_TOKEN_AUDIENCE", &Given::token_audience, check_not_empty, "TEXT",
     "Whom the tokens must be for (aud) [anybody]"},
    {"--max-requests", "RESTAPI_MAX_REQUESTS", &Given::max_requests, check_range<1, 1000000>, "COUNT",
     "Requests that need the database at once, queued ones included; more are refused with 503 [1024]"},
    {"--max-connections", "RESTAPI_MAX_CONNECTIONS", &Given::max_connections, check_range<1, 1000000>, "COUNT",
     "Connections at once; a new one takes the place of the one that has been idle longest, or waits [what the limit "
     "on "
     "open files allows, at most 65536]"},
    {"--drain", "RESTAPI_DRAIN", &Given::drain, check_range<0, 3600>, "SECONDS",
     "How long requests in flight may take when the server is stopped; a second signal stops it at once [10]"},
    {"--reuse-port", "RESTAPI_REUSE_PORT", &Given::reuse_port, check_switch, "",
     "Share the port with other servers of the same user: start the new one, then stop the old one, and no request is "
     "lost"},
    {"--private-filters", "RESTAPI_PRIVATE_FILTERS", &Given::private_filters, check_switch, "",
     "Allow filters on email and is_active; patterns can then spell an address letter by letter"},
    {"--access-log", "RESTAPI_ACCESS_LOG", &Given::access_log, check_not_empty, "FILE",
     "Write a line of JSON for each request; - is standard output [none]"},
    {"--slow-request", "RESTAPI_SLOW_REQUEST", &Given::slow_request, check_range<0, 86400000>, "MILLISECONDS",
     "Requests that take so long are in the log with their statements; 0: none [1000]"},
    {"--admin-port", "RESTAPI_ADMIN_PORT", &Given::admin_port, check_range<0, 65535>, "PORT",
     "Port for /live, /ready and /metrics; 0 is any free one [none]"},
    {"--admin-hostname", "RESTAPI_ADMIN_HOSTNAME", &Given::admin_hostname, check_not_empty, "HOST",
     "Address to listen on for them [127.0.0.1]"},
};

constexpr char const* description = "A read-only REST server for AiiDA databases (API at /api/v2).";

constexpr char const* footer = R"(
A flag beats the file of --config, the file beats the environment (the names in
parentheses; values of a list are separated by commas), that beats the default
(in brackets).

The file has one line for each option, without the dashes, as TOML or INI:
  source = "/srv/data/mc3d.aiida"
  port = 8080
  trusted-proxy = ["10.0.0.0/8", "192.168.1.7"]
  private-filters = true

Examples:
  restapi                                   the default profile, else the demo
  restapi -p main -P 8080                   a profile of AiiDA on port 8080
  restapi mc3d.aiida                        an archive
  restapi postgresql://reader@db.example.org/aiida
  restapi "host=/run/postgresql dbname=aiida user=reader"
  restapi --demo -H 0.0.0.0 -P 0            the demo, on any free port

Passwords are better kept in ~/.pgpass than in a URI: command lines are public.
)";

/// `--port` of `-P,--port`.
std::string long_flag(Row const& row) {
  std::string const flags = row.flags;
  return flags.substr(flags.find("--"));
}

/// Lines of at most `width` bytes, broken at blanks.
std::string wrapped(std::string const& text, std::size_t width) {
  std::string lines;
  std::size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    bool const fits = column + 1 + word.size() <= width;
    if (column > 0) lines += fits ? ' ' : '\n';
    column = fits ? column + 1 + word.size() : word.size();
    lines += word;
  }
  return lines;
}

std::string help_of(Row const& row) {
  constexpr std::size_t width = 66;  // beside the column of the flags: a hundred in all
  auto const variable = row.environment == nullptr ? std::string() : fmt::format(" ({})", row.environment);
  return wrapped(row.help + variable, width);
}

/// The positional is an option as well (a file and the environment need its name), so it is listed once, there.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(34); }
  std::string make_usage(CLI::App const*, std::string) const override {
    return "Usage: restapi [OPTIONS] [PROFILE|URI|FILE]\n";
  }
  std::string make_positionals(CLI::App const*) const override { return {}; }
};

/// One app per layer: CLI11 itself does not say where a value came from, and the choice of a database needs to know.
class LayerReader {
 public:
  LayerReader() : app_(description, "restapi") {
    app_.set_version_flag("--version", "restapi " RESTAPI_VERSION);
    app_.footer(footer);
    app_.formatter(std::make_shared<Help>());
    for (auto const& row : rows) {
      std::visit([&](auto field) { add(row, given_.*field); }, row.field);
    }
  }

  /// Requires: called once.
  std::variant<Given, Goodbye> read(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
      app_.parse(arguments);
      return std::move(given_);
    } catch (CLI::CallForHelp const&) {
      return Goodbye{0, app_.help()};
    } catch (CLI::CallForVersion const&) {
      return Goodbye{0, app_.version() + "\n"};
    } catch (CLI::ParseError const& error) {
      return Goodbye{2, error.what()};
    }
  }

 private:
  void add(Row const& row, std::optional<bool>& target) {
    finish(row, app_.add_flag_function(
                    row.flags, [&target](std::int64_t count) { target = count > 0; }, help_of(row)));
  }

  template <class T>
  void add(Row const& row, std::optional<T>& target) {
    auto const assign = [&target](auto const& value) { target = value; };
    if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      // One value per flag, so that a source may follow: `--trusted-proxy ::1 main`.
      finish(row,
             app_.add_option_function<T>(row.flags, assign, help_of(row))->allow_extra_args(false)->delimiter(','));
    } else {
      finish(row, app_.add_option_function<T>(row.flags, assign, help_of(row)));
    }
  }

  void finish(Row const& row, CLI::Option* option) {
    option->check(CLI::Validator(row.check, "", row.flags))->type_name(row.value_name);
  }

  CLI::App app_;
  Given given_;
};

std::variant<Given, Goodbye> read_layer(std::vector<std::string> arguments) {
  return LayerReader().read(std::move(arguments));
}

/// An error of a layer that is no command line says where the value is written.
Goodbye located(Goodbye goodbye, std::string const& where) {
  return {2, fmt::format("restapi: {}{}\nRun `restapi --help` for the options.\n", where, goodbye.text)};
}

std::variant<Given, Goodbye> read_environment(Environment const& environment) {
  std::vector<std::string> arguments;
  for (auto const& row : rows) {
    if (row.environment == nullptr) continue;
    auto const value = environment(row.environment);
    if (!value || value->empty()) continue;
    auto const argument = long_flag(row) + "=" + *value;
    // Alone first: so the message can name the variable.
    auto const alone = read_layer({argument});
    if (auto const* goodbye = std::get_if<Goodbye>(&alone))
      return located(*goodbye, std::string(row.environment) + ": ");
    arguments.push_back(argument);
  }
  return read_layer(arguments);
}

std::variant<Given, Goodbye> read_file(std::string const& path) {
  auto const where = fmt::format("\"{}\": ", path);
  std::ifstream file(path);
  std::vector<CLI::ConfigItem> items;
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    return located({2, file ? "the file is empty" : "the file cannot be read"}, where);
  }
  try {
    items = CLI::ConfigTOML().from_config(file);
  } catch (CLI::Error const& error) {
    return located({2, error.what()}, where);
  }
  std::vector<std::string> arguments;
  for (auto const& item : items) {
    auto const name = item.fullname();
    auto const row = std::find_if(std::begin(rows), std::end(rows), [&](auto const& r) {
      return r.environment != nullptr && long_flag(r) == "--" + name;
    });
    if (row == std::end(rows)) return located({2, fmt::format("there is no option \"{}\" for a file", name)}, where);
    for (auto const& value : item.inputs) arguments.push_back(long_flag(*row) + "=" + value);
  }
  auto layer = read_layer(arguments);
  if (auto const* goodbye = std::get_if<Goodbye>(&layer)) return located(*goodbye, where);
  return layer;
}

/// How many of the three ways to name a database a layer uses.
int databases_named(Given const& given) {
  return int{given.source.has_value()} + int{given.profile.has_value()} + int{given.demo.value_or(false)};
}

void take_missing(Given& given, Given weaker) {
  if (databases_named(given) != 0) {
    // The three name one thing: a source on the command line silences a profile of the environment.
    weaker.source.reset();
    weaker.profile.reset();
    weaker.demo.reset();
  }
  for (auto const& row : rows) {
    std::visit(
        [&](auto field) {
          if (!(given.*field)) given.*field = weaker.*field;
        },
        row.field);
  }
}

Options options_of(Given given) {
  Options options;
  if (given.demo.value_or(false)) options.wanted = {store::Wanted::Kind::demo, {}};
  if (given.profile) options.wanted = {store::Wanted::Kind::profile, *given.profile};
  if (given.source) options.wanted = {store::Wanted::Kind::text, *given.source};
  options.hostname = given.hostname.value_or(options.hostname);
  options.port = given.port.value_or(options.port);
  options.threads = given.threads.value_or(std::max(4U, 2 * std::thread::hardware_concurrency()));
  options.log_level = given.log_level.value_or(options.log_level);
  options.cache = given.cache.value_or(options.cache);
  options.wait = given.wait.value_or(options.wait);
  options.connection_timeout = given.connection_timeout.value_or(options.connection_timeout);
  options.statement_timeout = given.statement_timeout.value_or(options.statement_timeout);
  options.cors_origins = given.cors_origins.value_or(options.cors_origins);
  options.max_requests = given.max_requests.value_or(options.max_requests);
  options.max_connections = given.max_connections.value_or(options.max_connections);
  options.drain = given.drain.value_or(options.drain);
  options.reuse_port = given.reuse_port.value_or(options.reuse_port);
  options.private_filters = given.private_filters.value_or(options.private_filters);
  options.token_keys = given.token_keys.value_or("");
  options.token_issuer = given.token_issuer.value_or("");
  options.token_audience = given.token_audience.value_or("");
  options.access_log = given.access_log.value_or(options.access_log);
  options.slow_request = given.slow_request.value_or(options.slow_request);
  options.admin_port = given.admin_port;
  options.admin_hostname = given.admin_hostname.value_or(options.admin_hostname);
  for (auto const& text : given.trusted_proxies.value_or(std::vector<std::string>{"127.0.0.0/8", "::1"})) {
    options.trusted_proxies.push_back(*AddressRange::parse(text));  // checked when it was read
  }
  return options;
}

}  // namespace

Environment process_environment() {
  return [](std::string const& name) -> std::optional<std::string> {
    auto const* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::variant<Options, Goodbye> read_options(std::vector<std::string> const& arguments, Environment const& environment) {
  auto flags = read_layer(arguments);
  if (auto* goodbye = std::get_if<Goodbye>(&flags)) return goodbye->exit_code == 0 ? *goodbye : located(*goodbye, "");
  auto given = std::get<Given>(flags);
  std::vector<std::variant<Given, Goodbye>> layers;
  if (given.config) layers.push_back(read_file(*given.config));
  layers.push_back(read_environment(environment));
  constexpr char const* one_database = "name the database once: PROFILE|URI|FILE, --profile or --demo";
  if (databases_named(given) > 1) return located({2, one_database}, "");
  for (auto const& layer : layers) {
    if (auto const* goodbye = std::get_if<Goodbye>(&layer)) return *goodbye;
    auto const& weaker = std::get<Given>(layer);
    if (databases_named(weaker) > 1 && databases_named(given) == 0) return located({2, one_database}, "");
    take_missing(given, weaker);
  }
  // Whoever names an issuer believes that tokens are checked.
  if (!given.token_keys && (given.token_issuer || given.token_audience))
    return located({2, "--token-issuer and --token-audience need --token-keys"}, "");
  return options_of(std::move(given));
}

}  // namespace restapi::api
