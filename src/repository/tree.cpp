// SPDX-License-Identifier: MIT
#include "repository/tree.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/sorted_json.hpp"

namespace restapi::repository {
namespace {

using Json = nlohmann::json;

/// Of a relative path. Nothing: it has `..`.
std::optional<std::vector<std::string_view>> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    auto const part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    if (part == "..") return std::nullopt;
    if (!part.empty() && part != ".") parts.push_back(part);
  }
  return parts;
}

bool can_be_reached(std::string_view name) {
  constexpr std::string_view in_no_name("/\0", 2);
  return !name.empty() && name != "." && name != ".." && name.find_first_of(in_no_name) == name.npos;
}

/// Told what the text has, value by value. The parser calls no function for each level, so depth costs it a bit, and
/// us an element of open_.
class Reader final : public nlohmann::json_sax<Json> {
 public:
  Reader(std::vector<std::string_view> const& parts, bool lists) : parts_(parts), lists_(lists) {}

  FoundFile found = {};
  std::vector<Member> members = {};  // as they stand
  char const* fault = nullptr;
  Code code = Code::unreadable_document;

  bool null() override { return open_.empty() ? root_is_null() : plain(); }
  bool boolean(bool) override { return plain(); }
  bool number_integer(number_integer_t) override { return plain(); }
  bool number_unsigned(number_unsigned_t) override { return plain(); }
  bool number_float(number_float_t, string_t const&) override { return plain(); }
  bool binary(binary_t&) override { return plain(); }

  bool string(string_t& value) override {
    if (next_ != Expected::hash) return plain();
    auto& node = open_.back();
    node.is_file = true;
    if (is_wanted(node)) found.hash = std::move(value);
    return true;
  }

  bool key(string_t& name) override {
    auto& top = open_.back();
    if (top.role == Role::ignored) return true;
    if (top.role == Role::node) return key_of_node(top, name);
    next_ = Expected::node;
    bool const is_on_path = top.level >= 0 && !is_wanted(top) && name == parts_[static_cast<std::size_t>(top.level)];
    next_level_ = is_on_path ? top.level + 1 : off_path;
    if (is_on_path) forget();
    if (lists_ && is_wanted(top)) member_ = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override {
    if (open_.empty()) return open({Role::node, 0});
    if (open_.back().role == Role::ignored || next_ == Expected::anything) return open({Role::ignored});
    if (next_ == Expected::hash) return wrong("a file whose hash is no text");
    if (next_ == Expected::members) return open({Role::members, open_.back().level});
    return open({Role::node, next_level_});
  }

  bool end_object() override {
    auto const closed = open_.back();
    open_.pop_back();
    if (closed.role != Role::node) return true;
    if (closed.is_file && closed.is_folder) return wrong("something that is a file and a folder");
    if (is_wanted(closed)) found.place = closed.is_file ? Place::file : Place::folder;
    if (open_.empty()) return !closed.is_file || wrong("a root that is a file");
    return !lists_ || !is_wanted(open_.back()) || add_member(!closed.is_file);
  }

  bool start_array(std::size_t) override {
    bool const is_ignored = !open_.empty() && (open_.back().role == Role::ignored || next_ == Expected::anything);
    return is_ignored ? open({Role::ignored}) : wrong("a list where an object is expected");
  }

  bool end_array() override {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t, std::string const&, nlohmann::detail::exception const&) override {
    return wrong("a text that is not JSON");
  }

 private:
  static constexpr int off_path = -1;

  enum class Role : std::uint8_t {
    node,     ///< {"k": …} or {"o": …}
    members,  ///< what is behind "o"
    ignored,  ///< what is behind other keys of a node, and all in it
  };
  enum class Expected : std::uint8_t { anything, hash, members, node };

  struct Open {
    Role role;
    int level = off_path;  // on the path: so many parts have led here
    bool is_file = false;
    bool is_folder = false;
  };

  bool is_wanted(Open const& open) const { return open.level == static_cast<int>(parts_.size()); }

  bool wrong(char const* what) {
    if (fault == nullptr) fault = what;
    return false;
  }

  bool root_is_null() {
    if (parts_.empty()) found.place = Place::folder;
    return true;
  }

  bool plain() {
    if (open_.empty()) return wrong("something else than an object");
    bool const is_ignored = open_.back().role == Role::ignored || next_ == Expected::anything;
    return is_ignored || wrong("a value of the wrong type");
  }

  bool open(Open opened) {
    if (open_.size() >= max_json_depth) return wrong("folders that nest too deep");
    open_.push_back(opened);
    return true;
  }

  bool key_of_node(Open& node, std::string const& name) {
    next_ = name == "o" ? Expected::members : name == "k" ? Expected::hash : Expected::anything;
    if (next_ != Expected::members) return true;
    node.is_folder = true;
    if (node.level >= 0) forget();
    return true;
  }

  /// What was found below a name or an "o" that now stands for the second time.
  void forget() {
    found = {};
    members.clear();
  }

  bool add_member(bool is_folder) {
    if (!can_be_reached(member_)) return true;
    if (members.size() >= most_members) {
      code = Code::answer_too_large;
      return wrong("a folder with too many files");
    }
    members.push_back({std::move(member_), is_folder});
    return true;
  }

  std::vector<std::string_view> const& parts_;
  bool const lists_;
  std::vector<Open> open_ = {};
  Expected next_ = Expected::anything;  // behind the last key
  int next_level_ = off_path;           // of a node there
  std::string member_ = {};             // of the folder that is listed, while it is read
};

Result<Done> read(Reader& reader, std::string_view metadata) {
  if (metadata.empty()) {
    reader.null();
    return Done{};
  }
  bool const is_read = metadata.size() <= largest_tree && Json::sax_parse(metadata.begin(), metadata.end(), &reader);
  if (is_read) return Done{};
  std::string const what = reader.fault == nullptr ? "more text than is read" : reader.fault;
  return Error{reader.code, "the list of the node's files cannot be read: it has " + what};
}

/// Sorted, and of equal names the last.
void put_in_order(std::vector<Member>& members) {
  std::ranges::stable_sort(members, {}, &Member::name);  // bytes of UTF-8 sort as code points do
  auto const is_repeated = [](Member const& one, Member const& other) { return one.name == other.name; };
  auto const kept = std::unique(members.rbegin(), members.rend(), is_repeated);
  members.erase(members.begin(), kept.base());
}

}  // namespace

Result<FoundFile> find_file(std::string_view metadata, std::string_view path) {
  if (path.starts_with('/')) return FoundFile{Place::absolute};
  auto const parts = parts_of(path);
  if (!parts) return FoundFile{};
  Reader reader(*parts, false);
  if (auto const done = read(reader, metadata); !done) return done.error();
  if (reader.found.place != Place::file) reader.found.hash.clear();
  return std::move(reader.found);
}

Result<FoundFolder> list_folder(std::string_view metadata, std::string_view path) {
  if (path.starts_with('/')) return FoundFolder{Place::absolute};
  auto const parts = parts_of(path);
  if (!parts) return FoundFolder{};
  Reader reader(*parts, true);
  if (auto const done = read(reader, metadata); !done) return done.error();
  put_in_order(reader.members);
  return FoundFolder{reader.found.place, std::move(reader.members)};
}

}  // namespace restapi::repository
