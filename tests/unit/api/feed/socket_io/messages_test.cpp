// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/messages.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using namespace restapi::api::feed;
using namespace restapi::api::feed::socket_io;

namespace {

std::string const one = "11111111-0000-4000-8000-000000000001", two = "22222222-0000-4000-8000-000000000002",
                  group = "33333333-0000-4000-8000-000000000003", other = "44444444-0000-4000-8000-000000000004";

Workspace const whole{"*"};
Workspace const in_group{group, 3, group};

/// Changes of one batch, each a transaction of its own, and what is there when they are told: nodes 1 (in group 3) and
/// 2 (in none), groups 3 and 4.
class Told {
 public:
  Told() {
    batch.before.epoch = "e";
    batch.shown.xmax = 100;
    items.nodes[1] = {.uuid = one, .groups = {3}, .first_group = group};
    items.nodes[2] = {.uuid = two};
    items.groups[3] = {.uuid = group, .label = "oxides", .type = "core", .nodes = 1};
    items.groups[4] = {.uuid = other, .label = "others", .type = "core", .nodes = 7};
  }

  store::Change& add(char letter, store::Action action, std::vector<std::int64_t> ids) {
    auto const position = static_cast<std::int64_t>(batch.changes.size()) + 10;
    batch.changes.push_back({.entity = model::find_entity(letter), .action = action, .ids = std::move(ids)});
    auto& change = batch.changes.back();
    change.xid = static_cast<store::Xid>(position);
    change.position = position;
    bool const is_read = action == store::Action::created || action == store::Action::updated;
    objects.emplace_back(is_read ? change.ids.size() : 0, is_read ? std::optional(ToldObject{"{}"}) : std::nullopt);
    return change;
  }
  void add_member(std::int64_t id, std::int64_t of, std::int64_t node) {
    add('m', store::Action::created, {id});
    objects.back().front()->first = of;
    objects.back().front()->second = node;
  }

  /// Names and arguments of events, one a line; offsets are compared with what must be behind.
  std::string tell(Workspace const& workspace) {
    batch.after = {"e", {100}, {}, {}};
    Entry const entry(batch, objects, is_resnapshot,
                      {.items = has_items ? std::make_shared<Items const>(items) : nullptr});
    std::string told;
    offsets.clear();
    for (auto const& message : messages_of(entry, workspace, "/events")) {
      auto text = message.payload();
      REQUIRE(text.starts_with("42/events,[\""));
      REQUIRE(text.ends_with("~" + workspace.id + "\"]"));
      auto const offset = text.rfind(",\"");
      offsets.push_back(text.substr(offset + 2, text.rfind('~') - offset - 2));
      told += text.substr(11, offset - 11) + "\n";
    }
    return told;
  }

  store::Batch batch;
  std::vector<ToldObjects> objects;
  Items items;
  bool is_resnapshot = false;
  bool has_items = true;
  std::vector<std::string> offsets;
};

/// Without what is between the uuid and its end, which shapes_test looks at.
std::string without_shapes(std::string text) {
  for (auto at = text.find(",\"created_at\""); at != text.npos; at = text.find(",\"created_at\""))
    text.erase(at, text.find('\n', at) - at - 1);
  for (auto at = text.find(",\"updated_at\""); at != text.npos; at = text.find(",\"updated_at\""))
    text.erase(at, text.find(',', at + 1) - at);
  return text;
}

std::string updated(std::string const& uuid) { return "\"item-updated\",{\"id\":\"" + uuid + "\"}\n"; }
std::string removed(std::string const& uuid) { return "\"item-removed\",\"" + uuid + "\"\n"; }
std::string sized(std::string const& uuid, int size) {
  return "\"column-patched\",{\"id\":\"" + uuid + "\",\"subscribed_items\":" + std::to_string(size) + "}\n";
}
std::string selected(std::string const& workspace) { return "\"workspace-selected\",\"" + workspace + "\"\n"; }

}  // namespace

