// SPDX-License-Identifier: MIT
#include "store/changes/known_rows.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace restapi::store;
using Row = KnownRows::Row;
using Was = KnownRows::Was;

namespace {

Uuid uuid(int number) { return uuid_of("a0000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number)); }

std::vector<Row> all_of(KnownRows const& rows, std::int64_t first = 0, std::int64_t last = 1'000'000) {
  std::vector<Row> all;
  rows.each(first, last, [&](Row const& row) { all.push_back(row); });
  return all;
}

}  // namespace

TEST_CASE("a uuid is sixteen bytes, and the text again", "[changes]") {
  std::string const text = "8e28e2c2-01f3-4a5b-9c7d-0123456789ab";
  CHECK(text_of(uuid_of(text)) == text);
  CHECK(text_of(uuid_of("8E28E2C2-01F3-4A5B-9C7D-0123456789AB")) == text);
  CHECK(uuid_of(text)[0] == 0x8E);
  for (std::string const none : {"", "8e28e2c201f34a5b9c7d0123456789ab", "8e28e2c2-01f3-4a5b-9c7d-0123456789ag",
                                 "8e28e2c2-01f3-4a5b-9c7d-0123456789ab ", "8e28e2c2.01f3-4a5b-9c7d-0123456789ab"}) {
    INFO(none);
    CHECK(uuid_of(none) == Uuid{});
  }
  CHECK(text_of(Uuid{}).empty());
}

TEST_CASE("rows are known with what is kept of them", "[changes]") {
  KnownRows rows({.uuid = true, .ends = true, .version = true});
  CHECK(rows.greatest() == -1);
  Row const row{1024, uuid(1), 7, 8, 9};
  CHECK(rows.see(row) == Was::unknown);
  CHECK(rows.see(row) == Was::same);
  CHECK(rows.find(1024) == row);
  CHECK(rows.see({1024, uuid(1), 7, 9, 9}) == Was::changed);
  CHECK(rows.see({1024, uuid(1), 7, 9, 10}) == Was::changed);
  CHECK(rows.see({1024, uuid(2), 7, 9, 10}) == Was::another);
  CHECK(rows.see({1023, uuid(3), 1, 2, 3}) == Was::unknown);
  CHECK(rows.see({0, uuid(4), 1, 2, 3}) == Was::unknown);
  CHECK(rows.size() == 3);
  CHECK(all_of(rows) == std::vector<Row>{{0, uuid(4), 1, 2, 3}, {1023, uuid(3), 1, 2, 3}, {1024, uuid(2), 7, 9, 10}});
  CHECK(all_of(rows, 1, 1023) == std::vector<Row>{{1023, uuid(3), 1, 2, 3}});
  CHECK(all_of(rows, 5, -1).empty());
  CHECK(rows.see({.id = -1}) == Was::same);
  CHECK_FALSE(rows.has(-1));
  rows.remove(1024);
  rows.remove(1024);
  rows.remove(-1);
  CHECK(rows.size() == 2);
  CHECK_FALSE(rows.find(1024));
  CHECK(rows.greatest() == 1024);
}

TEST_CASE("of too many rows only ids and versions are known", "[changes]") {
  KnownRows rows({.uuid = true, .ends = true, .version = true});
  rows.see({1, uuid(1), 2, 3, 4});
  rows.keep_less();
  CHECK_FALSE(rows.keeps_more());
  CHECK(rows.find(1) == Row{.id = 1, .version = 4});
  CHECK(rows.see({1, uuid(2), 5, 6, 4}) == Was::same);
  CHECK(rows.see({2, uuid(2), 5, 6, 7}) == Was::unknown);
  CHECK(all_of(rows) == std::vector<Row>{{.id = 1, .version = 4}, {.id = 2, .version = 7}});
}

TEST_CASE("known rows are what a map would hold, and their sums show each difference", "[changes]") {
  std::mt19937 random(1);
  KnownRows rows({.uuid = true});
  std::map<std::int64_t, Uuid> expected;
  for (int i = 0; i < 5000; ++i) {
    auto const id = static_cast<std::int64_t>(random() % 3000);
    if (random() % 3 == 0) {
      rows.remove(id);
      expected.erase(id);
    } else {
      rows.see({.id = id, .uuid = uuid(i)});
      expected[id] = uuid(i);
    }
  }
  std::map<std::int64_t, Uuid> found;
  std::map<std::int64_t, KnownRows::Sums> sums;
  for (auto const& row : all_of(rows)) found[row.id] = row.uuid;
  for (auto const& [id, of] : expected) {
    ++sums[id / 1024].ids;
    sums[id / 1024].sum += static_cast<std::uint64_t>(id);
  }
  CHECK(found == expected);
  CHECK(rows.sums(0, 4) == sums);
  sums.erase(0);
  sums.erase(2);
  CHECK(rows.sums(1, 1) == sums);
  CHECK(rows.size() == expected.size());
}
