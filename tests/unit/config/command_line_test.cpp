// SPDX-License-Identifier: MIT
/// Words of the command line, and what is said with none and by mistake.
#include "config/command_line.hpp"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <utility>

#include "reading.hpp"

using namespace restapi;
using namespace restapi::test;

TEST_CASE("an option and its value in all ways", "[options][words]") {
  for (auto const& arguments : {Arguments{"--port", "80"},
                                {"--port=80"},
                                {"-P", "80"},
                                {"-P80"},
                                {"main", "-P", "80"},
                                {"-P", "80", "--", "main"}})
    CHECK(options(arguments).port == 80);
  CHECK(options({"--access-log", "-"}).access_log == "-");
  CHECK(options({"-H", "[::1]"}).hostname == "::1");
  CHECK(only(options({"-"})).wanted.text == "-");
  CHECK(only(options({"-p", "x=a=b"})).wanted.text == "a=b");
}

TEST_CASE("texts are taken as they are", "[options][words]") {
  for (auto const* text : {"{}", "%%", "@file", "a,b", "[::1]:80", "none", " ", "++"}) {
    CAPTURE(text);
    CHECK(only(options({text})).wanted == source::SourceSpec{Kind::text, text});
    CHECK(only(options({"-p", text})).wanted == source::SourceSpec{Kind::profile, text});
    CHECK(only(options({}, {{"RESTAPI_SOURCE", text}})).wanted == source::SourceSpec{Kind::text, text});
    CHECK(only(options({"--token-keys", text})).token_keys == text);
  }
}

TEST_CASE("no option takes the next one for its value, and none is abbreviated", "[options][words][error]") {
  struct Case {
    Arguments arguments;
    char const* part;
  };
  Case const cases[] = {
      {{"--token-issuer", "", "--token-keys", "k"}, "--token-issuer: must not be empty"},
      {{"--token-issuer=", "--token-keys", "k"}, "--token-issuer: must not be empty"},
      {{"--token-issuer", "--token-keys", "k"}, "--token-issuer: a value must follow, not --token-keys"},
      {{"--token-issuer=--token-keys"}, "--token-issuer: a value must follow, not --token-keys"},
      {{"--source=-x"}, "--source: a value must follow, not -x"},
      {{"--", "--demo"}, "--source: a value must follow, not --demo"},
      {{"[]"}, "argument 1: a list in brackets belongs into the file"},
      {{"--demo", "[x]"}, "argument 2: a list in brackets belongs into the file"},
      {{"--cors-origin", "[https://a,https://b]"}, "--cors-origin: must be * or an origin"},
      {{"--server-name", "none"}, "--server-name: must be * or a name"},
      {{"--token-keys", "-P80"}, "--token-keys: a value must follow, not -P80"},
      {{"--token-keys", "--"}, "--token-keys: a value must follow, not --"},
      {{"-p", "--source=postgresql://u:geheim@h/d"}, "--profile: a value must follow, not --source"},
      {{"--token-keys"}, "--token-keys: a value must follow\n"},
      {{"-H", ""}, "-H: must not be empty"},
      {{"-P=80"}, "--port: must be a whole number from 0 to 65535, not \"=80\""},
      {{"main", ""}, "argument 2: must not be empty"},
      {{"--", ""}, "must not be empty"},
      {{"--cors-origin", "https://a,,https://b"}, "--cors-origin: must not be empty"},
      {{"--cors-origin", ",https://a"}, "--cors-origin: must not be empty"},
      {{"--trusted-proxy", "::1,"}, "--trusted-proxy: must not be empty"},
      {{"--token-keys", "a", "--token-keys", "b"}, "--token-keys: may be given once"},
      {{"--token-key", "k"}, "there is no option --token-key; did you mean \"--token-keys\"?"},
      {{"--token", "k"}, "there is no option --token"},
      {{"--nonsense=geheim"}, "there is no option --nonsense\n"},
      {{"-x"}, "there is no option -x\n"},
      {{"--=x"}, "there is no option --"},
  };
  for (auto const& [arguments, part] : cases) {
    CAPTURE(arguments);
    auto const end = goodbye(arguments);
    CHECK(end.exit_code == 2);
    CHECK_THAT(end.text, Catch::Contains(part) && !Catch::Contains("geheim"));
  }
}

