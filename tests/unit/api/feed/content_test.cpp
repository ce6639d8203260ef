// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "api/feed/content/messages.hpp"
#include "api/feed/content/path.hpp"
#include "support/entries.hpp"

using namespace restapi;
using namespace restapi::api::feed;
using namespace restapi::api::feed::content;
using store::Action;

namespace {

constexpr auto first = "11111111-1111-4111-8111-111111111111", second = "22222222-2222-4222-8222-222222222222",
               third = "33333333-3333-4333-8333-333333333333";

using Messages = std::vector<std::string>;

std::shared_ptr<Details const> details() {
  Details made;
  NodeDetails one{first, "one \"1\"", "data.", 3, "2025-03-14 19:20:37.123456+00"};
  one.attributes = Document{R"({"a":1})", 8};
  one.extras = Document{{}, 300000};
  made.nodes = {{1, one}, {2, {second, "two", "process.", 4, "2025-03-14 19:20:37"}}};
  made.groups = {{7, {third, 5}}};
  return std::make_shared<Details const>(std::move(made));
}

test::ToldChange change(char letter, Action action, std::int64_t id, std::optional<ToldObject> object = {}) {
  auto made = test::change(letter, action, {id});
  made.at = store::ChangeTime(std::chrono::milliseconds(1234567));
  test::ToldChange told{std::move(made)};
  if (object) told.objects.push_back(std::move(object));
  return told;
}

/// `E` stands for metadata, with the owner behind it: "E3".
Messages told(test::ToldChange change, std::string const& path = "") {
  auto messages = messages_of(test::entry({std::move(change)}, details()), {path, false});
  for (auto& message : messages)
    for (auto const* time : {"1741980037123", "1741980037000", "1234567"})
      for (auto const* owner : {"1", "3", "4", "5", ""}) {
        auto const metadata = fmt::format(
            R"("owners":[{}],"readers":["*"],"timestamp":{},"lastEditor":"{}","canRead":true,"canWrite":false)",
            *owner ? fmt::format("\"{}\"", owner) : "", time, owner);
        if (auto const at = message.find(metadata); at != message.npos)
          message.replace(at, metadata.size(), fmt::format("E{} {}", owner, time));
      }
  return messages;
}

ToldObject object(std::string json, std::string uuid = {}, std::optional<std::int64_t> one = {},
                  std::optional<std::int64_t> other = {}) {
  ToldObject made{std::move(json), std::move(uuid)};
  made.first = one;
  made.second = other;
  return made;
}

}  // namespace

TEST_CASE("paths of entries", "[content]") {
  auto const uuid = std::string(first);
  CHECK(read_path("") == "");
  CHECK(read_path("/") == "");
  for (auto const& path :
       {std::string("/nodes"), "/nodes/" + uuid, "/nodes/" + uuid + "/extras", "/nodes/" + uuid + "/inputs/12",
        "/nodes/" + uuid + "/comments/" + uuid, "/groups/" + uuid + "/nodes/" + uuid,
        "/computers/" + uuid + "/properties", std::string("/users/3"), std::string("/users/3/properties")}) {
    CHECK(read_path(path) == path);
    CHECK(read_path(path + "/") == path);
    CHECK(read_path(path + "/x") == std::nullopt);
    CHECK(read_path(path + "//") == std::nullopt);
  }
  CHECK(read_path("/nodes/AAAAAAAA-1111-4111-8111-111111111111") == "/nodes/aaaaaaaa-1111-4111-8111-111111111111");
  for (auto const* path : {"nodes", "/node", "/nodes/1", "/users/0", "/users/x", "/users/-1",
                           "/users/1111111111111111111", "/computers/x", "//", "/nodes//", "/groups/shared", "/\xff"})
    CHECK(read_path(path) == std::nullopt);
  CHECK(is_within("/nodes/a/extras", "/nodes/a"));
  CHECK(is_within("/nodes/a", "/nodes/a"));
  CHECK(is_within("/nodes", ""));
  CHECK_FALSE(is_within("/nodes/ab", "/nodes/a"));
  CHECK_FALSE(is_within("/nodes", "/nodes/a"));
}

