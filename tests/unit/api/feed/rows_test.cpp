// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "api/feed/rows/messages.hpp"
#include "api/feed/rows/request.hpp"
#include "api/feed/web_socket_door.hpp"
#include "support/entries.hpp"

using namespace restapi;
using namespace restapi::api::feed;
using namespace restapi::api::feed::rows;
using store::Action;

namespace {

constexpr auto structure = "data.core.structure.StructureData.";
constexpr auto job = "process.calculation.calcjob.CalcJobNode.";

ToldObject node(int id, std::string type) {
  return {fmt::format(R"({{"ctime":"c","id":{},"label":"\"id\":5","mtime":"m","state":null,"type":"{}","uuid":"u"}})",
                      id, type),
          "u", type};
}
std::string row(int id, std::string_view type) {
  return fmt::format(
      R"({{"id":{0},"order":"{0}.00000000000000000000","ctime":"c","label":"\"id\":5","mtime":"m","state":null,"type":"{1}","uuid":"u"}})",
      id, type);
}

ToldObject const group{R"({"description":"d","id":7,"name":"a/b","type":"core","user_id":1,"uuid":"g"})", "g"};
constexpr auto told_group =
    R"("group":{"id":7,"name":"a/b","order":7,"uuid":"g","type":"core","description":"d","user_id":1})";
ToldObject const user{R"({"date_joined":null,"first_name":"f","id":3,"institution":"i","last_name":"l"})"};
constexpr auto told_user = R"("user":{"id":3,"first_name":"f","last_name":"l","institution":"i"})";

ToldObject comment(std::string type) {
  ToldObject made{R"({"id":4,"uuid":"k","node":"u","user_id":1,"ctime":"c","mtime":"m","content":"words"})", "k"};
  made.first = 282;
  made.type = std::move(type);
  return made;
}

