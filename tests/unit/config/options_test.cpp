// SPDX-License-Identifier: MIT
#include "config/options.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>

#include "base/program_version.hpp"
#include "config/option_layer.hpp"
#include "reading.hpp"
#include "support/source_path.hpp"
#include "support/temporary_folder.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

std::string first_of(std::vector<std::string> const& texts) { return texts.empty() ? "" : texts.front(); }

}  // namespace

TEST_CASE("nothing said: the defaults", "[options]") {
  auto const given = options({});
  CHECK(only(given).wanted == source::SourceSpec{});
  CHECK(given.hostname == "127.0.0.1");
  CHECK(given.port == 5000);
  CHECK(given.threads >= 4);
  CHECK(given.log_level == "info");
  CHECK(given.statement_timeout == 30);
  CHECK(given.connection_timeout == 5);
  CHECK(given.wait == 0);
  CHECK(given.cache == 64 * 1024 * 1024);
  CHECK(only(given).cors_origins.empty());
  CHECK(given.server_names.empty());
  CHECK(only(given).token_keys.empty());
  CHECK_FALSE(only(given).private_filters);
  REQUIRE(given.trusted_proxies.size() == 2);
  CHECK(given.trusted_proxies[0] == *http::AddressRange::parse("127.0.0.0/8"));
  CHECK(given.trusted_proxies[1] == *http::AddressRange::parse("::1"));
}

TEST_CASE("every flag is read", "[options]") {
  auto const given = options({"-H",
                              "0.0.0.0",
                              "-P",
                              "0",
                              "--threads",
                              "7",
                              "--log-level",
                              "trace",
                              "--statement-timeout=5",
                              "--cors-origin",
                              "https://example.org:8443",
                              "--trusted-proxy",
                              "10.0.0.0/8",
                              "--trusted-proxy",
                              "fd00::/8",
                              "--private-filters",
                              "mc3d.aiida",
                              "--access-log",
                              "-",
                              "--slow-request",
                              "0",
                              "--admin-port",
                              "0",
                              "--admin-hostname",
                              "::1"});
  CHECK(only(given).wanted == source::SourceSpec{Kind::text, "mc3d.aiida"});
  CHECK(given.hostname == "0.0.0.0");
  CHECK(given.port == 0);
  CHECK(given.threads == 7);
  CHECK(given.log_level == "trace");
  CHECK(given.statement_timeout == 5);
  CHECK(only(given).cors_origins == std::vector<std::string>{"https://example.org:8443"});
  CHECK(given.trusted_proxies.size() == 2);
  CHECK(given.trusted_proxies[0].contains("10.9.9.9"));
  CHECK(only(given).private_filters);
  CHECK(given.access_log == "-");
  CHECK(given.slow_request == 0);
  CHECK(given.admin_port == 0);
  CHECK(given.admin_hostname == "::1");
}

TEST_CASE("the port that --ready asks is the server's, wherever it is said", "[options]") {
  ConfigFile const file("admin-port = 9100\nadmin-hostname = \"::1\"\n");
  auto const given = options({"--ready", "--config", file.path()});
  CHECK(given.ready);
  CHECK(given.admin_port == 9100);
  CHECK(given.admin_hostname == "::1");
  CHECK_FALSE(options({}).ready);
  // A container's check has the variables of the server, but not its flags.
  CHECK(options({"--ready"}, {{"RESTAPI_ADMIN_PORT", "9100"}, {"RESTAPI_TOKEN_ISSUER", "i"}}).ready);
}

TEST_CASE("what tokens must be", "[options]") {
  auto const given =
      options({"--token-keys", "keys.json", "--token-issuer", "https://id.example.org", "--token-audience", "restapi"});
  CHECK(only(given).token_keys == "keys.json");
  CHECK(only(given).token_issuer == "https://id.example.org");
  CHECK(only(given).token_audience == "restapi");
}

TEST_CASE("the three ways to name a database", "[options]") {
  CHECK(only(options({"main"})).wanted == source::SourceSpec{Kind::text, "main"});
  CHECK(only(options({"--source", "main"})).wanted == source::SourceSpec{Kind::text, "main"});
  CHECK(only(options({"host=/run/postgresql dbname=a b"})).wanted.text == "host=/run/postgresql dbname=a b");
  CHECK(only(options({"--source=host=/run/postgresql dbname=a"})).wanted.text == "host=/run/postgresql dbname=a");
  CHECK(only(options({"-p", "main"})).wanted == source::SourceSpec{Kind::profile, "main"});
  CHECK(only(options({"--profile=main"})).wanted == source::SourceSpec{Kind::profile, "main"});
  CHECK(only(options({"--demo"})).wanted == source::SourceSpec{Kind::demo, ""});
  CHECK(only(options({"--trusted-proxy", "::1", "main"})).wanted == source::SourceSpec{Kind::text, "main"});
}

