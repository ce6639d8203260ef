// SPDX-License-Identifier: MIT
#include "net/mailbox.hpp"

#include <sys/eventfd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

using namespace restapi::net;

namespace {

struct Numbered final : Event {
  explicit Numbered(int value) : number(value) {}
  int const number;
};

PostedEvent numbered(int number) { return {{}, std::make_unique<Numbered>(number)}; }

/// Whether the owner has been woken since this was last asked.
bool is_woken(Mailbox const& mailbox) {
  eventfd_t count = 0;
  return eventfd_read(mailbox.descriptor(), &count) == 0;
}

std::vector<int> taken(Mailbox& mailbox) {
  Events events;
  mailbox.take(events);
  std::vector<int> numbers;
  for (auto const& posted : events.events) numbers.push_back(dynamic_cast<Numbered const&>(*posted.event).number);
  return numbers;
}

}  // namespace

TEST_CASE("whoever is patient does not keep others waiting", "[net]") {
  Mailbox mailbox;
  for (int i = 1; i <= 1'000; ++i) mailbox.put_patient(numbered(i));
  mailbox.put(numbered(0));
  REQUIRE(is_woken(mailbox));
  auto all = taken(mailbox);
  CHECK(all.front() == 0);
  CHECK(all.size() < 200);

  // What comes meanwhile comes before the rest, for which the owner is woken again.
  mailbox.put(numbered(-1));
  REQUIRE(is_woken(mailbox));
  auto const next = taken(mailbox);
  CHECK(next.front() == -1);
  all.erase(all.begin());
  all.insert(all.end(), next.begin() + 1, next.end());
  while (is_woken(mailbox)) {
    auto const more = taken(mailbox);
    REQUIRE(!more.empty());
    all.insert(all.end(), more.begin(), more.end());
  }
  REQUIRE(all.size() == 1'000);
  for (int i = 0; i < 1'000; ++i) REQUIRE(all[static_cast<std::size_t>(i)] == i + 1);
}

TEST_CASE("the owner of a mailbox is woken once for all that has come", "[net]") {
  Mailbox mailbox;
  mailbox.put(numbered(1));
  mailbox.put_patient(numbered(2));
  CHECK(is_woken(mailbox));
  CHECK_FALSE(is_woken(mailbox));
  CHECK(taken(mailbox) == std::vector{1, 2});
  CHECK_FALSE(is_woken(mailbox));
  mailbox.put_patient(numbered(3));
  CHECK(is_woken(mailbox));
}
