// SPDX-License-Identifier: MIT
#include "config/options.hpp"

#include <algorithm>
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

TEST_CASE("a wrong option ends with 2 and says what is wrong", "[options][error]") {
  struct Case {
    Arguments arguments;
    Variables variables;
    char const* part;
  };
  Case const cases[] = {
      {{"--prot", "3"}, {}, "--prot"},
      {{"-P", "65536"}, {}, "--port: must be a whole number from 0 to 65535, not \"65536\""},
      {{"-P", "-1"}, {}, "--port"},
      {{"-P", "80a"}, {}, "not \"80a\""},
      {{"-P", ""}, {}, "-P: must not be empty"},
      {{"-P"}, {}, "--port"},
      {{"-P", "1", "-P", "2"}, {}, "--port"},
      {{"--threads", "0"}, {}, "--threads: must be a whole number from 1 to 1024, not \"0\""},
      {{"--statement-timeout", "0"}, {}, "--statement-timeout: must be a whole number from 1 to 86400"},
      {{"--log-level", "loud"}, {}, "--log-level: must be one of trace, debug, info, warn, error, critical, off"},
      {{"--cors-origin", "example.org"}, {}, "--cors-origin: must be * or an origin"},
      {{"--cors-origin", "https://a/b"}, {}, "--cors-origin: must be * or an origin"},
      {{"--cors-origin", "https://Example.org"}, {}, "as browsers send it, like https://example.org, not \"https://Ex"},
      {{"--cors-origin", "https://example.org:443"}, {}, "did you mean https://example.org?"},
      {{"--cors-origin", "https://*.example.org"}, {}, "there are no patterns: name each origin, or all with *"},
      {{"--cors-origin", "https://a, https://b"}, {}, "not \" https://b\"; did you mean https://b?"},
      {{"--cors-origin", "https://a,b"}, {}, "not \"b\""},
      {{"--access-log", "none"}, {}, "--access-log: there is no word none for it: leave it out"},
      {{"-v"}, {}, "restapi: there is no option -v\n"},
      {{"-xyz", "1"}, {}, "restapi: there is no option -x\n"},
      {{"-p"}, {}, "restapi: --profile: a value must follow\n"},
      {{"--demo", "--token-keys"}, {}, "restapi: --token-keys: a value must follow\n"},
      {{"--token-keys", ""}, {}, "--token-keys: must not be empty"},
      {{"--token-issuer", "a"}, {}, "--token-issuer and --token-audience need --token-keys"},
      {{}, {{"RESTAPI_TOKEN_AUDIENCE", "a"}}, "--token-issuer and --token-audience need --token-keys"},
      {{"--cors-origin", "https://a\r\nX: y"}, {}, "--cors-origin: must be * or an origin"},
      {{"--trusted-proxy", "proxy"}, {}, "--trusted-proxy: must be an address or a range like 10.0.0.0/8"},
      {{"--hostname", ""}, {}, "--hostname: must not be empty"},
      {{"--hostname", "*"}, {}, "--hostname: every address is 0.0.0.0, or :: with IPv6"},
      {{"--profile="}, {}, "--profile"},
      {{"--demo=maybe"}, {}, "--demo: must be true or false, not \"maybe\""},
      {{"--ready"}, {}, "--ready asks the server's admin port: --admin-port says which"},
      {{"--ready", "--admin-port", "0"}, {}, "--ready asks the server's admin port"},
      {{"--config", "/does/not/exist"}, {}, "\"/does/not/exist\": the file cannot be read"},
      {{}, {{"RESTAPI_PORT", "x"}}, "RESTAPI_PORT: --port: must be a whole number"},
      {{}, {{"RESTAPI_DEMO", "maybe"}}, "RESTAPI_DEMO: --demo: must be true or false"},
  };
  for (auto const& [arguments, environment, part] : cases) {
    CAPTURE(arguments, part);
    auto const end = goodbye(arguments, environment);
    CHECK(end.exit_code == 2);
    CHECK_THAT(end.text, Catch::StartsWith("restapi: ") && Catch::Contains(part) && Catch::EndsWith("\n"));
  }
}

