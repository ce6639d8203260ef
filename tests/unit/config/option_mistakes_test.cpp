// SPDX-License-Identifier: MIT
/// Mistakes in options: each is said, with the place where it was made.
#include <catch2/catch.hpp>

#include "config/options.hpp"
#include "reading.hpp"

using namespace restapi;
using namespace restapi::test;

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
      {{},
       {{"RESTAPI_TOKEN_ISSUER", "--token-audience"}},
       "RESTAPI_TOKEN_ISSUER: --token-issuer: must not begin with a dash"},
      {{}, {{"RESTAPI_CORS_ORIGIN", "https://a,-b"}}, "RESTAPI_CORS_ORIGIN: --cors-origin: must not begin with a dash"},
      {{}, {{"RESTAPI_TOKEN_AUDIENCE", "a"}}, "--token-issuer and --token-audience need --token-keys"},
      {{"--cors-origin", "https://a\r\nX: y"}, {}, "--cors-origin: must be * or an origin"},
      {{"--trusted-proxy", "proxy"}, {}, "--trusted-proxy: must be an address or a range like 10.0.0.0/8"},
      {{"--hostname", ""}, {}, "--hostname: must not be empty"},
      {{"--hostname", "localhost:5001"}, {}, "--hostname: a host alone; its port is an option of its own"},
      {{"--admin-hostname", "[::1]:5001"}, {}, "--admin-hostname: a host alone; its port is an option of its own"},
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
