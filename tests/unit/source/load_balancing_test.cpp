// SPDX-License-Identifier: MIT
#include "store/load_balancing.hpp"

#include <catch2/catch.hpp>

#include "store/postgresql_uri.hpp"
#include "store/source.hpp"

using namespace restapi;
using store::LoadBalancing;

TEST_CASE("load_balance_hosts is taken out of a source", "[source][hosts]") {
  struct Case {
    char const* text;
    char const* left;
    LoadBalancing balancing;
  };
  auto const random = LoadBalancing::random, disable = LoadBalancing::disable;
  Case const cases[] = {
      {"postgresql://a,b/x", "postgresql://a,b/x", random},
      {"postgresql://a,b/x?load_balance_hosts=disable", "postgresql://a,b/x?", disable},
      {"postgresql://a,b/x?load_balance_hosts=random&sslmode=require", "postgresql://a,b/x?sslmode=require", random},
      {"postgres://a/x?user=u&load_balance_hosts=disable&port=1", "postgres://a/x?user=u&port=1", disable},
      {"postgresql:///?load_balance_hosts=disable&load_balance_hosts=random", "postgresql:///?", random},
      {"postgresql://u:a?load_balance_hosts=x@a/x", "postgresql://u:a?load_balance_hosts=x@a/x", random},
      {"host=a,b load_balance_hosts=disable dbname=x", "host=a,b dbname=x", disable},
      {" load_balance_hosts = 'disable' dbname=x", " dbname=x", disable},
      {"load_balance_hosts=dis\\able", "", disable},
      {"password='a load_balance_hosts=x' host=a", "password='a load_balance_hosts=x' host=a", random},
      {"password='a\\' load_balance_hosts=x' host=a", "password='a\\' load_balance_hosts=x' host=a", random},
      {"password=a\\ load_balance_hosts=x host=a", "password=a\\ load_balance_hosts=x host=a", random},
  };
  for (auto const& [text, left, balancing] : cases) {
    CAPTURE(text);
    auto const taken = store::take_load_balancing(text);
    REQUIRE(taken);
    CHECK(taken->text == left);
    CHECK(taken->balancing == balancing);
  }
}

TEST_CASE("another load_balance_hosts is refused without its value", "[source][hosts][error]") {
  for (char const* text :
       {"postgresql://a,b/x?load_balance_hosts=geheim", "host=a,b load_balance_hosts='geheim'",
        "host=a,b load_balance_hosts=", "postgresql://a,b/x?load_balance_hosts", "load_balance_hosts"}) {
    CAPTURE(text);
    auto const taken = store::take_load_balancing(text);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == Code::source_refused);
    CHECK(taken.error().message == "the load_balance_hosts of the source is neither random nor disable");
  }
}

TEST_CASE("what is malformed ends, and is left to libpq", "[source][hosts][error]") {
  for (char const* text : {"load_balance_hosts = ", "= load_balance_hosts", "a b load_balance_hosts 'c",
                           "x='load_balance_hosts", "x=\\load_balance_hosts \\",
                           "postgresql://load_balance_hosts?&&=&?", "postgresql://?load_balance_hosts=random&&="}) {
    CAPTURE(text);
    auto const taken = store::take_load_balancing(text);
    if (taken) CHECK(taken->text.size() <= std::string_view(text).size());
  }
}

TEST_CASE("a source's hosts are shuffled unless it says no, and keep their written order in its name",
          "[source][hosts]") {
  store::Surroundings surroundings;
  auto const open = [&](std::string const& text) {
    auto const found = store::find_sources({store::Wanted::Kind::text, text}, surroundings);
    REQUIRE(found);
    auto const* source = &found->front().source;
    CHECK(source->name == "postgresql database x on a:1, b:2");
    CHECK(source->location.find("load_balance_hosts") == std::string::npos);
    return source->location.substr(0, source->location.find("&fallback"));
  };
  auto const as_written = "postgresql:///?dbname=x&host=a%2Cb&port=1%2C2";
  auto const shuffled = "postgresql:///?dbname=x&host=b%2Ca&port=2%2C1";
  CHECK(open("postgresql://a:1,b:2/x") == as_written);
  surroundings.random = [](std::size_t) { return std::size_t{0}; };
  CHECK(open("postgresql://a:1,b:2/x") == shuffled);
  CHECK(open("postgresql://a:1,b:2/x?load_balance_hosts=random") == shuffled);
  CHECK(open("postgresql://a:1,b:2/x?load_balance_hosts=disable") == as_written);
  CHECK(open("host=a,b port=1,2 dbname=x load_balance_hosts=disable") == as_written);
}
