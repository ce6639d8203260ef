// SPDX-License-Identifier: MIT
#include "store/changes/snapshot.hpp"

#include <catch2/catch.hpp>

using namespace restapi::store;

TEST_CASE("a snapshot shows what had ended", "[snapshot]") {
  auto const snapshot = *Snapshot::parse("10:20:10,14,15");
  for (Xid const xid : {1u, 9u, 11u, 13u, 16u, 19u}) CHECK(snapshot.shows(xid));
  for (Xid const xid : {10u, 14u, 15u, 20u, 21u}) CHECK_FALSE(snapshot.shows(xid));
  CHECK(snapshot.xmin() == 10);
  CHECK(Snapshot{7}.xmin() == 7);
}

TEST_CASE("up to a transaction that is known to be committed, a snapshot is certain", "[snapshot]") {
  auto const snapshot = *Snapshot::parse("10:20:10,14,15");
  CHECK(snapshot.up_to(14) == *Snapshot::parse("10:15:10,14"));
  CHECK(snapshot.up_to(13) == *Snapshot::parse("10:14:10"));
  CHECK(snapshot.up_to(9) == *Snapshot::parse("10:10:"));
  CHECK(snapshot.up_to(0) == Snapshot{1});
  for (Xid const last : {19u, 20u, 100u}) CHECK(snapshot.up_to(last) == snapshot);
}

TEST_CASE("a snapshot covers another one if it shows all that that shows", "[snapshot]") {
  auto const snapshot = *Snapshot::parse("10:20:10,14");
  for (auto const* other : {"10:20:10,14", "10:20:10,14,15", "10:15:10,14", "10:10:", "10:14:10"})
    CHECK(snapshot.covers(*Snapshot::parse(other)));
  for (auto const* other : {"10:20:10", "10:21:10,14,20", "11:11:", "15:15:"})
    CHECK_FALSE(snapshot.covers(*Snapshot::parse(other)));
}

TEST_CASE("snapshots are written as PostgreSQL writes them", "[snapshot]") {
  for (std::string const text :
       {"1:1:", "10:20:10,14,15", "9223372036854775806:9223372036854775807:9223372036854775806"})
    CHECK(Snapshot::parse(text)->text() == text);
  // A standby's, whose lower end does not follow from its list.
  CHECK(Snapshot::parse("10:20:")->text() == "20:20:");
}

TEST_CASE("other texts are no snapshots", "[snapshot]") {
  for (auto const* text :
       {"",      ":",     "1",     "1:2",    "0:0:",   "0:2:",     "a:2:",
        "1:a:",  "1:2:a", "2:1:",  "1:2:1,", "1:2:,1", "1:5:2,2",  "1:5:3,2",
        "1:5:5", "2:5:1", "-1:5:", "1:5:2 ", " 1:5:",  "1:5:2,,3", "99999999999999999999:99999999999999999999:",
        "1:5::"}) {
    INFO(text);
    CHECK_FALSE(Snapshot::parse(text));
  }
}
