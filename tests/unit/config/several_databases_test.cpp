// SPDX-License-Identifier: MIT
/// Many databases in the options: their order, their names, who may read each.
#include <catch2/catch.hpp>

#include "reading.hpp"
#include "support/temporary_folder.hpp"

using namespace restapi;
using namespace restapi::test;
using config::ProfileOptions;

namespace {

/// `name<text>` for each, with T, P or D for the kind: `T<a.aiida> x=T<b.aiida> P<main> D<>`.
std::string named(Options const& options) {
  std::string text;
  for (auto const& profile : options.profiles) {
    auto const kind = std::string("?TPD").substr(static_cast<std::size_t>(profile.wanted.kind), 1);
    text += (text.empty() ? "" : " ") + profile.name + (profile.name.empty() ? "" : "=") + kind + "<" +
            profile.wanted.text + ">";
  }
  return text;
}

std::string of_arguments(Arguments const& arguments, Variables const& variables = {}) {
  return named(options(arguments, variables));
}

std::string of_file(std::string const& text, Arguments arguments = {}, Variables const& variables = {}) {
  ConfigFile const file(text);
  arguments.insert(arguments.end(), {"--config", file.path()});
  return of_arguments(arguments, variables);
}

}  // namespace

TEST_CASE("databases are served in the order sources, profiles, demo", "[options][databases]") {
  CHECK(of_arguments({"a.aiida", "b.aiida"}) == "T<a.aiida> T<b.aiida>");
  CHECK(of_arguments({"--source", "a", "b", "--source=c"}) == "T<a> T<b> T<c>");
  CHECK(of_arguments({"--demo", "-p", "x", "a", "-p", "y", "b"}) == "T<a> T<b> P<x> P<y> D<>");
  CHECK(of_arguments({"-p", "x", "-P", "1", "a"}) == "T<a> P<x>");
  CHECK(of_arguments({}) == "?<>");
}

TEST_CASE("a profile may be any source under a name", "[options][databases]") {
  CHECK(of_arguments({"-p", "mc3d=export.aiida"}) == "mc3d=T<export.aiida>");
  CHECK(of_arguments({"--profile=mc3d=/a=b/c.db"}) == "mc3d=T</a=b/c.db>");
  // A URI has equals signs and commas.
  auto const* uri = "postgresql://u@a,b/d?connect_timeout=3&sslmode=require";
  CHECK(of_arguments({"-p", std::string("x=") + uri, uri}) == std::string("T<") + uri + "> x=T<" + uri + ">");
  CHECK(of_arguments({"-p", "x=host=a,b dbname=c"}) == "x=T<host=a,b dbname=c>");
  CHECK(of_arguments({"-p", "é ü=main"}) == "é ü=T<main>");
}

TEST_CASE("several databases in the environment are separated by semicolons", "[options][databases]") {
  CHECK(of_arguments({}, {{"RESTAPI_SOURCE", "a;postgresql://h,i/d"}}) == "T<a> T<postgresql://h,i/d>");
  CHECK(of_arguments({}, {{"RESTAPI_PROFILE", "main;x=a,b.db"}, {"RESTAPI_DEMO", "1"}}) == "P<main> x=T<a,b.db> D<>");
  for (auto const* text : {";", "a;", ";a", "a;;b"})
    CHECK_THAT(goodbye({}, {{"RESTAPI_SOURCE", text}}).text,
               Catch::Contains("RESTAPI_SOURCE: --source: must not be empty"));
}

