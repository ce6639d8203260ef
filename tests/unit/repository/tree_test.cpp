// SPDX-License-Identifier: MIT
#include "repository/tree.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "base/sorted_json.hpp"

using namespace restapi;
using repository::find_file;
using repository::list_folder;
using repository::Member;
using repository::Place;

namespace {

constexpr char const* tree = R"({"o": {
  "in.txt": {"k": "aa11"},
  "out": {"o": {"log": {"k": "bb22"}, "deep": {"o": {"er": {"k": "cc33"}}}, "A": {"k": "dd44"}}},
  "empty": {},
  "also empty": {"o": {}},
  "\u00e9t\u00e9": {"k": "ee55"}}})";

/// `file aa11`, `folder`, `nothing`, `absolute`; where the text cannot be read, what is wrong.
std::string found(std::string_view metadata, std::string_view path) {
  auto const file = find_file(metadata, path);
  if (!file) {
    CHECK(file.error().code == Code::unreadable_document);
    return file.error().message.substr(file.error().message.find(": ") + 2);
  }
  CHECK(file->hash.empty() == (file->place != Place::file));
  constexpr char const* names[] = {"nothing", "file", "folder", "absolute"};
  return names[static_cast<int>(file->place)] + (file->hash.empty() ? "" : " " + file->hash);
}

/// `a b/ c`: folders with a slash. In other cases as above.
std::string listed(std::string_view metadata, std::string_view path) {
  auto const folder = list_folder(metadata, path);
  if (!folder) return folder.error().message.substr(folder.error().message.find(": ") + 2);
  if (folder->place != Place::folder) {
    CHECK(folder->members.empty());
    return folder->place == Place::file ? "file" : folder->place == Place::absolute ? "absolute" : "nothing";
  }
  std::string text;
  for (auto const& member : folder->members)
    text += (text.empty() ? "" : " ") + member.name + (member.is_folder ? "/" : "");
  return text;
}

std::string nested(int folders) {
  std::string text = R"({"k":"aa"})";
  for (int i = 0; i < folders; ++i) text = R"({"o":{"d":)" + text + "}}";
  return text;
}

}  // namespace

TEST_CASE("a path leads to a file, to a folder or to nothing", "[repository][tree]") {
  struct Case {
    char const* path;
    char const* file;
    char const* folder;
  };
  Case const cases[] = {
      {"", "folder", "also empty/ empty/ in.txt out/ \xc3\xa9t\xc3\xa9"},
      {".", "folder", "also empty/ empty/ in.txt out/ \xc3\xa9t\xc3\xa9"},
      {"./", "folder", "also empty/ empty/ in.txt out/ \xc3\xa9t\xc3\xa9"},
      {"in.txt", "file aa11", "file"},
      {"in.txt/", "file aa11", "file"},
      {"./in.txt", "file aa11", "file"},
      {"out", "folder", "A deep/ log"},
      {"out/", "folder", "A deep/ log"},
      {"./out//", "folder", "A deep/ log"},
      {"out/log", "file bb22", "file"},
      {"out//log", "file bb22", "file"},
      {"out/./log", "file bb22", "file"},
      {"out/deep", "folder", "er"},
      {"out/deep/er", "file cc33", "file"},
      {"empty", "folder", ""},
      {"also empty", "folder", ""},
      {"\xc3\xa9t\xc3\xa9", "file ee55", "file"},
      {"empty/x", "nothing", "nothing"},
      {"in.txt/x", "nothing", "nothing"},
      {"log", "nothing", "nothing"},
      {"OUT", "nothing", "nothing"},
      {"out/lo", "nothing", "nothing"},
      {"out/o/log", "nothing", "nothing"},
      {"o", "nothing", "nothing"},
      {"k", "nothing", "nothing"},
      {"in.txt/k", "nothing", "nothing"},
      {"..", "nothing", "nothing"},
      {"out/..", "nothing", "nothing"},
      {"out/../in.txt", "nothing", "nothing"},
      {"...", "nothing", "nothing"},
      {"/", "absolute", "absolute"},
      {"/in.txt", "absolute", "absolute"},
      {"//out", "absolute", "absolute"},
      {"/..", "absolute", "absolute"},
  };
  for (auto const& [path, file, folder] : cases) {
    CAPTURE(path);
    CHECK(found(tree, path) == file);
    CHECK(listed(tree, path) == folder);
  }
}

TEST_CASE("a node without files has an empty root", "[repository][tree]") {
  for (auto const* metadata : {"", "null", " null ", "{}", R"({"o": {}})", R"({"other": [1, {"o": "k"}]})"}) {
    CAPTURE(metadata);
    CHECK(found(metadata, "") == "folder");
    CHECK(listed(metadata, "").empty());
    CHECK(found(metadata, "a") == "nothing");
    CHECK(listed(metadata, "a") == "nothing");
    CHECK(listed(metadata, "/a") == "absolute");
  }
}

