// SPDX-License-Identifier: MIT
#include "api/feed/rows/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/json_text.hpp"

namespace restapi::api::feed::rows {
namespace {

using Json = nlohmann::ordered_json;
using store::Action;

/// An object of a change.
struct Told {
  store::Change const& change;
  std::size_t index;
  ToldObject const* object;  ///< null: it was deleted

  std::int64_t id() const { return change.ids[index]; }
};

std::string dumped(Json const& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json parsed(ToldObject const& object) { return Json::parse(object.json, nullptr, false); }

/// Some fields of an object under other names; null where it lacks them.
struct Renamed {
  char const* name;
  char const* field;
};
Json chosen(Json const& object, std::span<Renamed const> fields) {
  Json made;
  for (auto const& [name, field] : fields) {
    auto const found = object.find(field);
    made[name] = found == object.end() ? Json() : *found;
  }
  return made;
}

// ---- Messages that everybody gets, whatever the page is ----

std::string group_members(Told const& told) {
  constexpr Renamed fields[] = {{"id", "id"},          {"name", "name"}, {"order", "id"},
                                {"uuid", "uuid"},      {"type", "type"}, {"description", "description"},
                                {"user_id", "user_id"}};
  return fmt::format("\"group_id\":{},\"group\":{}", told.id(), dumped(chosen(parsed(*told.object), fields)));
}

std::string group_id(Told const& told) { return fmt::format("\"group_id\":{}", told.id()); }

std::string user_members(Told const& told) {
  constexpr Renamed fields[] = {
      {"id", "id"}, {"first_name", "first_name"}, {"last_name", "last_name"}, {"institution", "institution"}};
  return "\"user\":" + dumped(chosen(parsed(*told.object), fields));
}

std::string deleted_user(Told const& told) { return fmt::format("\"user\":{{\"id\":{}}}", told.id()); }
std::string user_id(Told const& told) { return fmt::format("\"user_id\":{}", told.id()); }

struct CoreMessage {
  std::string_view type;
  char letter;  ///< of the entity
  Action action;
  std::string (*members)(Told const&);
};

constexpr CoreMessage core_messages[] = {
    {"group_created", 'g', Action::created, group_members},      {"group_updated", 'g', Action::updated, group_members},
    {"group_deleted", 'g', Action::deleted, group_id},           {"user_updated", 'u', Action::created, user_members},
    {"user_updated", 'u', Action::updated, user_members},        {"user_deleted", 'u', Action::deleted, deleted_user},
    {"user_permanently_deleted", 'u', Action::deleted, user_id},  // AiiDA's deletion is for good
};

// ---- Rows ----

/// A row of /api/v2, with `id` and `order` in front.
std::string row_of(Told const& told) {
  auto row = fmt::format("{{\"id\":{0},\"order\":\"{0}.00000000000000000000\"", told.id());
  constexpr std::string_view key = "\"id\":";  // in no string: their quotes are escaped
  std::string_view const json = told.object->json;
  auto const at = json.find(key);
  auto const end = json.find_first_of(",}", at);
  auto const before = json.substr(1, at - 1), behind = json.substr(end);
  row += before.empty() ? "" : ",";
  row += before.substr(0, before.empty() ? 0 : before.size() - 1);
  row += behind;
  return row;
}

/// What is kept of one that is gone.
std::string former_row(Told const& told) {
  auto const& change = told.change;
  auto const index = told.index;
  auto row = fmt::format("{{\"id\":{}", told.id());
  auto const add_end = [&](std::string_view column, std::vector<std::int64_t> const& ends) {
    if (column.starts_with("db")) column.remove_prefix(2);
    if (index < ends.size()) row += fmt::format(",\"{}\":{}", column, ends[index]);
  };
  add_end(change.entity->first, change.firsts);
  add_end(change.entity->second, change.seconds);
  if (index < change.uuids.size() && !change.uuids[index].empty()) {
    row += change.entity->uuid == model::KeptUuid::own ? ",\"uuid\":" : ",\"node\":";
    append_json_string(row, change.uuids[index]);
  }
  return row + '}';
}

/// Places among the fields of a row, counted from the number of the table.
std::string changed_fields(Table const& table, Told const& told) {
  constexpr std::string_view lasting[] = {"id", "uuid", "ctime"};
  std::vector<int> ids;
  int id = 100 * table.id;
  auto const row = parsed(*told.object);
  for (auto const& [name, value] : row.items()) {
    ++id;
    if (std::ranges::find(lasting, name) != std::end(lasting)) continue;
    if (told.change.entity->letter == 'n') {
      if (name == "type") continue;
      // It is in the attributes; in those of AiiDA 0.x in a table of its own, which changes by itself.
      auto const fields = told.change.fields;
      if (name == "state" && fields.extras && !fields.attributes) continue;
    }
    ids.push_back(id);
  }
  return fmt::format("[{}]", fmt::join(ids, ","));
}

template <class Make>
std::string list_of(std::span<Told const> all, Make make) {
  std::string list = "[";
  for (auto const& told : all) {
    if (list.size() > 1) list += ',';
    list += make(told);
  }
  return list + ']';
}

std::string id_of(Told const& told) { return std::to_string(told.id()); }

std::string created_rows(Table const&, std::span<Told const> all) {
  return fmt::format("\"rows\":{},\"before_row_id\":null,\"metadata\":{{}}", list_of(all, row_of));
}

std::string updated_rows(Table const& table, std::span<Told const> all) {
  return fmt::format("\"rows_before_update\":{},\"rows\":{},\"updated_field_ids\":{},\"metadata\":{{}}",
                     list_of(all, [](Told const& told) { return fmt::format("{{\"id\":{}}}", told.id()); }),
                     list_of(all, row_of), changed_fields(table, all.front()));
}

std::string deleted_rows(Table const&, std::span<Told const> all) {
  return fmt::format("\"row_ids\":{},\"rows\":{}", list_of(all, id_of), list_of(all, former_row));
}

struct RowMessage {
  std::string_view type;
  Action action;
  std::string (*members)(Table const&, std::span<Told const>);
};

constexpr RowMessage row_messages[] = {
    {"rows_created", Action::created, created_rows},
    {"rows_updated", Action::updated, updated_rows},
    {"rows_deleted", Action::deleted, deleted_rows},
};

std::string comment_members(Table const& table, Told const& told) {
  constexpr Renamed fields[] = {
      {"user_id", "user_id"}, {"comment", "content"}, {"created_on", "ctime"}, {"updated_on", "mtime"}};
  Json comment{{"id", told.id()}, {"row_id", *told.object->first}};
  comment.update(chosen(parsed(*told.object), fields));
  return fmt::format("\"table_id\":{},\"row_id\":{},\"row_comment\":{}", table.id, *told.object->first,
                     dumped(comment));
}

// ---- Who gets what ----

bool has_core_messages(model::Entity const& entity) {
  return std::ranges::find(core_messages, entity.letter, &CoreMessage::letter) != std::end(core_messages);
}

/// Of a kind that nodes were of, nothing is kept: the deletion of one is told to all kinds.
bool is_of_kind(Table const& table, Told const& told) {
  return !table.kind || !told.object || table.kind->has(told.object->type);
}

bool tells_clearing(store::Change const& change, Wanted const& wanted) {
  return change.action == Action::cleared &&
         (has_core_messages(*change.entity) || (wanted.table && wanted.table->entity == change.entity));
}

std::string message(std::string_view type, std::string_view members, store::Cursor const* cursor) {
  auto text = fmt::format("{{\"type\":\"{}\"", type);
  if (!members.empty()) text.append(1, ',').append(members);
  if (cursor) text += fmt::format(",\"cursor\":\"{}\"", cursor->text());
  return text + '}';
}

/// The messages of one change.
class Writer {
 public:
  Writer(Entry const& entry, std::size_t change, Wanted const& wanted, std::vector<std::string>& messages)
      : batch_(entry.batch()), number_(change), change_(batch_.changes[change]), wanted_(wanted), messages_(messages) {}

  /// `all`: at most most_rows.
  void write(std::span<Told const> all) {
    auto const* const table = wanted_.table;
    bool const has_page = table && table->entity == change_.entity;
    bool const has_others = has_core_messages(*change_.entity);
    if (has_page) {
      std::vector<Told> rows;
      for (auto const& told : all)
        if (is_of_kind(*table, told)) rows.push_back(told);
      // Who breaks off behind it still needs the messages that follow.
      if (!rows.empty()) write_rows(*table, rows, has_others ? before(all.front()) : after(all.back()));
    }
    if (has_others)
      for (auto const& told : all) write_core(told);
    bool const is_comment = change_.entity->letter == 'k' && change_.action == Action::created;
    if (is_comment && table && table->entity->letter == 'n')
      for (auto const& told : all)
        if (told.object->first && is_of_kind(*table, told))
          add("row_comment_created", comment_members(*table, told), after(told));
  }

 private:
  void write_rows(Table const& table, std::span<Told const> rows, store::Cursor const& cursor) {
    auto const& row = *std::ranges::find(row_messages, change_.action, &RowMessage::action);
    add(row.type, fmt::format("\"table_id\":{},{}", table.id, row.members(table, rows)), cursor);
  }

  void write_core(Told const& told) {
    std::vector<CoreMessage const*> due;
    for (auto const& row : core_messages)
      if (row.letter == change_.entity->letter && row.action == change_.action) due.push_back(&row);
    for (auto const* row : due) add(row->type, row->members(told), row == due.back() ? after(told) : before(told));
  }

  void add(std::string_view type, std::string const& members, store::Cursor const& cursor) {
    messages_.push_back(message(type, members, wanted_.has_cursor ? &cursor : nullptr));
  }

  store::Cursor before(Told const& told) const { return batch_.before_object(number_, told.index); }
  store::Cursor after(Told const& told) const { return batch_.after_object(number_, told.index); }

  store::Batch const& batch_;
  std::size_t const number_;
  store::Change const& change_;
  Wanted const& wanted_;
  std::vector<std::string>& messages_;
};

}  // namespace

bool needs_resnapshot(Entry const& entry, Wanted const& wanted) {
  return entry.is_resnapshot() || std::ranges::any_of(entry.batch().changes, [&](store::Change const& change) {
           return tells_clearing(change, wanted);
         });
}

std::vector<std::string> messages_of(Entry const& entry, Wanted const& wanted, std::string_view origin) {
  auto const& batch = entry.batch();
  if (entry.is_resnapshot()) return {resnapshot(batch.after, entry.particulars().source)};
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    auto const& change = batch.changes[i];
    if (!origin.empty() && change.origin == origin) continue;
    if (change.action == Action::cleared) {
      if (tells_clearing(change, wanted)) messages.push_back(resnapshot(batch.after_object(i, 0)));
      continue;
    }
    bool const is_read = change.action != Action::deleted;
    std::vector<Told> all;
    for (std::size_t k = 0; k < change.ids.size(); ++k) {
      if (is_read && !entry.objects(i)[k]) continue;  // it has gone: that is told next
      all.push_back({change, k, is_read ? &*entry.objects(i)[k] : nullptr});
    }
    Writer writer(entry, i, wanted, messages);
    for (std::span<Told const> rest(all); !rest.empty();) {
      auto const some = rest.first(std::min(rest.size(), most_rows));
      rest = rest.subspan(some.size());
      writer.write(some);
    }
  }
  return messages;
}

std::string authentication(std::string_view web_socket_id) {
  return web_socket_id.empty()
             ? message("authentication", "\"success\":false,\"web_socket_id\":null", nullptr)
             : message("authentication", fmt::format("\"success\":true,\"web_socket_id\":\"{}\"", web_socket_id),
                       nullptr);
}

namespace {

std::string page_members(Table const& table) {
  return fmt::format("\"page\":\"table\",\"parameters\":{{\"table_id\":{}}}", table.id);
}

std::string source_member(std::string_view source) {
  return source.empty() ? std::string() : fmt::format("\"source\":\"{}\"", source);
}

}  // namespace

std::string page_add(Table const& table, store::Cursor const* cursor) {
  return message("page_add", page_members(table), cursor);
}
std::string page_discard(Table const& table) { return message("page_discard", page_members(table), nullptr); }
std::string settled(store::Cursor const& cursor, std::string_view source) {
  return message("settled", source_member(source), &cursor);
}
std::string resnapshot(store::Cursor const& cursor, std::string_view source) {
  return message("resnapshot", source_member(source), &cursor);
}

}  // namespace restapi::api::feed::rows
