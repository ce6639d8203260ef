// SPDX-License-Identifier: MIT
#include "api/feed/content/messages.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/feed/content/path.hpp"
#include "base/json_text.hpp"

namespace restapi::api::feed::content {
namespace {

using store::Action;
using OptionalId = std::optional<std::int64_t>;

/// Something that is told of an entry.
struct Word {
  enum class What { add, updated, remove };
  What what;
  std::string path;
  bool is_directory = false;
  OptionalId owner = {};
  std::int64_t time = 0;  ///< milliseconds since 1970
  Document content = {};  ///< of What::updated
};
using Words = std::vector<Word>;

/// An object of a change.
struct Told {
  store::Change const& change;
  std::size_t index;
  ToldObject const* object;  ///< null: it was deleted
  Details const& details;

  std::int64_t id() const { return change.ids[index]; }
  std::string uuid() const {
    if (object) return object->uuid;
    return index < change.uuids.size() ? change.uuids[index] : std::string();
  }
  OptionalId first() const { return end(object ? object->first : OptionalId(), change.firsts); }
  OptionalId second() const { return end(object ? object->second : OptionalId(), change.seconds); }
  std::int64_t time() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(change.at.time_since_epoch()).count();
  }

 private:
  OptionalId end(OptionalId const& read, std::vector<std::int64_t> const& kept) const {
    return object ? read : index < kept.size() ? OptionalId(kept[index]) : OptionalId();
  }
};

nlohmann::json parsed(Told const& told) { return nlohmann::json::parse(told.object->json, nullptr, false); }

OptionalId number_in(nlohmann::json const& object, char const* name) {
  auto const found = object.find(name);
  return found != object.end() && found->is_number_integer() ? OptionalId(found->get<std::int64_t>()) : OptionalId();
}

std::string text_in(nlohmann::json const& object, char const* name) {
  auto const found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Document whole(std::string text) {
  auto const bytes = static_cast<std::int64_t>(text.size());
  if (text.size() > largest_content) return {{}, bytes};
  return {std::move(text), bytes};
}

/// "2025-03-14 19:20:37.123456+00", of a store, which gives UTC.
std::optional<std::int64_t> milliseconds_of(std::string_view stored) {
  auto const number = [&](std::size_t begin, std::size_t length) {
    int value = -1;
    if (begin + length <= stored.size()) std::from_chars(stored.data() + begin, stored.data() + begin + length, value);
    return value;
  };
  auto const day = date::year{number(0, 4)} / number(5, 2) / number(8, 2);
  int const hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!day.ok() || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  constexpr std::size_t point = 19;
  std::int64_t fraction = 0;
  for (std::size_t i = point + 1; i <= point + 3; ++i) {
    bool const is_digit = i < stored.size() && stored[point] == '.' && stored[i] >= '0' && stored[i] <= '9';
    fraction = 10 * fraction + (is_digit ? stored[i] - '0' : 0);
  }
  constexpr std::int64_t a_day = 86'400'000;
  auto const seconds = std::int64_t{3600} * hour + std::int64_t{60} * minute + second;
  return a_day * date::sys_days{day}.time_since_epoch().count() + 1000 * seconds + fraction;
}

// ---- What is told of each table ----

/// A directory with its properties.
void add_directory(Words& words, Told const& told, std::string path, OptionalId owner, std::int64_t time) {
  if (told.change.action == Action::deleted) {
    words.push_back({Word::What::remove, std::move(path)});
    return;
  }
  if (told.change.action == Action::created) words.push_back({Word::What::add, path, true, owner, time});
  words.push_back({Word::What::updated, path + "/properties", false, owner, time, whole(told.object->json)});
}

void tell_node(Words& words, Told const& told) {
  auto const uuid = told.uuid();
  if (uuid.empty()) return;
  auto const path = "/nodes/" + uuid;
  auto const* node = told.details.find_node(told.id());
  auto const owner = node ? node->user : OptionalId();
  auto const time = node ? milliseconds_of(node->mtime).value_or(told.time()) : told.time();
  add_directory(words, told, path, owner, time);
  if (told.change.action != Action::updated || !node) return;
  // Of a node that other changes of the batch are about, both may have been read.
  auto const fields = told.change.fields;
  if (fields.attributes && node->attributes)
    words.push_back({Word::What::updated, path + "/attributes", false, owner, time, *node->attributes});
  if (fields.extras && node->extras)
    words.push_back({Word::What::updated, path + "/extras", false, owner, time, *node->extras});
}

void tell_computer(Words& words, Told const& told) {
  if (auto const uuid = told.uuid(); !uuid.empty()) add_directory(words, told, "/computers/" + uuid, {}, told.time());
}

void tell_group(Words& words, Told const& told) {
  auto const uuid = told.uuid();
  if (uuid.empty()) return;
  auto const owner = told.object ? number_in(parsed(told), "user_id") : OptionalId();
  add_directory(words, told, "/groups/" + uuid, owner, told.time());
}

void tell_user(Words& words, Told const& told) {
  add_directory(words, told, fmt::format("/users/{}", told.id()), told.id(), told.time());
}

/// An entry in a directory; `content` is told behind its ADD, too, which has none.
void add_entry(Words& words, Told const& told, std::string path, OptionalId owner, Document content) {
  if (told.change.action == Action::deleted) {
    words.push_back({Word::What::remove, std::move(path)});
    return;
  }
  if (told.change.action == Action::created) words.push_back({Word::What::add, path, false, owner, told.time()});
  words.push_back({Word::What::updated, std::move(path), false, owner, told.time(), std::move(content)});
}

Document other_end(NodeDetails const* node) {
  if (!node) return whole("null");
  std::string json = "{\"uuid\":";
  append_json_string(json, node->uuid);
  json += ",\"label\":";
  append_json_string(json, node->label);
  json += ",\"type\":";
  append_json_string(json, node->type);
  return whole(json + '}');
}

NodeDetails const* node_of(Told const& told, OptionalId id) { return id ? told.details.find_node(*id) : nullptr; }

/// Of an end that is gone nothing is said: its directory is gone.
void tell_link(Words& words, Told const& told) {
  auto const* const input = node_of(told, told.first());
  auto const* const output = node_of(told, told.second());
  if (output)
    add_entry(words, told, fmt::format("/nodes/{}/inputs/{}", output->uuid, told.id()), output->user, other_end(input));
  if (input)
    add_entry(words, told, fmt::format("/nodes/{}/outputs/{}", input->uuid, told.id()), input->user, other_end(output));
}

void tell_member(Words& words, Told const& told) {
  auto const* const group = told.first() ? told.details.find_group(*told.first()) : nullptr;
  auto const* const node = node_of(told, told.second());
  auto const uuid = node ? node->uuid : told.uuid();  // its membership ends before it is deleted
  if (group && !uuid.empty())
    add_entry(words, told, fmt::format("/groups/{}/nodes/{}", group->uuid, uuid), group->user, other_end(node));
}

void tell_comment(Words& words, Told const& told) {
  auto const* const node = node_of(told, told.first());
  if (!node) return;
  auto const comment = told.object ? parsed(told) : nlohmann::json::object();
  add_entry(words, told, fmt::format("/nodes/{}/comments/{}", node->uuid, told.uuid()), number_in(comment, "user_id"),
            whole(text_in(comment, "content")));
}

void tell_log(Words& words, Told const& told) {
  auto const* const node = node_of(told, told.first());
  if (!node) return;
  auto const log = told.object ? parsed(told) : nlohmann::json::object();
  add_entry(words, told, fmt::format("/nodes/{}/logs/{}", node->uuid, told.uuid()), node->user,
            whole(text_in(log, "message")));
}

struct Row {
  char letter;                 ///< of the entity
  std::string_view directory;  ///< that its entries are in
  void (*tell)(Words&, Told const&);
};

constexpr Row rows[] = {
    {'n', "/nodes", tell_node},    {'c', "/computers", tell_computer}, {'g', "/groups", tell_group},
    {'u', "/users", tell_user},    {'l', "/nodes", tell_link},         {'m', "/groups", tell_member},
    {'k', "/nodes", tell_comment}, {'o', "/nodes", tell_log},
};

Row const& row_of(model::Entity const& entity) { return *std::ranges::find(rows, entity.letter, &Row::letter); }

// ---- Messages ----

std::string with_cursor(std::string message, store::Cursor const* cursor) {
  if (cursor) message += fmt::format(",\"cursor\":\"{}\"", cursor->text());
  return message + '}';
}

std::string message(Word const& word, store::Cursor const* cursor) {
  constexpr std::string_view names[] = {"ADD", "UPDATED", "REMOVE"};
  auto text = fmt::format("{{\"path\":\"{}\",\"action\":\"{}\"", word.path, names[static_cast<int>(word.what)]);
  if (word.what != Word::What::remove) {
    text += ",\"entry\":{";
    if (word.what == Word::What::updated) {
      if (word.content.text) {
        text += "\"content\":";
        append_json_string(text, *word.content.text);
      } else {
        text += fmt::format("\"contentLength\":{}", word.content.bytes ? std::to_string(*word.content.bytes) : "null");
      }
      text += ',';
    }
    auto const owner = word.owner ? std::to_string(*word.owner) : std::string();
    text += fmt::format(
        "\"isDirectory\":{},\"owners\":[{}],\"readers\":[\"*\"],\"timestamp\":{},\"lastEditor\":\"{}\","
        "\"canRead\":true,\"canWrite\":false}}",
        word.is_directory, owner.empty() ? "" : fmt::format("\"{}\"", owner), word.time, owner);
  }
  return with_cursor(std::move(text), cursor);
}

/// Whether entries of a table may be within the path.
bool is_of_interest(model::Entity const& entity, Wanted const& wanted) {
  auto const directory = row_of(entity).directory;
  return wanted.path && (is_within(*wanted.path, directory) || is_within(directory, *wanted.path));
}

bool tells_clearing(store::Change const& change, Wanted const& wanted) {
  return change.action == Action::cleared && is_of_interest(*change.entity, wanted);
}

std::string resnapshot(store::Cursor const& cursor, std::string_view source = {}) {
  return instruction({}, 410, "Resnapshot", &cursor, source);
}

}  // namespace

bool needs_resnapshot(Entry const& entry, Wanted const& wanted) {
  return entry.is_resnapshot() || std::ranges::any_of(entry.batch().changes, [&](store::Change const& change) {
           return tells_clearing(change, wanted);
         });
}

std::vector<std::string> messages_of(Entry const& entry, Wanted const& wanted) {
  auto const& batch = entry.batch();
  if (entry.is_resnapshot()) return {resnapshot(batch.after, entry.particulars().source)};
  static Details const none;
  auto const& details = entry.details() ? *entry.details() : none;
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    auto const& change = batch.changes[i];
    if (!is_of_interest(*change.entity, wanted)) continue;
    if (change.action == Action::cleared) {
      messages.push_back(resnapshot(batch.after_object(i, 0)));
      continue;
    }
    bool const is_read = change.action != Action::deleted;
    for (std::size_t k = 0; k < change.ids.size(); ++k) {
      if (is_read && !entry.objects(i)[k]) continue;  // it has gone: that is told next
      Words words;
      row_of(*change.entity).tell(words, {change, k, is_read ? &*entry.objects(i)[k] : nullptr, details});
      std::erase_if(words, [&](Word const& word) { return !is_within(word.path, *wanted.path); });
      if (words.empty()) continue;
      auto const before = batch.before_object(i, k), after = batch.after_object(i, k);
      for (auto const& word : words)
        messages.push_back(message(word, !wanted.has_cursor ? nullptr : &word == &words.back() ? &after : &before));
    }
  }
  return messages;
}