TEST_CASE("what is told of nodes", "[content]") {
  auto const path = fmt::format("/nodes/{}", first);
  CHECK(
      told(change('n', Action::created, 1, object(R"({"id":1})", first))) ==
      Messages{
          fmt::format(R"({{"path":"{}","action":"ADD","entry":{{"isDirectory":true,E3 1741980037123}}}})", path),
          fmt::format(
              R"({{"path":"{}/properties","action":"UPDATED","entry":{{"content":"{{\"id\":1}}","isDirectory":false,E3 1741980037123}}}})",
              path)});
  auto updated = change('n', Action::updated, 1, object(R"({"id":1})", first));
  CHECK(told(updated).size() == 1);
  updated.change.fields = {true, true};
  CHECK(
      told(updated, path + "/attributes") ==
      Messages{fmt::format(
          R"({{"path":"{}/attributes","action":"UPDATED","entry":{{"content":"{{\"a\":1}}","isDirectory":false,E3 1741980037123}}}})",
          path)});
  CHECK(
      told(updated, path + "/extras") ==
      Messages{fmt::format(
          R"({{"path":"{}/extras","action":"UPDATED","entry":{{"contentLength":300000,"isDirectory":false,E3 1741980037123}}}})",
          path)});
  CHECK(told(updated).size() == 3);
  CHECK(told(updated, "/nodes/" + std::string(second)).empty());
  CHECK(told(updated, "/groups").empty());
  auto deleted = change('n', Action::deleted, 1);
  deleted.change.uuids = {first};
  CHECK(told(deleted) == Messages{fmt::format(R"({{"path":"{}","action":"REMOVE"}})", path)});
}

TEST_CASE("what is told of computers, groups and users", "[content]") {
  struct Case {
    char letter;
    std::string path, owner;
    ToldObject object;
  };
  for (auto const& [letter, path, owner, row] :
       {Case{'c', fmt::format("/computers/{}", first), "", object("{}", first)},
        Case{'g', fmt::format("/groups/{}", first), "5", object(R"({"user_id":5})", first)},
        Case{'u', "/users/1", "1", object("{}")}}) {
    auto const properties = told(change(letter, Action::updated, 1, row));
    REQUIRE(properties.size() == 1);
    CHECK(properties.front().starts_with(
        fmt::format(R"({{"path":"{}/properties","action":"UPDATED","entry":{{"content":")", path)));
    CHECK(properties.front().ends_with(fmt::format(R"("isDirectory":false,E{} 1234567}}}})", owner)));
    CHECK(told(change(letter, Action::created, 1, row)) ==
          Messages{
              fmt::format(R"({{"path":"{}","action":"ADD","entry":{{"isDirectory":true,E{} 1234567}}}})", path, owner),
              properties.front()});
    auto deleted = change(letter, Action::deleted, 1);
    if (letter != 'u') deleted.change.uuids = {first};
    CHECK(told(deleted) == Messages{fmt::format(R"({{"path":"{}","action":"REMOVE"}})", path)});
  }
}

TEST_CASE("what is told of links and members", "[content]") {
  auto const input = fmt::format("/nodes/{}/inputs/8", second), output = fmt::format("/nodes/{}/outputs/8", first);
  auto const messages = told(change('l', Action::created, 8, object("{}", "", 1, 2)));
  REQUIRE(messages.size() == 4);
  CHECK(messages[0] ==
        fmt::format(R"({{"path":"{}","action":"ADD","entry":{{"isDirectory":false,E4 1234567}}}})", input));
  CHECK(messages[1] ==
        fmt::format(
            R"({{"path":"{}","action":"UPDATED","entry":{{"content":"{{\"uuid\":\"{}\",\"label\":\"one \\\"1\\\"\",)"
            R"(\"type\":\"data.\"}}","isDirectory":false,E4 1234567}}}})",
            input, first));
  CHECK(messages[2].starts_with(fmt::format(R"({{"path":"{}","action":"ADD")", output)));
  CHECK(messages[3].starts_with(fmt::format(R"({{"path":"{}","action":"UPDATED")", output)));
  auto link = change('l', Action::deleted, 8);
  link.change.firsts = {1};
  link.change.seconds = {2};
  CHECK(told(link) == Messages{fmt::format(R"({{"path":"{}","action":"REMOVE"}})", input),
                               fmt::format(R"({{"path":"{}","action":"REMOVE"}})", output)});
  link.change.firsts = {99};  // gone
  CHECK(told(link).size() == 1);

  auto const path = fmt::format("/groups/{}/nodes/{}", third, first);
  CHECK(told(change('m', Action::created, 8, object("{}", "", 7, 1))).front() ==
        fmt::format(R"({{"path":"{}","action":"ADD","entry":{{"isDirectory":false,E5 1234567}}}})", path));
  auto member = change('m', Action::deleted, 8);
  member.change.firsts = {7};
  member.change.seconds = {99};
  member.change.uuids = {first};
  CHECK(told(member, "/groups") == Messages{fmt::format(R"({{"path":"{}","action":"REMOVE"}})", path)});
  CHECK(told(member, "/nodes").empty());
}