TEST_CASE("a password with a semicolon in the environment is refused unshown", "[options][databases][error]") {
  for (auto const* variable : {"RESTAPI_SOURCE", "RESTAPI_PROFILE"}) {
    for (auto const* text :
         {"postgresql://u:a;geheim@h/d", "postgresql://u:1;geheim;x@h", "x=postgresql://u:a;geheim@h/d",
          "postgresql://h/d?password=a;geheim", "host=h password=a;geheim dbname=x", "host=h password=a;geheim"}) {
      CAPTURE(variable, text);
      auto const said = goodbye({}, {{variable, text}}).text;
      CHECK_THAT(said, Catch::Contains(variable) && Catch::Contains("; is written %3B"));
      CHECK_THAT(said, !Catch::Contains("geheim"));
    }
  }
  CHECK(of_arguments({}, {{"RESTAPI_SOURCE", "a@b.db;postgresql://u:p%3Bq@h/d;main;host=h dbname=d"}}) ==
        "T<a@b.db> T<postgresql://u:p%3Bq@h/d> T<main> T<host=h dbname=d>");
}

TEST_CASE("several databases in the common lines of the file", "[options][databases]") {
  CHECK(of_file("source = [\"a\", \"postgresql://h,i/d\"]\nprofile = \"x=b=c\"\ndemo = true\n") ==
        "T<a> T<postgresql://h,i/d> x=T<b=c> D<>");
  CHECK(of_file("source = [\n  \"a\",  # one\n  'b',\n]\n") == "T<a> T<b>");
}

TEST_CASE("each section of the file is a profile, after the common ones, in the file's order", "[options][sections]") {
  CHECK(of_file("[main]\n") == "main=P<main>");
  CHECK(of_file("port = 1\n[z]\nsource = \"z.aiida\"\n\n[a]\nprivate-filters = true\n[b]\n") ==
        "z=T<z.aiida> a=P<a> b=P<b>");
  CHECK(of_file("profile = \"x\"\nsource = \"y\"\n[a]\n") == "T<y> P<x> a=P<a>");
  // Quotes are not part of a name, `default` is a name like others.
  CHECK(of_file("[\"mc3d.v1\"]\n[\"a b]\"]  # comment\n['c']\n  [ default ]\r\n[DEFAULT]\n[\"ü\"]#\n") ==
        "mc3d.v1=P<mc3d.v1> a b]=P<a b]> c=P<c> default=P<default> DEFAULT=P<DEFAULT> ü=P<ü>");
  // TOML's other ways to say the same.
  CHECK(of_file("x.source = \"a\"\nx.private-filters = true\ny = {source = \"b\"}\n") == "x=T<a> y=T<b>");
}

TEST_CASE("a stronger layer that names a database silences the weaker ones'", "[options][sections][precedence]") {
  std::string const file = "port = 81\n[a]\nsource = \"a.aiida\"\n[b]\n";
  CHECK(of_file(file, {"x"}) == "T<x>");
  CHECK(of_file(file, {"-p", "x", "--demo"}) == "P<x> D<>");
  CHECK(of_file(file, {}, {{"RESTAPI_SOURCE", "x"}}) == "a=T<a.aiida> b=P<b>");
  CHECK(of_file("port = 81\n", {}, {{"RESTAPI_SOURCE", "x;y"}}) == "T<x> T<y>");
  CHECK(of_file("demo = true\n", {"--demo=false"}) == "?<>");
  CHECK(of_file("demo = false\n", {}, {{"RESTAPI_DEMO", "1"}}) == "?<>");
  CHECK(of_file("demo = true\nprofile = \"x\"\n", {"--demo=false"}) == "P<x>");
}

