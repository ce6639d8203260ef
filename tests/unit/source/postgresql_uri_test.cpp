// SPDX-License-Identifier: MIT
#include "source/postgresql_uri.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using source::PostgresqlSettings;

TEST_CASE("a URI is only percent-encoded parameters", "[source][postgresql]") {
  CHECK(source::postgresql_uri({}) == "postgresql:///?fallback_application_name=restapi");
  CHECK(source::postgresql_uri({{"host", "/run/postgresql"}, {"dbname", "my db=é'\"&?#%"}}) ==
        "postgresql:///?host=%2Frun%2Fpostgresql&dbname=my%20db%3D%C3%A9%27%22%26%3F%23%25&"
        "fallback_application_name=restapi");
}

TEST_CASE("what is written as URI or keywords comes back the same", "[source][postgresql]") {
  struct Case {
    char const* text;
    PostgresqlSettings settings;  // in libpq's order of keywords
    char const* description;
  };
  Case const cases[] = {
      {"postgresql://reader:s%40cret@db.example.org:5433/aiida?sslmode=require",
       {{"user", "reader"},
        {"password", "s@cret"},
        {"dbname", "aiida"},
        {"host", "db.example.org"},
        {"port", "5433"},
        {"sslmode", "require"}},
       "postgresql database aiida on db.example.org:5433"},
      {"postgres://a,b:5433/x",
       {{"dbname", "x"}, {"host", "a,b"}, {"port", ",5433"}},
       "postgresql database x on a, b:5433"},
      {"postgresql://%2Frun%2Fpostgresql/x",
       {{"dbname", "x"}, {"host", "/run/postgresql"}},
       "postgresql database x on /run/postgresql"},
      {"postgresql:///x?host=/tmp&port=5432",
       {{"dbname", "x"}, {"host", "/tmp"}, {"port", "5432"}},
       "postgresql database x on /tmp"},
      {"postgresql://[::1]/x", {{"dbname", "x"}, {"host", "::1"}}, "postgresql database x on ::1"},
      {"postgresql://[::1]:7612/x",
       {{"dbname", "x"}, {"host", "::1"}, {"port", "7612"}},
       "postgresql database x on [::1]:7612"},
      {"hostaddr=fe80::1,10.0.0.1 port=7612 dbname=x",
       {{"dbname", "x"}, {"hostaddr", "fe80::1,10.0.0.1"}, {"port", "7612"}},
       "postgresql database x on [fe80::1]:7612, 10.0.0.1:7612"},
      {"postgresql://", {}, "postgresql database on this machine"},
      {"dbname='my db' user=u password='a b\\'c='",
       {{"user", "u"}, {"password", "a b'c="}, {"dbname", "my db"}},
       "postgresql database my db on this machine"},
      {" host = a,b port=1,2 dbname=x target_session_attrs=read-only",
       {{"dbname", "x"}, {"host", "a,b"}, {"port", "1,2"}, {"target_session_attrs", "read-only"}},
       "postgresql database x on a:1, b:2"},
      {"host=a,b port=7 dbname=x",
       {{"dbname", "x"}, {"host", "a,b"}, {"port", "7"}},
       "postgresql database x on a:7, b:7"},
      {"hostaddr=10.0.0.1 dbname=x", {{"dbname", "x"}, {"hostaddr", "10.0.0.1"}}, "postgresql database x on 10.0.0.1"},
      {"dbname='postgresql://u:geheim@h/d'",
       {{"dbname", "postgresql://u:geheim@h/d"}},
       "postgresql database on this machine"},
  };
  for (auto const& [text, settings, description] : cases) {
    CAPTURE(text);
    auto const parsed = source::parse_postgresql(text);
    REQUIRE(parsed);
    CHECK(*parsed == settings);
    CHECK(source::describe_postgresql(*parsed) == description);
    auto const uri = source::postgresql_uri(*parsed);
    CHECK(uri.find_first_of(" '\"") == uri.npos);
    auto const again = source::parse_postgresql(uri);
    REQUIRE(again);
    auto expected = settings;
    PostgresqlSettings without_name;
    for (auto const& setting : *again) {
      if (setting.first != "fallback_application_name") without_name.push_back(setting);
    }
    CHECK(without_name == expected);
  }
}