TEST_CASE("a flag beats the file, the file beats the environment", "[options][precedence]") {
  struct Case {
    char const* key;
    std::string flag, file, environment;  // values, each another
    std::string (*shown)(Options const&);
    std::string default_value;
  };
  Case const cases[] = {
      {"hostname", "1.1.1.1", "2.2.2.2", "3.3.3.3", [](Options const& o) { return o.hostname; }, "127.0.0.1"},
      {"port", "1", "2", "3", [](Options const& o) { return std::to_string(o.port); }, "5000"},
      {"threads", "101", "102", "103", [](Options const& o) { return std::to_string(o.threads); }, ""},
      {"log-level", "trace", "debug", "off", [](Options const& o) { return o.log_level; }, "info"},
      {"cache", "1", "2", "0", [](Options const& o) { return std::to_string(o.cache); }, "67108864"},
      {"wait", "1", "2", "3", [](Options const& o) { return std::to_string(o.wait); }, "0"},
      {"connection-timeout", "1", "2", "3", [](Options const& o) { return std::to_string(o.connection_timeout); }, "5"},
      {"statement-timeout", "1", "2", "3", [](Options const& o) { return std::to_string(o.statement_timeout); }, "30"},
      {"cors-origin", "http://a", "http://b", "http://c",
       [](Options const& o) { return first_of(only(o).cors_origins); }, ""},
      {"server-name", "a.example", "*", "[::1]", [](Options const& o) { return first_of(o.server_names); }, ""},
      {"trusted-proxy", "1.0.0.1", "1.0.0.2", "1.0.0.3",
       [](Options const& o) {
         std::string text;
         for (std::string last : {"1", "2", "3"}) {
           for (auto const& range : o.trusted_proxies) text += range.contains("1.0.0." + last) ? "1.0.0." + last : "";
         }
         return text;
       },
       ""},
      {"private-filters", "false", "true", "false",
       [](Options const& o) { return std::string(only(o).private_filters ? "true" : "false"); }, "false"},
      {"no-posting", "false", "true", "false",
       [](Options const& o) { return std::string(o.no_posting ? "true" : "false"); }, "false"},
      {"no-pages", "false", "true", "false",
       [](Options const& o) { return std::string(o.no_pages ? "true" : "false"); }, "false"},
      {"max-requests", "1", "2", "3", [](Options const& o) { return std::to_string(o.max_requests); }, "1024"},
      {"max-connections", "1", "2", "3", [](Options const& o) { return std::to_string(o.max_connections); }, "0"},
      {"drain", "1", "2", "3", [](Options const& o) { return std::to_string(o.drain); }, "10"},
      {"access-log", "/a", "/b", "/c", [](Options const& o) { return o.access_log; }, ""},
      {"slow-request", "1", "2", "3", [](Options const& o) { return std::to_string(o.slow_request); }, "1000"},
      {"admin-port", "1", "2", "3", [](Options const& o) { return std::to_string(o.admin_port.value_or(0)); }, "0"},
      {"close-after", "1", "2", "3", [](Options const& o) { return std::to_string(o.close_after); }, "300"},
      {"max-open", "1", "2", "3", [](Options const& o) { return std::to_string(o.max_open); }, "64"},
      {"admin-hostname", "::1", "::2", "::3", [](Options const& o) { return o.admin_hostname; }, "127.0.0.1"},
      {"source", "a", "b", "c", [](Options const& o) { return only(o).wanted.text; }, ""},
      {"profile", "a", "b", "c", [](Options const& o) { return only(o).wanted.text; }, ""},
  };
  for (auto const& c : cases) {
    CAPTURE(c.key);
    std::string variable = std::string("RESTAPI_") + c.key;
    std::transform(variable.begin(), variable.end(), variable.begin(),
                   [](char x) { return x == '-' ? '_' : static_cast<char>(std::toupper(x)); });
    auto const flag = std::string("--") + c.key + "=" + c.flag;
    bool const is_bare = c.file.find_first_not_of("0123456789") == std::string::npos || c.file == "true";
    ConfigFile const file(std::string(c.key) + " = " + (is_bare ? c.file : '"' + c.file + '"') + "\n");
    Variables const environment{{variable, c.environment}};
    CHECK(c.shown(options({"--config", file.path(), flag}, environment)) == c.flag);
    CHECK(c.shown(options({"--config", file.path()}, environment)) == c.file);
    CHECK(c.shown(options({flag}, environment)) == c.flag);
    CHECK(c.shown(options({}, environment)) == c.environment);
    if (!c.default_value.empty()) CHECK(c.shown(options({})) == c.default_value);
    // Empty is a mistake everywhere, also where a stronger layer has a value.
    auto const reason = std::string("--") + c.key + ": must not be empty";
    CHECK_THAT(goodbye({flag}, {{variable, ""}}).text, Catch::StartsWith("restapi: " + variable + ": " + reason));
    // The word after a switch is a database.
    CHECK_THAT(goodbye({std::string("--") + c.key, ""}, environment).text, Catch::Contains("must not be empty"));
    CHECK_THAT(goodbye({std::string("--") + c.key + "="}, environment).text, Catch::Contains(reason));
    ConfigFile const empty(std::string(c.key) + " = \"\"\n");
    CHECK_THAT(goodbye({"--config", empty.path(), flag}).text, Catch::Contains("line 1: " + reason));
  }
}