TEST_CASE("a flag beats a section, a section the common lines, those the environment",
          "[options][sections][precedence]") {
  struct Case {
    char const* key;
    std::string flag, section, common, environment;
    std::string (*shown)(ProfileOptions const&);
    std::string standard;
  };
  Case const cases[] = {
      {"cors-origin", "http://a", "http://b", "http://c", "http://d",
       [](ProfileOptions const& o) { return o.cors_origins.size() == 1 ? o.cors_origins.front() : "?"; }, "?"},
      {"private-filters", "false", "true", "false", "true",
       [](ProfileOptions const& o) { return std::string(o.private_filters ? "true" : "false"); }, "false"},
      {"token-keys", "a", "b", "c", "d", [](ProfileOptions const& o) { return o.token_keys; }, ""},
      {"token-issuer", "a", "b", "c", "d", [](ProfileOptions const& o) { return o.token_issuer; }, ""},
      {"token-audience", "a", "b", "c", "d", [](ProfileOptions const& o) { return o.token_audience; }, ""},
  };
  for (auto const& c : cases) {
    CAPTURE(c.key);
    bool const needs_keys = std::string(c.key).starts_with("token-") && std::string(c.key) != "token-keys";
    std::string const keys = needs_keys ? "token-keys = \"k\"\n" : "";
    auto const line = [&](std::string const& value) { return std::string(c.key) + " = \"" + value + "\"\n"; };
    std::string variable = std::string("RESTAPI_") + c.key;
    for (auto& x : variable) x = x == '-' ? '_' : static_cast<char>(std::toupper(x));
    auto const check = [&](std::string const& text, Arguments arguments, Variables const& variables,
                           std::string const& first, std::string const& second) {
      CAPTURE(text, arguments, variables);
      ConfigFile const file(keys + text);
      arguments.insert(arguments.end(), {"--config", file.path()});
      auto const given = options(arguments, variables);
      REQUIRE(given.sections.size() == 2);
      CHECK(c.shown(given.sections[0]) == first);
      CHECK(c.shown(given.sections[1]) == second);
      // Without sections everybody is as the second, which says nothing.
      for (auto const& profile : given.profiles) CHECK(c.shown(profile) == second);
    };
    auto const sections = "[x]\n" + line(c.section) + "[y]\n";
    Variables const environment{{variable, c.environment}};
    check(line(c.common) + sections, {std::string("--") + c.key + "=" + c.flag}, environment, c.flag, c.flag);
    check(line(c.common) + sections, {}, environment, c.section, c.common);
    check(sections, {}, environment, c.section, c.environment);
    check(sections, {}, {}, c.section, c.standard);
  }
}

TEST_CASE("a list of a section replaces the common one", "[options][sections]") {
  ConfigFile const file(
      "cors-origin = [\"http://a\", \"http://b\"]\n[x]\ncors-origin = [\"http://c\", \"http://d\"]\n[y]\n");
  auto const given = options({"--config", file.path()});
  CHECK(given.sections.at(0).cors_origins == std::vector<std::string>{"http://c", "http://d"});
  CHECK(given.sections.at(1).cors_origins == std::vector<std::string>{"http://a", "http://b"});
}

TEST_CASE("sections are read whoever names the databases", "[options][sections][access]") {
  ConfigFile const file("[main]\ntoken-keys = \"k\"\nsource = \"elsewhere\"\n[other]\n");
  for (auto const& arguments : {Arguments{"-p", "main"}, {"main"}, {"-p", "main=x.aiida"}, {}}) {
    auto all = arguments;
    all.insert(all.end(), {"--config", file.path()});
    auto const given = options(all);
    REQUIRE(given.sections.size() == 2);
    CHECK(given.sections[0].name == "main");
    CHECK(given.sections[0].wanted == source::SourceSpec{Kind::text, "elsewhere"});
    CHECK(given.sections[0].token_keys == "k");
    CHECK(given.sections[1].wanted == source::SourceSpec{Kind::profile, "other"});
    CHECK(given.sections[1].token_keys.empty());
    CHECK(given.profiles.size() == (arguments.empty() ? 2 : 1));
    for (auto const& profile : given.profiles) CHECK(profile.token_keys.empty());
  }
}

TEST_CASE("issuer and audience need keys, for each profile", "[options][sections][access]") {
  auto const* need = "--token-issuer and --token-audience need --token-keys";
  auto const check = [&](std::string const& text, std::string const& where) {
    CAPTURE(text);
    ConfigFile const file(text);
    auto const end = goodbye({"--config", file.path()});
    CHECK(end.exit_code == 2);
    CHECK(end.text == "restapi: \"" + file.path() + "\", " + where + need + "\n");
  };
  check("[x]\ntoken-issuer = \"i\"\n", "line 1, section [x]: ");
  check("token-issuer = \"i\"\n[x]\ntoken-keys = \"k\"\n[y]\n", "line 4, section [y]: ");
  CHECK(of_file("token-issuer = \"i\"\n[x]\ntoken-keys = \"k\"\n") == "x=P<x>");
  CHECK(of_file("token-keys = \"k\"\n[x]\ntoken-audience = \"a\"\n") == "x=P<x>");
}

