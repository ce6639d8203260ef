// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/shapes.hpp"

#include <optional>

#include "base/answer_limits.hpp"
#include "base/json_text.hpp"
#include "base/sorted_json.hpp"
#include "sql/timestamp.hpp"

namespace restapi::api::feed::socket_io {
namespace {

/// Where the string ends that begins at `begin`, behind its quote. Requires well-formed JSON, as what follows.
std::size_t end_of_string(std::string_view json, std::size_t begin) {
  auto end = begin + 1;
  while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return end + 1;
}

/// Where the value of a member ends: at a comma or brace.
std::size_t end_of_value(std::string_view json, std::size_t begin) {
  std::size_t depth = 0;
  for (auto end = begin;;) {
    char const byte = json[end];
    if (byte == '"') {
      end = end_of_string(json, end);
      continue;
    }
    if (depth == 0 && (byte == ',' || byte == '}')) return end;
    if (byte == '{' || byte == '[') ++depth;
    if (byte == '}' || byte == ']') --depth;
    ++end;
  }
}

/// Members of an object, one after the other.
class Members {
 public:
  void add_text(std::string_view name, std::string_view value) { append_json_string(begin(name), value); }
  void add_or_null(std::string_view name, std::optional<std::string> const& value) {
    if (value)
      add_text(name, *value);
    else
      add(name, "null");
  }
  void add(std::string_view name, std::string_view json) { begin(name) += json; }
  std::string end() { return std::move(json_) + '}'; }

 private:
  std::string& begin(std::string_view name) {
    json_ += json_.size() > 1 ? ",\"" : "\"";
    return (json_ += name) += "\":";
  }
  std::string json_ = "{";
};

std::optional<std::string> time_of(std::optional<std::string> const& stored) {
  return stored ? std::optional(time_text(*stored)) : std::nullopt;
}

std::optional<std::string> error_of(NodeItem const& item) {
  return item.exit_status && *item.exit_status != "0" ? item.exit_message : std::nullopt;
}

}  // namespace

std::string time_text(std::string_view stored) {
  constexpr std::size_t without_fraction = 19, whole = 26;
  std::string made;
  std::string text(sql::same_instant(stored, made));
  if (text.size() < without_fraction || text.size() > whole) return text;
  if (text.size() == without_fraction) text += '.';
  if (text[without_fraction] != '.') return text;
  text.resize(whole, '0');
  return text;
}

std::string values_json(std::string_view object) {
  std::string json;
  AnswerLimits limits;
  if (!append_sorted_json(json, object, {}, limits) || !json.starts_with('{')) return "[]";
  std::string values = "[";
  for (std::size_t at = 1; json[at] != '}';) {
    if (json[at] == ',') ++at;
    auto const key_end = end_of_string(json, at);
    auto const value_end = end_of_value(json, key_end + 1);
    if (values.size() > 1) values += ',';
    values.append("{\"name\":").append(json, at, key_end - at);
    values.append(",\"value\":").append(json, key_end + 1, value_end - key_end - 1) += '}';
    at = value_end;
  }
  return values + ']';
}

std::string item_json(NodeItem const& item, std::string_view column) {
  Members members;
  members.add_text("id", item.uuid);
  members.add_or_null("created_at", time_of(item.ctime));
  members.add_or_null("updated_at", time_of(item.mtime));
  members.add_text("name", item.label);
  members.add_or_null("error", error_of(item));
  members.add_or_null("state", item.state);
  members.add_text("document_type", item.type);
  members.add_or_null("user_id", item.user ? std::optional(std::to_string(*item.user)) : std::nullopt);
  members.add_or_null("column_id", column.empty() ? std::nullopt : std::optional(std::string(column)));
  members.add_or_null("collection_id", item.computer);
  members.add("original_file_id", "null");
  members.add("locked_by_user_id", "null");
  members.add("deleted", "false");
  members.add("values", item.extras ? values_json(*item.extras) : "[]");
  members.add("page_count", "0");
  members.add("comment_count", std::to_string(item.comments));
  return members.end();
}

std::string column_json(GroupItem const& group, store::ChangeTime at) {
  Members settings;
  settings.add_text("description", group.description);
  Members members;
  members.add_text("id", group.uuid);
  members.add_text("updated_at", time_text(sql::to_timestamp(at)));
  members.add_text("name", group.label);
  members.add("workflow_id", "null");
  members.add_text("type", group.type);
  members.add("settings", settings.end());
  return members.end();
}

std::string column_size_json(GroupItem const& group, store::ChangeTime at) {
  Members members;
  members.add_text("id", group.uuid);
  members.add_text("updated_at", time_text(sql::to_timestamp(at)));
  members.add("subscribed_items", std::to_string(group.nodes.value_or(0)));
  return members.end();
}

std::string gone_column_json(std::string_view uuid) {
  Members members;
  members.add_text("id", uuid);
  members.add("deleted", "true");
  return members.end();
}

}  // namespace restapi::api::feed::socket_io
