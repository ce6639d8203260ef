// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/messages.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "api/feed/socket_io/shapes.hpp"
#include "api/socket_io/application.hpp"
#include "base/json_text.hpp"

namespace restapi::api::feed::socket_io {
namespace {

using store::Action;
using store::Change;

struct Event {
  std::string_view name;
  std::string argument;
};

constexpr std::string_view updated = "item-updated", removed = "item-removed", patched = "column-patched",
                           selected = "workspace-selected";

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

template <class Value>
std::optional<Value> at(std::vector<Value> const& kept, std::size_t index) {
  return index < kept.size() ? std::optional(kept[index]) : std::nullopt;
}

/// Goes through the objects of an entry.
class Teller {
 public:
  Teller(Entry const& entry, Workspace const& workspace)
      : entry_(entry), items_(*entry.items()), workspace_(workspace) {
    each_object([this](std::size_t change, std::size_t index) {
      if (auto const group = group_of(change, index)) last_of_[*group] = {change, index};
    });
  }

  template <class Take>
  void each_object(Take take) const {
    auto const& changes = entry_.batch().changes;
    for (std::size_t i = 0; i < changes.size(); ++i)
      for (std::size_t k = 0; k < std::max<std::size_t>(changes[i].ids.size(), 1); ++k) take(i, k);
  }

  std::vector<Event> events_of(std::size_t i, std::size_t k) const {
    auto const& change = entry_.batch().changes[i];
    switch (change.entity->letter) {
      case 'n':
        return of_node(change, i, k);
      case 'm':
        return of_membership(change, i, k);
      case 'g':
        return of_group(change, i, k);
      default:
        return {};
    }
  }

 private:
  bool is_shown(std::optional<std::int64_t> group) const { return !workspace_.group || workspace_.group == group; }

  /// What was said when a change that names no more than this is told: everything is to be read anew.
  std::vector<Event> unknown() const { return {{selected, quoted(workspace_.id)}}; }

  ToldObject const* object(std::size_t i, std::size_t k) const {
    auto const& objects = entry_.objects(i);
    return k < objects.size() && objects[k] ? &*objects[k] : nullptr;
  }

  /// Of a membership.
  std::optional<std::int64_t> group_of(std::size_t i, std::size_t k) const {
    auto const& change = entry_.batch().changes[i];
    if (change.entity->letter != 'm') return std::nullopt;
    if (change.action == Action::deleted) return at(change.firsts, k);
    auto const* told = object(i, k);
    return told ? told->first : std::nullopt;
  }

  Event item(NodeItem const& node) const {
    return {updated, item_json(node, workspace_.group ? workspace_.group_uuid : node.first_group)};
  }

  std::vector<Event> of_node(Change const& change, std::size_t i, std::size_t k) const {
    if (change.action == Action::cleared) return unknown();
    if (change.action == Action::deleted) {
      if (workspace_.group) return {};  // its membership has ended, too
      auto const uuid = at(change.uuids, k);
      return uuid && !uuid->empty() ? std::vector<Event>{{removed, quoted(*uuid)}} : unknown();
    }
    auto const* node = object(i, k) ? items_.find_node(change.ids[k]) : nullptr;
    if (!node || (workspace_.group && !node->is_in(*workspace_.group))) return {};
    return {item(*node)};
  }

  /// The node may be gone, too: then that is told near by.
  std::string uuid_of_member(Change const& change, std::size_t k) const {
    if (auto uuid = at(change.uuids, k); uuid && !uuid->empty()) return *uuid;
    auto const id = at(change.seconds, k);
    if (!id) return {};
    if (auto const* node = items_.find_node(*id)) return node->uuid;
    for (auto const& other : entry_.batch().changes) {
      if (other.entity->letter != 'n' || other.action != Action::deleted) continue;
      auto const found = std::ranges::find(other.ids, *id);
      if (found != other.ids.end())
        return at(other.uuids, static_cast<std::size_t>(found - other.ids.begin())).value_or("");
    }
    return {};
  }

  std::vector<Event> of_membership(Change const& change, std::size_t i, std::size_t k) const {
    if (change.action == Action::cleared) return unknown();
    auto const group = group_of(i, k);
    bool const is_deleted = change.action == Action::deleted;
    if (!group && is_deleted && workspace_.group) return unknown();
    if (!group || !is_shown(group)) return {};
    std::vector<Event> events;
    if (workspace_.group && is_deleted) {
      auto const uuid = uuid_of_member(change, k);
      if (uuid.empty()) return unknown();
      events.push_back({removed, quoted(uuid)});
    } else if (workspace_.group) {
      auto const id = object(i, k)->second;
      if (auto const* node = id ? items_.find_node(*id) : nullptr; node && node->is_in(*group))
        events.push_back(item(*node));
    }
    auto const* column = items_.find_group(*group);
    if (column && column->nodes && last_of_.at(*group) == std::pair(i, k))
      events.push_back({patched, column_size_json(*column, change.at)});
    return events;
  }

  std::vector<Event> of_group(Change const& change, std::size_t i, std::size_t k) const {
    if (change.action == Action::cleared) return unknown();
    if (!is_shown(change.ids[k])) return {};
    if (change.action == Action::deleted) {
      auto const uuid = at(change.uuids, k);
      return uuid && !uuid->empty() ? std::vector<Event>{{patched, gone_column_json(*uuid)}} : unknown();
    }
    auto const* column = object(i, k) ? items_.find_group(change.ids[k]) : nullptr;
    if (!column) return {};
    return {{patched, column_json(*column, change.at)}};
  }

  Entry const& entry_;
  Items const& items_;
  Workspace const& workspace_;
  std::map<std::int64_t, std::pair<std::size_t, std::size_t>> last_of_;  // changes of memberships, by group
};

}  // namespace

std::string event_data(std::string_view name, std::string_view argument, store::Cursor const& cursor,
                       std::string_view workspace) {
  auto data = quoted(name);
  if (!argument.empty()) (data += ',') += argument;
  append_json_string(data += ',', offset_text(cursor.text(), workspace));
  return data;
}

std::string selected_data(store::Cursor const& cursor, std::string_view workspace) {
  return event_data(selected, quoted(workspace), cursor, workspace);
}

Messages messages_of(Entry const& entry, Workspace const& workspace, std::string_view name_space) {
  auto const& batch = entry.batch();
  Messages messages;
  if (entry.is_resnapshot() || !entry.items()) {
    messages.push_back(api::socket_io::event_message(name_space, selected_data(batch.after, workspace.id)));
    return messages;
  }
  Teller const teller(entry, workspace);
  teller.each_object([&](std::size_t i, std::size_t k) {
    auto const events = teller.events_of(i, k);
    // Whoever is cut off between two of them gets all again.
    for (std::size_t e = 0; e < events.size(); ++e) {
      auto const cursor = e + 1 == events.size() ? batch.after_object(i, k) : batch.before_object(i, k);
      messages.push_back(api::socket_io::event_message(
          name_space, event_data(events[e].name, events[e].argument, cursor, workspace.id)));
    }
  });
  return messages;
}

}  // namespace restapi::api::feed::socket_io