TEST_CASE("names that cannot be in addresses are refused", "[options][databases][error]") {
  struct Case {
    std::string name;
    char const* reason;
  };
  Case const cases[] = {
      {"", "must not be empty"},
      {".", "must not be \".\""},
      {"..", "must not be \"..\""},
      {"api", "must not be \"api\""},
      {"content", "must not be \"content\""},
      {"socket.io", "must not be \"socket.io\""},
      {"ws", "must not be \"ws\""},
      {"a/b", "must not contain a /"},
      {"a\tb", "must not contain control characters"},
      {"a\x7f", "must not contain control characters"},
      {"a\xC2\x9B", "must not contain control characters"},
      {"\xff", "must be UTF-8"},
  };
  for (auto const& [name, reason] : cases) {
    CAPTURE(name);
    CHECK_THAT(goodbye({"-p", name + "=x"}).text,
               Catch::Contains(std::string("--profile: the name before = ") + reason));
    ConfigFile const file("[\"" + name + "\"]\n");
    auto const refusal = name == "\xff"    ? std::string("this is not UTF-8")
                         : name == "a\x7f" ? "this is not TOML: "
                                           : std::string("the name of a section ") + reason;
    CHECK_THAT(goodbye({"--config", file.path()}).text,
               Catch::Contains(file.path() + "\", line 1") && Catch::Contains(": " + refusal));
  }
  ConfigFile const escaped("[\"a\\tb\"]\n");
  CHECK_THAT(goodbye({"--config", escaped.path()}).text, Catch::Contains("must not contain control characters"));
  CHECK_THAT(goodbye({"-p", "x="}).text, Catch::Contains("--profile: after = a profile, URI or file must follow"));
  CHECK_THAT(goodbye({}, {{"RESTAPI_PROFILE", "main;/=x"}}).text,
             Catch::Contains("RESTAPI_PROFILE: --profile: the name"));
  // A URI in the wrong fixture is not quoted: it may hold a password.
  auto const misplaced = goodbye({"-p", "postgresql://u:geheim@h/d?sslmode=require"}).text;
  CHECK_THAT(misplaced, Catch::Contains("must not contain a /") && !Catch::Contains("geheim"));
}

TEST_CASE("what a section cannot have is said with the file, the section and what it can",
          "[options][sections][error]") {
  struct Case {
    char const* text;
    char const* part;
  };
  auto const* allowed =
      "a section may have source, cors-origin, token-keys, token-issuer, token-audience, private-filters";
  Case const cases[] = {
      {"[x]\nport = 3\n",
       "section [x]: \"port\" holds for all profiles and belongs above the sections; a section may have"},
      {"[x]\nport = 3\n", allowed},
      {"[x]\nprofile = \"y\"\n", "section [x]: a section names its database with source"},
      {"[x]\ndemo = true\n", "section [x]: \"demo\" holds for all profiles"},
      {"[x]\nmax-open = 3\n", "section [x]: \"max-open\" holds for all profiles"},
      {"[x]\nprot = 3\n", "section [x]: there is no option \"prot\" for a section; a section may have source"},
      {"[x]\nconfig = \"y\"\n", "section [x]: there is no option \"config\" for a section"},
      {"x.port = 3\n", "line 1, section [x]: \"port\" holds for all profiles"},
      {"port = {source = \"x\", prot = 3}\n", "line 1, section [port]: there is no option \"prot\""},
      {"[x]\ny.source = \"y\"\n",
       "line 2, section [x]: a section in a section; if it is one name, it stands between quotes"},
      {"[x.v1]\nsource = \"y\"\n",
       "line 1, section [x]: a section in a section; if it is one name, it stands between quotes: "
       "[\"x.v1\"]"},
      {"[x]\ncors-origin = \"y\"\n", "section [x]: --cors-origin: must be * or an origin"},
      {"[x]\nsource = [\"a\", \"b\"]\n", "section [x]: a section has one source"},
      {"[x]\nsource = \"\"\n", "section [x]: --source: "},
      {"[x]\n[y]\n[x]\n", "line 3: this is not TOML: table (\"x\") already exists"},
      {"demo = true\n[demo]\n",
       "line 2: this is not TOML: value (\"demo\") already exists; a key may stand only once, and a "
       "section may not have the name of a key above it"},
      {"[x]\n[\"x\"]\n", "line 2: this is not TOML: table (\"x\") already exists"},
      {"x.source = \"a\"\n[x]\n", "line 2: this is not TOML: table (\"x\") already exists"},
      {"port = 1\n[[x]]\n", "line 2: a section is written with one pair of brackets: [x]"},
      {"[x\nport = 3\n", "line 1: this is not TOML: "},
  };
  for (auto const& [text, part] : cases) {
    CAPTURE(text);
    ConfigFile const file(text);
    auto const end = goodbye({"--config", file.path()});
    CHECK(end.exit_code == 2);
    CHECK_THAT(end.text, Catch::StartsWith("restapi: \"" + file.path() + "\", line ") && Catch::Contains(part));
  }
}