TEST_CASE("names are sorted by code points", "[repository][tree]") {
  CHECK(listed(R"({"o": {"b": {}, "\ud83d\ude00": {}, "a": {}, "Z": {}, "\uffee": {}, "10": {}, "9": {}}})", "") ==
        "10/ 9/ Z/ a/ b/ \xef\xbf\xae/ \xf0\x9f\x98\x80/");
}

TEST_CASE("of a name that stands twice the last counts", "[repository][tree]") {
  CHECK(found(R"({"o": {"a": {"k": "1"}, "b": {}, "a": {"k": "2"}}})", "a") == "file 2");
  CHECK(found(R"({"o": {"a": {"k": "1"}, "a": {}}})", "a") == "folder");
  CHECK(found(R"({"o": {"a": {"k": "1", "k": "2"}}})", "a") == "file 2");
  CHECK(found(R"({"o": {"a": {"k": "1"}}, "o": {"b": {}}})", "a") == "nothing");
  CHECK(found(R"({"o": {"a": {"o": {"b": {"k": "1"}}}, "a": {"o": {}}}})", "a/b") == "nothing");
  CHECK(found(R"({"o": {"a": {"o": {"b": {"k": "1"}}}, "a": {"k": "2"}}})", "a/b") == "nothing");
  CHECK(listed(R"({"o": {"a": {"k": "1"}, "b": {}, "a": {}}})", "") == "a/ b/");
  CHECK(listed(R"({"o": {"a": {}, "a": {"k": "1"}, "a": {"k": "1"}}})", "") == "a");
  CHECK(listed(R"({"o": {"a": {}}, "o": {"b": {}}})", "") == "b/");
  CHECK(listed(R"({"o": {"a": {"o": {"x": {}}}, "a": {"o": {"y": {}}}}})", "a") == "y/");
}

TEST_CASE("names that no path has are passed over", "[repository][tree]") {
  constexpr char const* odd =
      R"({"o": {"": {"k": "1"}, ".": {"k": "2"}, "..": {"o": {"up": {"k": "3"}}}, "a/b": {"k": "4"}, "/": {"k": "5"},
                "z\u0000": {"k": "6"}, "a": {"o": {"": {}, "c": {"k": "7"}}}, "...": {"k": "8"}, "..a": {"k": "9"}}})";
  CHECK(listed(odd, "") == "... ..a a/");
  CHECK(listed(odd, "a") == "c");
  for (auto const* path : {"..", "../up", "a/b", "a//b"}) CHECK(found(odd, path) == "nothing");
  CHECK(found(odd, "") == "folder");
  CHECK(found(odd, ".") == "folder");
  CHECK(found(odd, "...") == "file 8");
  CHECK(found(odd, "..a") == "file 9");
}

TEST_CASE("keys that AiiDA does not know may be anything", "[repository][tree]") {
  constexpr char const* newer = R"({"v": 2, "o": {"a": {"k": "aa", "size": [1, {"k": 2, "o": []}, [[]]], "x": null},
      "b": {"meta": {"o": {"c": 1}, "k": true}, "o": {"c": {"k": "cc"}}}}, "more": [{}]})";
  CHECK(found(newer, "a") == "file aa");
  CHECK(found(newer, "b/c") == "file cc");
  CHECK(found(newer, "b/meta") == "nothing");
  CHECK(listed(newer, "") == "a b/");
  CHECK(listed(newer, "b") == "c");
}

TEST_CASE("what is no tree is an error, wherever one looks", "[repository][tree][error]") {
  struct Case {
    char const* metadata;
    char const* fault;
  };
  constexpr char const* no_json = "it has a text that is not JSON";
  constexpr char const* no_object = "it has something else than an object";
  constexpr char const* wrong_type = "it has a value of the wrong type";
  constexpr char const* list = "it has a list where an object is expected";
  Case const cases[] = {
      {"{", no_json},
      {" ", no_json},
      {"{} x", no_json},
      {R"({"o": {"a": {"k": "1"}})", no_json},
      {"{\"o\": {\"\xff\": {}}}", no_json},
      {R"({"o": {"\ud800": {}}})", no_json},
      {R"({"o": {"a": {"size": 1e999}}})", no_json},
      {"5", no_object},
      {"true", no_object},
      {"\"o\"", no_object},
      {"[]", list},
      {R"([{"o": {}}])", list},
      {R"({"k": "aa"})", "it has a root that is a file"},
      {R"({"k": "aa", "o": {}})", "it has something that is a file and a folder"},
      {R"({"o": {"z": {"o": {}, "k": "aa"}}})", "it has something that is a file and a folder"},
      {R"({"o": {"z": {"k": {}}}})", "it has a file whose hash is no text"},
      {R"({"o": {"z": {"k": 5}}})", wrong_type},
      {R"({"o": {"z": {"k": null}}})", wrong_type},
      {R"({"o": {"z": {"k": []}}})", list},
      {R"({"o": {"z": "aa"}})", wrong_type},
      {R"({"o": {"z": null}})", wrong_type},
      {R"({"o": {"z": []}})", list},
      {R"({"o": []})", list},
      {R"({"o": "a"})", wrong_type},
      {R"({"o": null})", wrong_type},
      {R"({"o": {"z": {"o": 1.5}}})", wrong_type},
  };
  for (auto const& [metadata, fault] : cases) {
    CAPTURE(metadata);
    for (auto const* path : {"", "a", "z", "z/y"}) {
      CHECK(found(metadata, path) == fault);
      CHECK(listed(metadata, path) == fault);
    }
  }
}