std::optional<Instruction> read_instruction(std::string_view text) {
  auto const json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  auto const name = text_in(json, "instruction");
  if (name != "Listen" && name != "Unlisten") return std::nullopt;
  Instruction read{name == "Listen"};
  // What is no text is no path, and refused as such.
  if (auto const path = json.find("path"); path != json.end() && !path->is_null())
    read.path = path->is_string() ? path->get<std::string>() : path->dump();
  return read;
}

std::string answer(Instruction const& instruction, int status, store::Cursor const* cursor) {
  auto text = fmt::format("{{\"instruction\":\"{}\"", instruction.listens ? "Listen" : "Unlisten");
  if (instruction.path) {
    text += ",\"path\":";
    append_json_string(text, *instruction.path);
  }
  return with_cursor(text + fmt::format(",\"statusCode\":{}", status), cursor);
}

std::string instruction(std::string_view id, int status, std::string_view name, store::Cursor const* cursor,
                        std::string_view source) {
  auto text = id.empty() ? std::string("{") : fmt::format("{{\"id\":\"{}\",", id);
  text += fmt::format("\"statusCode\":{},\"instruction\":\"{}\"", status, name);
  if (!source.empty()) text += fmt::format(",\"source\":\"{}\"", source);
  return with_cursor(std::move(text), cursor);
}

}  // namespace restapi::api::feed::content
