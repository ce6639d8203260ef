// SPDX-License-Identifier: MIT
#include "source/hosts.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace restapi;
using source::Host;
using source::PostgresqlSettings;

namespace {

PostgresqlSettings parsed(std::string const& text) {
  auto settings = source::parse_postgresql(text);
  REQUIRE(settings);
  return *settings;
}

std::string value_of(PostgresqlSettings const& settings, std::string const& keyword) {
  for (auto const& [key, value] : settings)
    if (key == keyword) return value;
  return "none";
}

/// Each host with the last one: a,b,c becomes b,c,a when every swap is with the first.
std::size_t zero(std::size_t) { return 0; }

}  // namespace

TEST_CASE("lists of hosts are paired as libpq pairs them", "[source][hosts]") {
  struct Case {
    char const* text;
    std::vector<Host> hosts;
  };
  Case const cases[] = {
      {"dbname=x", {}},
      {"dbname=x port=1,2", {}},
      {"host=a", {{"a", "", ""}}},
      {"host=a,b", {{"a", "", ""}, {"b", "", ""}}},
      {"host=a,b port=7", {{"a", "", "7"}, {"b", "", "7"}}},
      {"host=a,b,c port=1,,3", {{"a", "", "1"}, {"b", "", ""}, {"c", "", "3"}}},
      {"host=,b", {{"", "", ""}, {"b", "", ""}}},
      {"hostaddr=10.0.0.1,10.0.0.2", {{"", "10.0.0.1", ""}, {"", "10.0.0.2", ""}}},
      {"host=a,b hostaddr=10.0.0.1,10.0.0.2 port=1,2", {{"a", "10.0.0.1", "1"}, {"b", "10.0.0.2", "2"}}},
      {"host=a,b hostaddr=10.0.0.1", {}},
      {"host=a,b,c port=1,2", {}},
      {"postgresql://a,b:5433/x", {{"a", "", ""}, {"b", "", "5433"}}},
      {"postgresql://[::1]:1,%2Frun:2/x", {{"::1", "", "1"}, {"/run", "", "2"}}},
  };
  for (auto const& [text, hosts] : cases) {
    CAPTURE(text);
    CHECK(source::hosts_of(parsed(text)) == hosts);
  }
}

TEST_CASE("lists are shuffled together", "[source][hosts]") {
  auto const shuffled =
      source::shuffle_hosts(parsed("host=a,b,c hostaddr=10.0.0.1,10.0.0.2,10.0.0.3 port=1,2,3 dbname=x,y"), zero);
  CHECK(value_of(shuffled, "host") == "b,c,a");
  CHECK(value_of(shuffled, "hostaddr") == "10.0.0.2,10.0.0.3,10.0.0.1");
  CHECK(value_of(shuffled, "port") == "2,3,1");
  CHECK(value_of(shuffled, "dbname") == "x,y");
  CHECK(value_of(source::shuffle_hosts(parsed("host=a,b port=7"), zero), "port") == "7");
  for (char const* same : {"host=a port=1", "dbname=x", "host=a,b,c port=1,2"}) {
    CAPTURE(same);
    CHECK(source::shuffle_hosts(parsed(same), zero) == parsed(same));
  }
}

TEST_CASE("every order of hosts comes up as often as every other", "[source][hosts]") {
  std::mt19937 engine(1);
  auto const random = [&](std::size_t below) { return engine() % below; };
  std::map<std::string, int> orders;
  for (int i = 0; i < 6000; ++i)
    ++orders[value_of(source::shuffle_hosts(parsed("host=a,b,c port=1,2,3"), random), "host")];
  CHECK(orders.size() == 6);
  for (auto const& [order, count] : orders) {
    CAPTURE(order);
    CHECK(count > 800);
  }
}

TEST_CASE("connections begin with the host that worked last", "[source][hosts]") {
  source::HostChoice choice(source::postgresql_uri(parsed("host=a,b,c port=1,,3 dbname=x")));
  auto const hosts = [&] { return value_of(parsed(choice.location()), "host"); };
  CHECK(choice.count() == 3);
  CHECK(choice.location() == choice.first());
  choice.succeeded("c", "3");
  CHECK(hosts() == "c,a,b");
  CHECK(value_of(parsed(choice.location()), "port") == "3,1,");
  CHECK(value_of(parsed(choice.location()), "dbname") == "x");
  choice.failed("a", "1");  // another one than that which is begun with
  CHECK(hosts() == "c,a,b");
  choice.failed("c", "3");
  CHECK(hosts() == "a,b,c");
  choice.succeeded("b", "5432");
  CHECK(hosts() == "b,c,a");
  choice.succeeded("a", "2");  // none of them
  choice.succeeded("d", "5432");
  CHECK(hosts() == "b,c,a");
  auto const before = choice.location();
  choice.refused(before);
  CHECK(hosts() == "c,a,b");
  choice.refused(before);  // another attempt that began there
  CHECK(hosts() == "c,a,b");
  CHECK(value_of(parsed(choice.first()), "host") == "a,b,c");
}

TEST_CASE("a single host is always the one", "[source][hosts]") {
  for (char const* text : {"host=a", "dbname=x", "hostaddr=10.0.0.1"}) {
    CAPTURE(text);
    source::HostChoice choice(source::postgresql_uri(parsed(text)));
    CHECK(choice.count() <= 1);
    choice.failed("a", "5432");
    choice.succeeded("a", "5432");
    CHECK(choice.location() == source::postgresql_uri(parsed(text)));
  }
}
