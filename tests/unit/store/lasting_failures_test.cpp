// SPDX-License-Identifier: MIT
#include "store/lasting_failures.hpp"

#include <soci/error.h>

#include <catch2/catch.hpp>

using namespace restapi;
using namespace std::chrono_literals;

TEST_CASE("what libpq says of a connection that does not come about is a lasting reason where it is one",
          "[store][lasting]") {
  source::Source source;
  source.engine = source::Engine::postgresql;
  source.location = "postgresql:///?host=%2Fno%2Fsuch%2Ffolder&dbname=nothing";
  auto const reason_of = [&](std::string const& words) {
    return store::lasting_reason(source, soci::soci_error(words), 10s);
  };
  std::string const of_soci = "Cannot establish connection to the database.\n";
  std::string const unknown =
      "could not translate host name \"no-such-host.invalid\" to address: Name or service not known\n";
  std::string const unencrypted =
      "connection to server at \"127.0.0.1\", port 5432 failed: server does not support SSL, but SSL was required\n";
  std::string const away =
      "connection to server at \"127.0.0.1\", port 5432 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n";
  CHECK(reason_of(of_soci + unknown) == "its server's host name is not known");
  CHECK(reason_of(unknown + unknown) == "its server's host name is not known");
  CHECK(reason_of(unencrypted) == "its server has no encryption, which is asked for");
  CHECK(reason_of(away).empty());
  // Of several hosts, one that is away may come back.
  CHECK(reason_of(unknown + away).empty());
  CHECK(reason_of(unknown + unencrypted).empty());
  CHECK(reason_of("").empty());
}
