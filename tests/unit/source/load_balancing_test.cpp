// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "source/hosts.hpp"
#include "source/postgresql_uri.hpp"
#include "source/source.hpp"

using namespace restapi;
using Settings = source::PostgresqlSettings;

TEST_CASE("load_balance_hosts is read with every libpq", "[source][hosts]") {
  struct Case {
    char const* text;
    Settings settings;
    bool may_shuffle;
  };
  Case const cases[] = {
      {"postgresql://a,b/x", {{"dbname", "x"}, {"host", "a,b"}, {"port", ","}}, true},
      {"postgresql://a,b/x?load_balance_hosts=disable", {{"dbname", "x"}, {"host", "a,b"}, {"port", ","}}, false},
      {"postgresql://a,b/x?load_balance_hosts=random&sslmode=require",
       {{"dbname", "x"}, {"host", "a,b"}, {"port", ","}, {"sslmode", "require"}},
       true},
      {"postgres://a/x?user=u&load_balance_hosts=disable&port=1",
       {{"user", "u"}, {"dbname", "x"}, {"host", "a"}, {"port", "1"}},
       false},
      {"postgresql:///?load_balance_hosts=disable&load_balance_hosts=random", {}, true},
      {"postgresql://u:a?load_balance_hosts=x@a/x",
       {{"user", "u"}, {"password", "a?load_balance_hosts=x"}, {"dbname", "x"}, {"host", "a"}},
       true},
      {"host=a,b load_balance_hosts=disable dbname=x", {{"dbname", "x"}, {"host", "a,b"}}, false},
      {" load_balance_hosts = 'disable' dbname=x", {{"dbname", "x"}}, false},
      {"load_balance_hosts=dis\\able", {}, false},
      {"password='a load_balance_hosts=x' host=a", {{"password", "a load_balance_hosts=x"}, {"host", "a"}}, true},
      {"password='a\\' load_balance_hosts=x' host=a", {{"password", "a' load_balance_hosts=x"}, {"host", "a"}}, true},
      {"password=a\\ load_balance_hosts=x host=a", {{"password", "a load_balance_hosts=x"}, {"host", "a"}}, true},
      {"password=load_balance_hosts load_balance_hosts=disable", {{"password", "load_balance_hosts"}}, false},
  };
  for (auto const& [text, settings, may_shuffle] : cases) {
    CAPTURE(text);
    auto read = source::parse_postgresql(text);
    REQUIRE(read);
    auto const may = source::may_shuffle_hosts(*read);
    REQUIRE(may);
    CHECK(*may == may_shuffle);
    // Whoever connects is not told.
    CHECK(source::postgresql_uri(*read) == source::postgresql_uri(settings));
    std::erase_if(*read, [](auto const& one) { return one.first == "load_balance_hosts"; });
    CHECK(*read == settings);
  }
}

TEST_CASE("another load_balance_hosts is refused without its value", "[source][hosts][error]") {
  for (char const* text : {"postgresql://a,b/x?load_balance_hosts=geheim", "host=a,b load_balance_hosts='geheim'",
                           "host=a,b load_balance_hosts=", "postgresql://a,b/x?load_balance_hosts="}) {
    CAPTURE(text);
    auto const found = source::find_sources({source::SourceSpec::Kind::text, text}, {});
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::source_refused);
    CHECK(found.error().message == "the load_balance_hosts of the source is neither random nor disable");
  }
}

TEST_CASE("a malformed text with load_balance_hosts is refused like others", "[source][hosts][error]") {
  for (char const* text :
       {"= load_balance_hosts", "a b load_balance_hosts 'c", "x='load_balance_hosts", "load_balance_hosts",
        "host=a,b xload_balance_hosts=disable", "x=\\load_balance_hosts \\", "postgresql://a,b/x?load_balance_hosts",
        "postgresql://load_balance_hosts?&&=&?", "postgresql://?load_balance_hosts=random&&="}) {
    CAPTURE(text);
    auto const read = source::parse_postgresql(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("fallback") == std::string::npos);
  }
}

TEST_CASE("a source knows whether its connections go where writes go", "[source]") {
  auto const is_primary = [](std::string const& text) {
    auto const found = source::find_sources({source::SourceSpec::Kind::text, text}, {});
    REQUIRE(found);
    return found->front().source.is_primary;
  };
  CHECK(is_primary("postgresql://a,b/x?target_session_attrs=primary"));
  CHECK(is_primary("host=a,b target_session_attrs=read-write"));
  for (auto const* other : {"host=a", "host=a target_session_attrs=any", "host=a target_session_attrs=prefer-standby",
                            "host=a password='target_session_attrs=primary'"})
    CHECK_FALSE(is_primary(other));
}

TEST_CASE("a source's hosts are shuffled unless it says no, and keep their written order in its name",
          "[source][hosts]") {
  source::SourceContext context;
  auto const open = [&](std::string const& text) {
    auto const found = source::find_sources({source::SourceSpec::Kind::text, text}, context);
    REQUIRE(found);
    auto const* source = &found->front().source;
    // In a URI without @ a password may stand in the place of a port.
    CHECK(source->name ==
          (text.starts_with("host=") ? "postgresql database x on a:1, b:2" : "postgresql database x on a, b"));
    CHECK(source->location.find("load_balance_hosts") == std::string::npos);
    return source->location.substr(0, source->location.find("&fallback"));
  };
  auto const as_written = "postgresql:///?dbname=x&host=a%2Cb&port=1%2C2";
  auto const shuffled = "postgresql:///?dbname=x&host=b%2Ca&port=2%2C1";
  CHECK(open("postgresql://a:1,b:2/x") == as_written);
  context.random = [](std::size_t) { return std::size_t{0}; };
  CHECK(open("postgresql://a:1,b:2/x") == shuffled);
  CHECK(open("postgresql://a:1,b:2/x?load_balance_hosts=random") == shuffled);
  CHECK(open("postgresql://a:1,b:2/x?load_balance_hosts=disable") == as_written);
  CHECK(open("host=a,b port=1,2 dbname=x load_balance_hosts=disable") == as_written);
}