TEST_CASE("a wrong line of the file is named with the file", "[options][error]") {
  struct Case {
    char const* text;
    char const* part;
  };
  Case const cases[] = {
      {"prot = 3\n", "there is no option \"prot\" for a file"},
      {"config = \"other\"\n", "there is no option \"config\" for a file; it belongs on the command line\n"},
      {"ready = true\n", "there is no option \"ready\" for a file; it belongs on the command line\n"},
      {"[server]\nport = 3\n",
       ", line 2, section [server]: \"port\" holds for all profiles and belongs above the sections"},
      {"port = \"x\"\n", "--port: must be a whole number"},
      {"port = [1, 2]\n", "line 1: \"port\" must not be a list"},
      {"", "the file is empty"},
  };
  for (auto const& [text, part] : cases) {
    CAPTURE(text);
    ConfigFile const file(text);
    auto const end = goodbye({"--config", file.path()});
    CHECK(end.exit_code == 2);
    CHECK_THAT(end.text, Catch::Contains(part));
  }
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
  auto const table = test::read_file(test::source_path("src/config/options.cpp"));
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

TEST_CASE("all mistakes are said at once, in their order, with file and line", "[options][file][error]") {
  ConfigFile const file(
      "prot = 1\n"
      "hostname = 5\n"
      "[b]\n"
      "source = \"b.aiida\"\n"
      "cors-orgin = \"*\"\n"
      "[a]\n"
      "port = 1.5\n"
      "x.y = 1\n"
      "[api]\n");
  auto const at = "restapi: \"" + file.path() + "\", line ";
  auto const end =
      goodbye({"--colour", "red", "--demo=maybe", "-P", "x", "-H", "", "--config", file.path(), "--trhead=1"},
              {{"RESTAPI_PROT", "1"}, {"RESTAPI_DRAIN", "x"}});
  CHECK(end.exit_code == 2);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < end.text.size();) {
    auto const length = end.text.find('\n', begin) - begin;
    lines.push_back(end.text.substr(begin, length));
    begin += length + 1;
  }
  std::vector<std::string> const beginnings{
      "restapi: there is no option --colour",
      "restapi: --demo: must be true or false, not \"maybe\"",
      "restapi: -H: must not be empty",
      "restapi: there is no option --trhead; did you mean \"--threads\"?",
      "restapi: --port: must be a whole number",
      at + "1: there is no option \"prot\" for a file; did you mean \"port\"?",
      at + "2: --hostname: must be a text, between quotes",
      at + "5, section [b]: there is no option \"cors-orgin\" for a section; did you mean \"cors-origin\"?; a section "
           "may",
      at + "7, section [a]: \"port\" must be a text",
      at + "8, section [a]: a section in a section",
      at + "9, section [api]: the name of a section must not be \"api\"",
      "restapi: RESTAPI_DRAIN: --drain: must be a whole number",
      "restapi: there is no variable RESTAPI_PROT; did you mean RESTAPI_PORT?",
  };
  REQUIRE(lines.size() == beginnings.size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK_THAT(lines[i], Catch::StartsWith(beginnings[i]));
}

TEST_CASE("what is right beside a mistake is read, and tells where it stands", "[options][file][error]") {
  ConfigFile const file("source = [\"a\", \"b\"]\nprot = 1\n[c]\nsource = \"c\"\nprot = 1\n[d]\nsourc = \"d\"\n");
  auto const given = std::get<Options>(read({"--config", file.path(), "--config-name", "/etc/restapi/main.toml"}));
  CHECK(given.mistakes.size() == 3);
  for (auto const& mistake : given.mistakes)
    CHECK_THAT(mistake, Catch::StartsWith("\"/etc/restapi/main.toml\", line "));
  REQUIRE(given.profiles.size() == 3);  // nobody knows which database [d] is about
  CHECK(given.profiles[0].place == "\"/etc/restapi/main.toml\", line 1");
  CHECK(given.profiles[1].place == "\"/etc/restapi/main.toml\", line 1");
  CHECK(given.profiles[2].place == "\"/etc/restapi/main.toml\", line 3, section [c]");
  CHECK(only(options({}, {{"RESTAPI_SOURCE", "a"}})).place == "RESTAPI_SOURCE");
  CHECK(only(options({"a"})).place.empty());
}

TEST_CASE("whoever has made a mistake with tokens is not told what follows from it", "[options][error]") {
  CHECK(goodbye({"--token-issuer", "i", "--token-keys", ""}).text == "restapi: --token-keys: must not be empty\n");
  CHECK(goodbye({"--token-issuer", "i", "-P", "x"}).text.find("need --token-keys") != std::string::npos);
}

TEST_CASE("a password in the place of a name or a value is not shown", "[options][file][error]") {
  for (std::string const uri : {"postgresql://reader:geheim", "postgresql://reader:geheim@h/x", "//reader:geheim/x",
                                "reader:geheim", "mysql://u:geheim x@h", "host=h password=a geheim"}) {
    CAPTURE(uri);
    for (auto const& text :
         {"[\"" + uri + "\"]\n", "\"" + uri + "\" = 1\n", "[x]\n\"" + uri + "\" = 1\n", "\"" + uri + "\" = 1.5\n",
          "[x.\"" + uri + "\"]\n", "[[\"" + uri + "\"]]\n", "\"" + uri + "\" = 1\n\"" + uri + "\" = 1\n",
          "[\"" + uri + "\"]\n[\"" + uri + "\"]\n", "[\"" + uri + "\"]\nprot = 1\n", "\"" + uri + "\".x.y = 1\n",
          "port = \"" + uri + "\"\n"}) {
      CAPTURE(text);
      ConfigFile const file(text);
      auto const outcome = std::get<Options>(read({"--config", file.path()}));
      for (auto const& mistake : outcome.mistakes) CHECK_THAT(mistake, !Catch::Contains("geheim"));
      for (auto const& profile : outcome.profiles) CHECK_THAT(profile.place, !Catch::Contains("geheim"));
    }
    for (auto const& arguments : {Arguments{"-P", uri},
                                  {"--log-level", uri},
                                  {"--demo=" + uri},
                                  {"--" + uri},
                                  {"-p", "-" + uri},
                                  {"--trusted-proxy", uri},
                                  {"--server-name", uri},
                                  {"--cors-origin", uri}}) {
      CAPTURE(arguments);
      CHECK_THAT(goodbye(arguments).text, !Catch::Contains("geheim"));
    }
  }
}

TEST_CASE("two ports that are one are a mistake where their addresses are", "[options][error]") {
  auto const reason = [](Arguments arguments) {
    arguments.insert(arguments.end(), {"--admin-port", "5000"});
    return config::reason_against_ports(options(arguments));
  };
  auto const* same = "--port and --admin-port are the same: 5000";
  CHECK(reason({}) == same);
  CHECK(reason({"-H", "0.0.0.0"}) == same);
  CHECK(reason({"-H", "localhost", "--admin-hostname", "localhost"}) == same);
  CHECK(reason({"-H", "::", "--admin-hostname", "[::1]"}) == same);
  CHECK(reason({"-P", "5001"}).empty());
  CHECK(reason({"-H", "127.0.0.2"}).empty());
  CHECK(reason({"-H", "0.0.0.0", "--admin-hostname", "::1"}).empty());
  CHECK(config::reason_against_ports(options({"-P", "0", "--admin-port", "0"})).empty());
  CHECK(config::reason_against_ports(options({})).empty());
}