TEST_CASE("what is told of comments and logs", "[content]") {
  auto const comment = fmt::format("/nodes/{}/comments/{}", first, third);
  auto const row = object(R"({"user_id":4,"content":"a \"b\""})", third, 1);
  CHECK(told(change('k', Action::created, 8, row)) ==
        Messages{
            fmt::format(R"({{"path":"{}","action":"ADD","entry":{{"isDirectory":false,E4 1234567}}}})", comment),
            fmt::format(
                R"({{"path":"{}","action":"UPDATED","entry":{{"content":"a \"b\"","isDirectory":false,E4 1234567}}}})",
                comment)});
  CHECK(told(change('k', Action::updated, 8, row)).size() == 1);
  CHECK(told(change('o', Action::updated, 8, object(R"({"message":"words"})", third, 1))) ==
        Messages{fmt::format(R"({{"path":"/nodes/{}/logs/{}","action":"UPDATED","entry":{{"content":"words",)"
                             R"("isDirectory":false,E3 1234567}}}})",
                             first, third)});
  for (auto const letter : {'k', 'o'}) {
    auto deleted = change(letter, Action::deleted, 8);
    deleted.change.firsts = {1};
    deleted.change.uuids = {third};
    CHECK(told(deleted).size() == 1);
    deleted.change.firsts = {99};
    CHECK(told(deleted).empty());
  }
  auto const large = std::string(largest_content + 1, 'x');
  auto const messages =
      told(change('o', Action::updated, 8, object(fmt::format(R"({{"message":"{}"}})", large), third, 1)));
  CHECK(messages.front().find(R"("entry":{"contentLength":262145,"isDirectory")") != std::string::npos);
}

TEST_CASE("a cursor of entries is behind what has been told", "[content]") {
  auto const entry = test::entry(
      {change('u', Action::created, 1, object("{}")), change('u', Action::created, 2, object("{}"))}, details());
  auto const& batch = entry.batch();
  auto const ends = [](std::string const& message, store::Cursor const& cursor) {
    return message.ends_with(fmt::format(R"("cursor":"{}"}})", cursor.text()));
  };
  auto const messages = messages_of(entry, {"", true});
  REQUIRE(messages.size() == 4);
  CHECK(ends(messages[0], batch.before));
  CHECK(ends(messages[1], batch.after_object(0, 0)));
  CHECK(ends(messages[2], batch.after_object(0, 0)));
  CHECK(ends(messages[3], batch.after));
  auto const one = messages_of(entry, {"/users/1/properties", true});
  REQUIRE(one.size() == 1);
  CHECK(ends(one[0], batch.after_object(0, 0)));
}

TEST_CASE("entries that cannot be told", "[content]") {
  auto const entry = test::entry({{test::change('k', Action::cleared, {})}}, details());
  CHECK(needs_resnapshot(entry, {""}));
  CHECK(needs_resnapshot(entry, {"/nodes"}));
  CHECK_FALSE(needs_resnapshot(entry, {"/groups"}));
  CHECK_FALSE(needs_resnapshot(entry, {std::nullopt}));
  CHECK(messages_of(entry, {"", true}) == Messages{instruction({}, 410, "Resnapshot", &entry.batch().after)});
  CHECK(messages_of(entry, {"/users", true}).empty());
}

TEST_CASE("instructions", "[content]") {
  store::Cursor const cursor{"e", {100, {}}, {}, {99, 9, 0}};
  CHECK(instruction("i", 202, "Connected", nullptr) == R"({"id":"i","statusCode":202,"instruction":"Connected"})");
  CHECK(instruction("i", 202, "Connected", &cursor, "none") ==
        fmt::format(R"({{"id":"i","statusCode":202,"instruction":"Connected","source":"none","cursor":"{}"}})",
                    cursor.text()));
  CHECK(instruction("i", 401, "Disconnected", nullptr) ==
        R"({"id":"i","statusCode":401,"instruction":"Disconnected"})");
  CHECK(instruction({}, 410, "Resnapshot", &cursor) ==
        fmt::format(R"({{"statusCode":410,"instruction":"Resnapshot","cursor":"{}"}})", cursor.text()));
  auto const answered = [](std::string_view text) {
    auto const read = read_instruction(text);
    return read ? answer(*read, 202, nullptr) : std::string();
  };
  CHECK(answered(R"({"instruction":"Listen","path":"/nodes"})") ==
        R"({"instruction":"Listen","path":"/nodes","statusCode":202})");
  CHECK(answered(R"({"instruction":"Unlisten"})") == R"({"instruction":"Unlisten","statusCode":202})");
  CHECK(answered(R"({"instruction":"Listen","path":"/\u0000\""})") ==
        R"({"instruction":"Listen","path":"/\u0000\"","statusCode":202})");
  CHECK(answered(R"({"instruction":"Listen","path":5})") == R"({"instruction":"Listen","path":"5","statusCode":202})");
  CHECK(answered(R"({"instruction":"Listen","path":null})") == R"({"instruction":"Listen","statusCode":202})");
  for (auto const* text : {"", "{", "[]", "{}", R"({"instruction":1})", R"({"instruction":"Connected"})", "\xff"})
    CHECK(answered(text).empty());
}