TEST_CASE("nodes are items", "[feed][socket_io]") {
  Told told;
  told.add('n', store::Action::created, {1, 2});
  told.add('n', store::Action::updated, {2, 99});
  told.add('n', store::Action::deleted, {5, 6}).uuids = {one, two};
  told.objects[1][1].reset();  // it has gone
  CHECK(without_shapes(told.tell(whole)) == updated(one) + updated(two) + updated(two) + removed(one) + removed(two));
  CHECK(told.offsets == std::vector{told.batch.after_object(0, 0).text(), told.batch.after_object(0, 1).text(),
                                    told.batch.after_object(1, 0).text(), told.batch.after_object(2, 0).text(),
                                    told.batch.after.text()});
  CHECK(without_shapes(told.tell(in_group)) == updated(one));
  CHECK(told.tell(whole).find("\"column_id\":\"" + group + "\"") != std::string::npos);
}

TEST_CASE("nodes enter and leave a group", "[feed][socket_io]") {
  Told told;
  told.add_member(50, 3, 1);
  auto& left = told.add('m', store::Action::deleted, {51, 52, 53});
  left.firsts = {3, 4, 3};
  left.seconds = {2, 2, 8};
  left.uuids = {"", two, ""};  // one is still there, and one is gone
  told.add('n', store::Action::deleted, {8}).uuids = {other};
  // Once for a group and batch.
  CHECK(without_shapes(told.tell(whole)) == sized(other, 7) + sized(group, 1) + removed(other));
  CHECK(without_shapes(told.tell(in_group)) == updated(one) + removed(two) + removed(other) + sized(group, 1));
  // Whoever is cut off between the two events of one change gets both again.
  CHECK(told.offsets == std::vector{told.batch.after_object(0, 0).text(), told.batch.after_object(1, 0).text(),
                                    told.batch.after_object(1, 1).text(), told.batch.after_object(1, 2).text()});
  CHECK(told.tell(in_group).find("\"column_id\":\"" + group + "\"") != std::string::npos);
}

TEST_CASE("a node that has left the group by now has not come into it", "[feed][socket_io]") {
  Told told;
  told.add_member(50, 3, 2);
  CHECK(without_shapes(told.tell(in_group)) == sized(group, 1));
}

TEST_CASE("groups are columns", "[feed][socket_io]") {
  Told told;
  told.add('g', store::Action::created, {3, 4});
  told.add('g', store::Action::deleted, {9, 3}).uuids = {other, group};
  auto const three =
      "\"column-patched\",{\"id\":\"" + group +
      "\",\"name\":\"oxides\",\"workflow_id\":null,\"type\":\"core\",\"settings\":{\"description\":\"\"}}\n";
  auto four = three;
  four.replace(four.find(group), group.size(), other).replace(four.find("oxides"), 6, "others");
  auto const gone = [](std::string const& uuid) {
    return "\"column-patched\",{\"id\":\"" + uuid + "\",\"deleted\":true}\n";
  };
  CHECK(without_shapes(told.tell(whole)) == three + four + gone(other) + gone(group));
  CHECK(without_shapes(told.tell(in_group)) == three + gone(group));
}

TEST_CASE("where changes cannot be told the workspace is selected again", "[feed][socket_io]") {
  for (char const letter : {'n', 'm', 'g'}) {
    Told told;
    told.add(letter, store::Action::cleared, {});
    CHECK(told.tell(whole) == selected("*"));
    CHECK(told.tell(in_group) == selected(group));
  }
  Told nameless;
  nameless.add('n', store::Action::deleted, {5}).uuids = {""};
  CHECK(nameless.tell(whole) == selected("*"));
  CHECK(nameless.tell(in_group).empty());
  Told lost;
  lost.is_resnapshot = true;
  CHECK(lost.tell(whole) == selected("*"));
  CHECK(lost.offsets == std::vector{lost.batch.after.text()});
  Told unread;
  unread.add('n', store::Action::created, {1});
  unread.has_items = false;
  CHECK(unread.tell(whole) == selected("*"));
}

TEST_CASE("what has no word is left out", "[feed][socket_io]") {
  Told told;
  for (char const letter : {'c', 'u', 'l', 'k', 'o'}) {
    told.add(letter, store::Action::updated, {1});
    told.add(letter, store::Action::cleared, {});
  }
  CHECK(told.tell(whole).empty());
  CHECK(told.tell(in_group).empty());
}