TEST_CASE("none is nobody, and not the default", "[options]") {
  auto const is_closed = [](Options const& given) {
    return only(given).cors_origins.empty() && given.trusted_proxies.empty();
  };
  ConfigFile const lists("cors-origin = []\ntrusted-proxy = [ ]\n");
  ConfigFile const words("cors-origin = \"none\"\ntrusted-proxy = [\"none\"]\n");
  Variables const variables{{"RESTAPI_CORS_ORIGIN", "none"}, {"RESTAPI_TRUSTED_PROXY", "none"}};
  CHECK(is_closed(options({"--config", lists.path()})));
  CHECK(is_closed(options({"--config", words.path()})));
  CHECK(is_closed(options({"--cors-origin", "none", "--trusted-proxy=none"})));
  CHECK(is_closed(options({}, variables)));
  // A stronger layer's none is stronger than a weaker layer's somebody.
  CHECK(is_closed(options({"--config", lists.path()},
                          {{"RESTAPI_CORS_ORIGIN", "https://a"}, {"RESTAPI_TRUSTED_PROXY", "10.0.0.0/8"}})));
  CHECK(only(options({"--config", lists.path(), "--cors-origin", "https://a"})).cors_origins ==
        std::vector<std::string>{"https://a"});
  for (auto const& arguments : {Arguments{"--cors-origin", "none,https://a"},
                                {"--cors-origin", "https://a,none"},
                                {"--cors-origin", "none", "--cors-origin", "https://a"},
                                {"--trusted-proxy", "::1", "--trusted-proxy", "none"}})
    CHECK_THAT(goodbye(arguments).text, Catch::Contains(": none cannot stand beside other values"));
}

TEST_CASE("a variable of no option is told, and refused where an option was meant", "[options]") {
  for (auto const& [variable, meant] :
       std::initializer_list<std::pair<std::string, std::string>>{{"RESTAPI_TOKEN_KEY", "RESTAPI_TOKEN_KEYS"},
                                                                  {"RESTAPI_TOKENS", "RESTAPI_TOKEN_KEYS"},
                                                                  {"restapi_token_keys", "RESTAPI_TOKEN_KEYS"},
                                                                  {"restapi_token_key", "RESTAPI_TOKEN_KEYS"},
                                                                  {"RestApi_Token_Keys", "RESTAPI_TOKEN_KEYS"},
                                                                  {"REST_API_TOKEN_KEYS", "RESTAPI_TOKEN_KEYS"},
                                                                  {"rest_api_token_keys", "RESTAPI_TOKEN_KEYS"},
                                                                  {"RESTAPITOKENKEYS", "RESTAPI_TOKEN_KEYS"},
                                                                  {"restapi.token-keys", "RESTAPI_TOKEN_KEYS"},
                                                                  {"RESTAPI_TOKEN_FILE", "RESTAPI_TOKEN_"},
                                                                  {"RESTAPI_PROT", "RESTAPI_PORT"},
                                                                  {"RESTAPI_HOST", "RESTAPI_HOSTNAME"},
                                                                  {"RESTAPI_CORS", "RESTAPI_CORS_ORIGIN"},
                                                                  {"RESTAPI_CORS_ORIGINS", "RESTAPI_CORS_ORIGIN"}}) {
    CHECK_THAT(goodbye({}, {{variable, "x"}}).text,
               Catch::Contains("there is no variable " + variable + "; did you mean " + meant));
  }
  for (auto const* variable : {"RESTAPI_CONFIG", "restapi_config"})
    CHECK_THAT(goodbye({}, {{variable, "x.toml"}}).text, Catch::Contains("named by --config alone"));
  // What Kubernetes gives to whoever is in a namespace with a service called restapi.
  CHECK(options({}, {{"RESTAPI_SERVICE_HOST", "10.0.0.1"}, {"RESTAPI_PORT_80_TCP", ""}, {"RESTAPI_PORT_8080", ""}})
            .unknown_variables ==
        std::vector<std::string>{"RESTAPI_PORT_8080", "RESTAPI_PORT_80_TCP", "RESTAPI_SERVICE_HOST"});
  // Those of other programs.
  CHECK(options({}, {{"REST_API_URL", "http://x"}, {"REST_API_TOKEN", "y"}, {"RESTAPIS", "z"}})
            .unknown_variables.empty());
}