TEST_CASE("a malformed connection text is refused without a word of it", "[source][postgresql][error]") {
  struct Case {
    char const* text;
    char const* message;
  };
  Case const cases[] = {
      {"postgresql://u:geheim%zz@h/d", "the PostgreSQL URI cannot be read"},
      {"postgresql://u@h/d?geheim=1", "the PostgreSQL URI cannot be read: it has a keyword that libpq does not know"},
      {"postgresql://[geheim/d", "the PostgreSQL URI cannot be read"},
      {"postgresql://u:geheim/x@h/d", "the PostgreSQL URI cannot be read: it has more than one @, or a / before it"},
      {"postgresql://u:a@geheim@h/d", "the PostgreSQL URI cannot be read: it has more than one @, or a / before it"},
      {"postgresql://u:geheim",
       "the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535"},
      {"postgresql://u:geheim/x",
       "the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535"},
      {"postgresql://u:ge:heim",
       "the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535"},
      {"postgresql://u:1geheim,h/x",
       "the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535"},
      {"postgresql://u:65536/x",
       "the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535"},
      {"postgresql://u@h?port=geheim",
       "the PostgreSQL URI cannot be read: what it has for a port is no number from 1 to 65535"},
      {"postgresql:///u:geheim", "the PostgreSQL URI cannot be read: it has a : in the name of the database"},
      {"postgresql://h/u:geheim?sslmode=require",
       "the PostgreSQL URI cannot be read: it has a : in the name of the database"},
      {"host=h port=geheim", "the PostgreSQL keyword string cannot be read: its port is no number from 1 to 65535"},
      {"host=a,b port=1,geheim", "the PostgreSQL keyword string cannot be read: its port is no number from 1 to 65535"},
      {"password=ab geheim dbname=x", "the PostgreSQL keyword string cannot be read"},
      {"password='geheim", "the PostgreSQL keyword string cannot be read"},
      {"geheim=x", "the PostgreSQL keyword string cannot be read: it has a keyword that libpq does not know"},
  };
  for (auto const& [text, message] : cases) {
    CAPTURE(text);
    auto const parsed = source::parse_postgresql(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::source_refused);
    CHECK(parsed.error().message == message);
    CHECK_THAT(parsed.error().hint, !Catch::Contains("geheim"));
  }
}

TEST_CASE("keyword strings and URIs are told from names and paths", "[source][postgresql]") {
  for (auto const* text : {"dbname=x", " host = /tmp", "service=a", "PASSWORD=x", "geheim=x"}) {
    CAPTURE(text);
    CHECK(source::is_keyword_string(text));
  }
  for (auto const* text : {"", "  ", "main", "=x", "./a=b.aiida", "a/b=c", "my profile", "a.b=c"}) {
    CAPTURE(text);
    CHECK_FALSE(source::is_keyword_string(text));
  }
  CHECK(source::is_postgresql_uri("postgres://"));
  CHECK(source::is_postgresql_uri("postgresql://x"));
  CHECK_FALSE(source::is_postgresql_uri("postgresql:x"));
  for (auto const* text : {"postgresql:/u:p@h", "postgres//u:p", "postgresql:u:p", "postgres:"})
    CHECK(source::is_mistyped_uri(text));
  for (auto const* text : {"postgresql://u:p@h", "postgres", "postgresql/x.db", "./postgres:x", "my postgres:x"})
    CHECK_FALSE(source::is_mistyped_uri(text));
  CHECK_FALSE(source::is_postgresql_uri("mysql://x"));
}