std::vector<std::string> told(Entry const& entry, int table, bool has_cursor = false, std::string_view origin = {}) {
  return messages_of(entry, {find_table(table), has_cursor}, origin);
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("tables have numbers and names", "[rows]") {
  std::string all;
  for (auto const& table : tables()) all += fmt::format("{} {}, ", table.id, table.name);
  CHECK(all ==
        "1 nodes, 2 calculations, 3 codes, 4 data, 5 structures, 6 kpoints, 7 bands, 8 cifs, 9 upfs, 10 computers, "
        "11 groups, 12 users, 13 links, 14 group_nodes, 15 comments, 16 logs, ");
  CHECK(find_table(5) == find_table("structures"));
  CHECK(find_table(17) == nullptr);
  CHECK(find_table("node") == nullptr);
}

TEST_CASE("clients ask for pages and leave them", "[rows]") {
  auto const table = [](std::string_view text) {
    auto const request = read_request(text);
    REQUIRE(request);
    return request->table ? request->table->id : 0;
  };
  CHECK(table(R"({"page":"table","table_id":1})") == 1);
  CHECK(table(R"({"page":"table","table_id":"kpoints"})") == 6);
  CHECK(table(R"({"remove_page":"table","table_id":16})") == 16);
  CHECK(read_request(R"({"remove_page":"table","table_id":16})")->removes);
  CHECK_FALSE(read_request(R"({"page":"table","table_id":16})")->removes);
  for (auto const* text : {R"({"page":"row","table_id":1})", R"({"page":1,"table_id":1})", R"({"page":"table"})",
                           R"({"page":"table","table_id":0})", R"({"page":"table","table_id":-1})",
                           R"({"page":"table","table_id":1.0})", R"({"page":"table","table_id":4294967297})",
                           R"({"page":"table","table_id":18446744073709551615})", R"({"page":"table","table_id":[1]})"})
    CHECK(table(text) == 0);
  for (auto const* text : {"", "{", "[]", "1", "{}", R"({"type":"page"})", R"(["page"])", "\xff"})
    CHECK_FALSE(read_request(text));
  CHECK_FALSE(read_request(std::string(60000, '[')));
}

TEST_CASE("every message of rows", "[rows]") {
  auto const created =
      test::entry({{test::change('n', Action::created, {1, 2}), {{node(1, structure), node(2, job)}}}});
  CHECK(told(created, 1) ==
        Messages{
            fmt::format(R"({{"type":"rows_created","table_id":1,"rows":[{},{}],"before_row_id":null,"metadata":{{}}}})",
                        row(1, structure), row(2, job))});
  CHECK(
      told(created, 5) ==
      Messages{fmt::format(R"({{"type":"rows_created","table_id":5,"rows":[{}],"before_row_id":null,"metadata":{{}}}})",
                           row(1, structure))});
  CHECK(told(created, 3).empty());
  CHECK(told(created, 10).empty());
  CHECK(messages_of(created, {}).empty());

  auto change = test::change('n', Action::updated, {1});
  change.fields.extras = true;
  CHECK(told(test::entry({{change, {{node(1, structure)}}}}), 1) ==
        Messages{fmt::format(R"({{"type":"rows_updated","table_id":1,"rows_before_update":[{{"id":1}}],"rows":[{}],)"
                             R"("updated_field_ids":[103,104],"metadata":{{}}}})",
                             row(1, structure))});
  change.fields.attributes = true;
  CHECK(told(test::entry({{change, {{node(1, structure)}}}}), 5).front().find(R"("updated_field_ids":[503,504,505])") !=
        std::string::npos);

  auto deleted = test::change('n', Action::deleted, {1, 2});
  deleted.uuids = {"a", ""};
  CHECK(told(test::entry({{deleted}}), 9) ==
        Messages{R"({"type":"rows_deleted","table_id":9,"row_ids":[1,2],"rows":[{"id":1,"uuid":"a"},{"id":2}]})"});
  auto member = test::change('m', Action::deleted, {3});
  member.firsts = {7};
  member.seconds = {1};
  member.uuids = {"a"};
  CHECK(told(test::entry({{member}}), 14) == Messages{R"({"type":"rows_deleted","table_id":14,"row_ids":[3],)"
                                                      R"("rows":[{"id":3,"group_id":7,"node_id":1,"node":"a"}]})"});
  auto link = test::change('l', Action::deleted, {3});
  link.firsts = {7};
  link.seconds = {9};
  CHECK(told(test::entry({{link}}), 13).front().find(R"({"id":3,"input_id":7,"output_id":9})") != std::string::npos);
  CHECK(told(test::entry({{test::change('l', Action::created, {3}), {{ToldObject{R"({"id":3})"}}}}}), 13) ==
        Messages{R"({"type":"rows_created","table_id":13,"rows":[{"id":3,"order":"3.00000000000000000000"}],)"
                 R"("before_row_id":null,"metadata":{}})"});
}

TEST_CASE("every message that is no row", "[rows]") {
  auto const one = [](char letter, Action action, std::optional<ToldObject> object, int id) {
    ToldObjects objects;
    if (object) objects.push_back(object);
    return told(test::entry({{test::change(letter, action, {id}), objects}}), 1);
  };
  CHECK(one('g', Action::created, group, 7) ==
        Messages{fmt::format(R"({{"type":"group_created","group_id":7,{}}})", told_group)});
  CHECK(one('g', Action::updated, group, 7) ==
        Messages{fmt::format(R"({{"type":"group_updated","group_id":7,{}}})", told_group)});
  CHECK(one('g', Action::deleted, {}, 7) == Messages{R"({"type":"group_deleted","group_id":7})"});
  for (auto const action : {Action::created, Action::updated})
    CHECK(one('u', action, user, 3) == Messages{fmt::format(R"({{"type":"user_updated",{}}})", told_user)});
  CHECK(one('u', Action::deleted, {}, 3) ==
        Messages{R"({"type":"user_deleted","user":{"id":3}})", R"({"type":"user_permanently_deleted","user_id":3})"});
  auto const comments = test::entry({{test::change('k', Action::created, {4}), {{comment(structure)}}}});
  auto const words = [](int table) {
    return Messages{fmt::format(
        R"({{"type":"row_comment_created","table_id":{},"row_id":282,"row_comment":{{"id":4,"row_id":282,"user_id":1,)"
        R"("comment":"words","created_on":"c","updated_on":"m"}}}})",
        table)};
  };
  CHECK(told(comments, 1) == words(1));
  CHECK(told(comments, 5) == words(5));
  CHECK(told(comments, 2).empty());
  CHECK(told(comments, 11).empty());
  CHECK(told(comments, 15).front().starts_with(R"({"type":"rows_created","table_id":15,"rows":[{"id":4,"order":)"));
  CHECK(told(test::entry({{test::change('k', Action::updated, {4}), {{comment(structure)}}}}), 1).empty());
}

TEST_CASE("messages of a connection", "[rows]") {
  store::Cursor const cursor{"e", {100, {}}, {}, {99, 9, 0}};
  auto const text = cursor.text();
  CHECK(authentication("w") == R"({"type":"authentication","success":true,"web_socket_id":"w"})");
  CHECK(authentication("") == R"({"type":"authentication","success":false,"web_socket_id":null})");
  CHECK(page_add(*find_table(2), nullptr) == R"({"type":"page_add","page":"table","parameters":{"table_id":2}})");
  CHECK(page_add(*find_table(2), &cursor) ==
        fmt::format(R"({{"type":"page_add","page":"table","parameters":{{"table_id":2}},"cursor":"{}"}})", text));
  CHECK(page_discard(*find_table(2)) == R"({"type":"page_discard","page":"table","parameters":{"table_id":2}})");
  CHECK(settled(cursor) == fmt::format(R"({{"type":"settled","cursor":"{}"}})", text));
  CHECK(resnapshot(cursor) == fmt::format(R"({{"type":"resnapshot","cursor":"{}"}})", text));
  CHECK(settled(cursor, "none") == fmt::format(R"({{"type":"settled","source":"none","cursor":"{}"}})", text));
}

TEST_CASE("a cursor of rows is behind what has been told", "[rows]") {
  auto const entry = test::entry(
      {{test::change('u', Action::deleted, {3})}, {test::change('g', Action::created, {7, 8}), {{group, group}}}});
  auto const& batch = entry.batch();
  std::vector<std::string> cursors;
  for (auto const& message : told(entry, 11, true)) {
    auto const at = message.rfind(R"(,"cursor":")");
    REQUIRE(at != std::string::npos);
    cursors.push_back(message.substr(at + 11, message.size() - at - 13));
  }
  // user_deleted, user_permanently_deleted, rows_created, group_created, group_created
  CHECK(cursors == Messages{batch.before.text(), batch.after_object(0, 0).text(), batch.after_object(0, 0).text(),
                            batch.after_object(1, 0).text(), batch.after.text()});
}

TEST_CASE("at most a hundred rows in a message", "[rows]") {
  std::vector<std::int64_t> ids;
  ToldObjects objects;
  for (int id = 1; id <= 250; ++id) {
    ids.push_back(id);
    objects.push_back(node(id, structure));
  }
  objects[0].reset();  // deleted meanwhile
  auto const entry = test::entry({{test::change('n', Action::created, ids), objects}});
  auto const messages = told(entry, 1, true);
  REQUIRE(messages.size() == 3);
  CHECK(messages[0].find(R"("rows":[{"id":2,)") != std::string::npos);
  CHECK(messages[0].ends_with(entry.batch().after_object(0, 100).text() + "\"}"));
  CHECK(messages[1].find(R"("rows":[{"id":102,)") != std::string::npos);
  CHECK(messages[2].ends_with(entry.batch().after.text() + "\"}"));
}

TEST_CASE("whoever has made a change does not hear of it", "[rows]") {
  auto change = test::change('g', Action::deleted, {7});
  change.origin = "me";
  auto const entry = test::entry({{change}, {test::change('g', Action::deleted, {8})}});
  CHECK(told(entry, 1, false, "me") == Messages{R"({"type":"group_deleted","group_id":8})"});
  CHECK(told(entry, 1, false, "you").size() == 2);
}

TEST_CASE("what cannot be told asks for reading anew", "[rows]") {
  auto const cleared = test::entry({{test::change('o', Action::cleared, {})}});
  CHECK(needs_resnapshot(cleared, {find_table(16)}));
  CHECK_FALSE(needs_resnapshot(cleared, {find_table(1)}));
  CHECK_FALSE(needs_resnapshot(cleared, {}));
  CHECK(told(cleared, 16, true) == Messages{resnapshot(cleared.batch().after)});
  CHECK(told(cleared, 1, true).empty());
  CHECK(needs_resnapshot(test::entry({{test::change('g', Action::cleared, {})}}), {}));
  store::Batch batch;
  batch.after = {"e", {100, {}}, {}, {99, 9, 0}};
  Entry const lost(batch, {}, true);
  CHECK(needs_resnapshot(lost, {}));
  CHECK(messages_of(lost, {}) == Messages{resnapshot(batch.after)});
}

TEST_CASE("parameters of a query", "[rows]") {
  CHECK(parameter("cursor=abc&jwt_token=x", "cursor") == "abc");
  CHECK(parameter("a=b&cursor", "cursor") == "");
  CHECK(parameter("cursors=1&&", "cursor") == std::nullopt);
  auto const uuid = random_uuid();
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  CHECK(uuid != random_uuid());
}