TEST_CASE("the strongest layer that names a database decides", "[options][precedence]") {
  ConfigFile const file("profile = \"from_file\"\nport = 81\n");
  CHECK(only(options({"a.aiida"}, {{"RESTAPI_PROFILE", "x"}, {"RESTAPI_PORT", "82"}})).wanted ==
        source::SourceSpec{Kind::text, "a.aiida"});
  CHECK(only(options({"--demo", "--config", file.path()})).wanted == source::SourceSpec{Kind::demo, ""});
  CHECK(only(options({"--config", file.path()}, {{"RESTAPI_DEMO", "1"}})).wanted ==
        source::SourceSpec{Kind::profile, "from_file"});
  CHECK(options({"--config", file.path()}, {{"RESTAPI_SOURCE", "x"}}).port == 81);
  CHECK(only(options({}, {{"RESTAPI_DEMO", "true"}})).wanted == source::SourceSpec{Kind::demo, ""});
  CHECK(only(options({}, {{"RESTAPI_DEMO", "false"}, {"RESTAPI_PROFILE", "x"}})).wanted ==
        source::SourceSpec{Kind::profile, "x"});
  CHECK(only(options({"--demo=false"}, {{"RESTAPI_DEMO", "true"}})).wanted.kind == Kind::automatic);
  CHECK(only(options({"a"}, {{"RESTAPI_PROFILE", "x"}, {"RESTAPI_DEMO", "1"}})).wanted ==
        source::SourceSpec{Kind::text, "a"});
}

TEST_CASE("a list in the file and in the environment", "[options]") {
  ConfigFile const file("# proxies\ntrusted-proxy = [\"10.0.0.0/8\", \"::1\"]\nprivate-filters = true\n");
  CHECK(options({"--config", file.path()}).trusted_proxies.size() == 2);
  CHECK(only(options({"--config", file.path()})).private_filters);
  CHECK(options({}, {{"RESTAPI_TRUSTED_PROXY", "10.0.0.0/8,::1,::2"}}).trusted_proxies.size() == 3);
  std::vector<std::string> const origins{"https://a", "http://b:81"};
  CHECK(only(options({"--cors-origin=https://a,http://b:81"})).cors_origins == origins);
  CHECK(only(options({"--cors-origin", "https://a", "--cors-origin", "http://b:81", "main"})).cors_origins == origins);
  CHECK(only(options({}, {{"RESTAPI_CORS_ORIGIN", "https://a,http://b:81"}})).cors_origins == origins);
}

TEST_CASE("each option has names and a field of its own, and a default that it would take", "[options]") {
  auto const rows = config::option_rows();
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    CAPTURE(row->flags);
    for (auto other = rows.begin(); other != row; ++other) {
      CHECK_FALSE(row->field == other->field);
      CHECK(config::long_flag(*row) != config::long_flag(*other));
      if (row->environment != nullptr && other->environment != nullptr)
        CHECK(std::string(row->environment) != other->environment);
    }
    // RESTAPI_MAX_OPEN is --max-open.
    auto variable = "RESTAPI_" + config::long_flag(*row).substr(2);
    for (auto& x : variable) x = x == '-' ? '_' : static_cast<char>(std::toupper(x));
    if (row->environment != nullptr) CHECK(row->environment == variable);
    if (auto const value = config::default_of(*row); *row->default_words == '\0' && !value.empty())
      CHECK(row->check(value) == "");
  }
}