TEST_CASE("the file shown in docs/databases.md can be read", "[options][help]") {
  auto const page = read_file("docs/databases.md");
  auto const mark = std::string("\n```toml\n");
  auto const begin = page.find(mark) + mark.size();
  REQUIRE(begin > mark.size());
  ConfigFile const file(page.substr(begin, page.find("```", begin) - begin));
  auto const given = options({"--config", file.path()});
  CHECK(named(given) == "mc3d=T</srv/data/mc3d.aiida> main=P<main>");
  CHECK(given.sections.at(0).token_keys.empty());
  CHECK(given.sections.at(1).token_keys == "/etc/restapi/keys.pem");
}

TEST_CASE("the files shown in docs/configuration.md can be read", "[options][help]") {
  auto const page = read_file("docs/configuration.md");
  auto const mark = std::string("\n```toml\n");
  std::vector<Options> given;
  for (auto at = page.find(mark); at != page.npos; at = page.find(mark, at + 1)) {
    auto const begin = at + mark.size();
    ConfigFile const file(page.substr(begin, page.find("```", begin) - begin));
    given.push_back(options({"--config", file.path()}));
  }
  REQUIRE(given.size() == 2);
  CHECK(named(given[0]) == "T</srv/data/mc3d.aiida> T<postgresql://reader@db.example.org/aiida>");
  CHECK(given[0].trusted_proxies.size() == 2);
  CHECK(named(given[1]) == "mc3d=T</srv/data/mc3d.aiida> main=P<main>");
  CHECK(given[1].sections.at(1).token_keys == "/etc/restapi/keys.pem");
}

TEST_CASE("the sections shown in the help can be read", "[options][help]") {
  auto const help = goodbye({"--help"}).text;
  auto const section = help.find("\n  [");
  auto const begin = help.rfind("section, after all other lines:\n", section);
  REQUIRE(begin != std::string::npos);
  auto const lines = help.find('\n', begin) + 1;
  ConfigFile const file(help.substr(lines, help.find("\n\n", lines) - lines) + "\n");
  auto const given = options({"--config", file.path()});
  CHECK(named(given) == "mc3d=T</srv/data/mc3d.aiida> main=P<main>");
  CHECK(given.sections.at(0).token_keys.empty());
  CHECK(given.sections.at(1).token_keys == "/etc/restapi/keys.json");
  CHECK(given.sections.at(1).cors_origins == std::vector<std::string>{"https://example.org"});
  CHECK(given.port == 8080);
  CHECK_THAT(help, Catch::Contains("A section may have source, cors-origin, token-keys"));
}