TEST_CASE("a tree has limits", "[repository][tree][error]") {
  constexpr int deepest = max_json_depth / 2 - 1;
  std::string path;
  for (int i = 0; i < deepest; ++i) path += "d/";
  CHECK(found(nested(deepest), path) == "file aa");
  CHECK(listed(nested(deepest), path) == "file");
  CHECK(found(nested(deepest + 1), path) == "it has folders that nest too deep");
  CHECK(found(nested(5'000), "x") == "it has folders that nest too deep");
  CHECK(found(R"({"other": )" + std::string(1'000'000, '['), "") == "it has folders that nest too deep");
  CHECK(found("{}" + std::string(repository::largest_tree, ' '), "") == "it has more text than is read");

  std::string many = R"({"o":{)";
  for (std::size_t i = 0; i < repository::most_members; ++i) many += '"' + std::to_string(i) + "\":{},";
  auto const most = list_folder(many + R"("":{}}})", "");
  REQUIRE(most);
  CHECK(most->members.size() == repository::most_members);
  auto const too_many = list_folder(many + R"("x":{}}})", "");
  REQUIRE_FALSE(too_many);
  CHECK(too_many.error().code == Code::answer_too_large);
  CHECK(found(many + R"("x":{"k":"1"}}})", "x") == "file 1");
}

namespace {

using Json = nlohmann::json;

Json invented(std::mt19937& random, int depth) {
  if (depth == 0 || random() % 3 == 0) return {{"k", std::to_string(random() % 100)}};
  auto node = Json::object();
  for (auto count = random() % 4; count > 0; --count)
    node["o"][std::string(1 + random() % 2, static_cast<char>('a' + random() % 3))] = invented(random, depth - 1);
  return node;
}

/// The slow way: with the whole tree.
Json const* at(Json const& tree_of, std::vector<std::string> const& parts) {
  auto const* node = &tree_of;
  for (auto const& part : parts) {
    if (!node->contains("o") || !(*node)["o"].contains(part)) return nullptr;
    node = &(*node)["o"][part];
  }
  return node;
}

}  // namespace

TEST_CASE("any tree gives what a walk through it finds", "[repository][tree]") {
  std::mt19937 random(Catch::rngSeed());
  for (int round = 0; round < 3'000; ++round) {
    auto root = invented(random, 4);
    if (root.contains("k")) root = Json::object();
    std::vector<std::string> parts;
    std::string path;
    for (auto count = random() % 4; count > 0; --count) {
      parts.emplace_back(1 + random() % 2, static_cast<char>('a' + random() % 3));
      path += parts.back() + "/";
    }
    auto const text = root.dump();
    CAPTURE(text, path);
    auto const* const node = at(root, parts);
    if (node == nullptr) {
      CHECK(found(text, path) == "nothing");
      CHECK(listed(text, path) == "nothing");
    } else if (node->contains("k")) {
      CHECK(found(text, path) == "file " + (*node)["k"].get<std::string>());
      CHECK(listed(text, path) == "file");
    } else {
      CHECK(found(text, path) == "folder");
      std::vector<Member> members;
      if (node->contains("o"))
        for (auto const& [name, member] : (*node)["o"].items()) members.push_back({name, !member.contains("k")});
      CHECK(list_folder(text, path)->members == members);
    }
  }
}

TEST_CASE("any text gives a tree or an error", "[repository][tree]") {
  std::mt19937 random(Catch::rngSeed());
  constexpr std::string_view bytes = "{}[]\",:ok.ad/\\ 0n\xc3\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = tree;
    for (auto count = 1 + random() % 4; count > 0; --count) {
      auto const place = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[place] = bytes[random() % bytes.size()];
          break;
        case 1:
          text.erase(place, 1 + random() % 8);
          break;
        default:
          text.insert(place, 1, bytes[random() % bytes.size()]);
      }
    }
    auto const file = find_file(text, "out/log");
    auto const folder = list_folder(text, "out");
    CHECK(bool(file) == bool(folder));
    if (!folder || folder->place != Place::folder) continue;
    // What is listed is found.
    for (auto const& [name, is_folder] : folder->members) {
      auto const member = find_file(text, "out/" + name);
      REQUIRE(member);
      CHECK(member->place == (is_folder ? Place::folder : Place::file));
    }
  }
}