TEST_CASE("each option is read by the program", "[options]") {
  std::string program;
  for (auto const& file : std::filesystem::directory_iterator(test::source_path("src/app")))
    if (file.path().extension() == ".cpp") program += test::read_file(file.path());
  auto const table = test::read_file("src/config/options.cpp");
  std::regex const field("&(?:Profile)?Options::(\\w+)");
  std::size_t fields = 0;
  for (std::sregex_iterator match(table.begin(), table.end(), field), end; match != end; ++match, ++fields) {
    auto const name = (*match)[1].str();
    CAPTURE(name);
    if (name.starts_with("config")) continue;  // read with the options
    CHECK(std::regex_search(program, std::regex("\\." + name + "\\b")));
  }
  CHECK(fields > 20);
}

TEST_CASE("what nothing says is left as it is", "[options][precedence]") {
  Options set;
  set.port = 1;
  set.admin_port = 2;
  set.server_names = {"a.example"};
  set.trusted_proxies = {};
  config::apply({}, set);
  CHECK(set.port == 1);
  CHECK(set.admin_port == 2);
  CHECK(set.server_names.size() == 1);
  CHECK(set.trusted_proxies.empty());
}

TEST_CASE("help names every option, variable and default", "[options][help]") {
  for (auto const* flag : {"--help", "-h"}) {
    auto const end = goodbye({flag});
    CHECK(end.exit_code == 0);
    for (auto const& row : config::option_rows()) {
      auto const begin = end.text.find("  " + std::string(row.flags).substr(std::string(row.flags).find('-')));
      REQUIRE(begin != std::string::npos);
      auto const help = end.text.substr(begin, end.text.find("\n  -", begin) - begin);
      if (row.environment != nullptr) CHECK_THAT(help, Catch::Contains("(" + std::string(row.environment) + ")"));
      if (auto const value = config::default_of(row); !value.empty() && value.find(' ') == std::string::npos)
        CHECK_THAT(help, Catch::Contains("[" + value + "]"));
    }
    for (auto const* part : {"Usage: restapi [OPTIONS] [PROFILE|URI|FILE|FOLDER]...", "Examples:", "[5000]",
                             "[127.0.0.1]", "[none]", "[30]", "[info]", "trusted-proxy = ["}) {
      CHECK_THAT(end.text, Catch::Contains(part));
    }
  }
}

TEST_CASE("help and version win over wrong values elsewhere in the surroundings", "[options][help]") {
  CHECK(goodbye({"--help"}, {{"RESTAPI_PORT", "x"}}).exit_code == 0);
  CHECK_THAT(goodbye({"--version"}).text,
             Catch::StartsWith("restapi " + std::string(program_version())) && Catch::EndsWith("\n"));
  CHECK(goodbye({"--version"}).exit_code == 0);
}

TEST_CASE("the file shown in the help is a file that can be read", "[options][help]") {
  auto const help = goodbye({"--help"}).text;
  auto const begin = help.find("  source = ");
  auto const end = help.find("\n\n", begin);
  REQUIRE(begin != std::string::npos);
  ConfigFile const file(help.substr(begin, end - begin) + "\n");
  auto const given = options({"--config", file.path()});
  CHECK(only(given).wanted == source::SourceSpec{Kind::text, "/srv/data/mc3d.aiida"});
  CHECK(given.port == 8080);
  CHECK(given.trusted_proxies.size() == 2);
  CHECK(only(given).private_filters);
}

TEST_CASE("a # ends a line of the file, but not within quotes", "[options]") {
  ConfigFile const file(
      "# don't \"stop\" here\n"
      "source = \"postgresql://reader:a#b@db/aiida\"  # a password with #, isn't it\n"
      "log-level = 'debug' # not = trace\n"
      "cors-origin = ['https://a.example', 'https://b.example']#\n");
  auto const given = options({"--config", file.path()});
  CHECK(only(given).wanted.text == "postgresql://reader:a#b@db/aiida");
  CHECK(given.log_level == "debug");
  CHECK(only(given).cors_origins.size() == 2);
}

TEST_CASE("an IPv6 address may stand in brackets wherever an address can stand", "[options]") {
  auto const given = options({"-H", "[::1]", "--admin-hostname", "[::]", "--trusted-proxy", "[::1]", "--trusted-proxy",
                              "[fd00::]/8", "--server-name", "::1", "--server-name", "[::1]"});
  CHECK(given.hostname == "::1");
  CHECK(given.admin_hostname == "::");
  CHECK(given.trusted_proxies.size() == 2);
  CHECK(given.server_names.size() == 2);
}
