// SPDX-License-Identifier: MIT
#include "api/feed/items.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "api/feed/successors.hpp"
#include "sql/feed/items.hpp"

namespace restapi::api::feed {
namespace {

using store::Action;

/// With largest_extras of each they are still few megabytes.
constexpr std::size_t most_together = 100;

/// Beside the texts of an item.
constexpr std::size_t around_item = 512;

using Ids = std::set<std::int64_t>;

/// What has to be read.
struct Wanted {
  Ids nodes, groups, sizes;
};

void add_membership(Wanted& wanted, std::optional<std::int64_t> group, std::optional<std::int64_t> node) {
  if (group) wanted.sizes.insert(*group);
  if (node) wanted.nodes.insert(*node);
}

void add_ended_memberships(Wanted& wanted, store::Change const& change) {
  for (std::size_t k = 0; k < change.ids.size(); ++k) {
    bool const is_known = k < change.uuids.size() && !change.uuids[k].empty();
    add_membership(wanted, k < change.firsts.size() ? std::optional(change.firsts[k]) : std::nullopt,
                   k < change.seconds.size() && !is_known ? std::optional(change.seconds[k]) : std::nullopt);
  }
}

Wanted wanted_of(store::Batch const& batch, std::span<ToldObjects const> objects) {
  Wanted wanted;
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    auto const& change = batch.changes[i];
    auto const letter = change.entity->letter;
    if (letter == 'm' && change.action == Action::deleted) add_ended_memberships(wanted, change);
    for (std::size_t k = 0; k < objects[i].size(); ++k) {
      auto const& object = objects[i][k];
      if (!object) continue;
      if (letter == 'n') wanted.nodes.insert(change.ids[k]);
      if (letter == 'g') wanted.groups.insert(change.ids[k]);
      if (letter == 'm') add_membership(wanted, object->first, object->second);
    }
  }
  return wanted;
}

std::optional<std::string> text_at(store::Rows const& rows, std::size_t row, std::size_t column) {
  auto const cell = rows.at(row, column);
  return cell ? std::optional(std::string(*cell)) : std::nullopt;
}

std::optional<Error> add_nodes(Items& items, std::span<std::int64_t const> ids, store::Store& store) {
  using Column = sql::feed::ItemColumns;
  auto const rows =
      store.read(sql::feed::items(store.catalog(), ids, store.has_table("db_dbcomment"), store.dialect()));
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    auto const text = [&](std::size_t column) { return text_at(*rows, row, column); };
    NodeItem item{text(Column::uuid).value_or("")};
    item.ctime = text(Column::ctime);
    item.mtime = text(Column::mtime);
    item.label = text(Column::label).value_or("");
    item.exit_status = text(Column::exit_status);
    item.exit_message = text(Column::exit_message);
    item.state = text(Column::state);
    item.type = text(Column::type).value_or("");
    if (rows->at(row, Column::user)) item.user = rows->integer_at(row, Column::user);
    item.computer = text(Column::computer);
    item.extras = text(Column::extras);
    item.comments = rows->integer_at(row, Column::comments);
    items.nodes.emplace(rows->integer_at(row, Column::id), std::move(item));
  }
  return std::nullopt;
}

std::optional<Error> add_memberships(Items& items, std::span<std::int64_t const> ids, store::Store& store) {
  using Column = sql::feed::MembershipColumns;
  auto const rows = store.read(sql::feed::memberships(ids, store.dialect()));
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    auto const found = items.nodes.find(rows->integer_at(row, Column::node));
    if (found == items.nodes.end()) continue;
    auto& item = found->second;
    if (item.groups.empty()) item.first_group = rows->at(row, Column::group_uuid).value_or("");
    item.groups.push_back(rows->integer_at(row, Column::group));
  }
  return std::nullopt;
}

std::optional<Error> add_groups(Items& items, std::span<std::int64_t const> ids, store::Store& store) {
  using Column = sql::feed::GroupItemColumns;
  auto const rows = store.read(sql::feed::groups(store.catalog(), ids, store.dialect()));
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    auto& group = items.groups[rows->integer_at(row, Column::id)];
    group.uuid = rows->at(row, Column::uuid).value_or("");
    group.label = rows->at(row, Column::label).value_or("");
    group.type = rows->at(row, Column::type).value_or("");
    group.description = rows->at(row, Column::description).value_or("");
  }
  return std::nullopt;
}

std::optional<Error> add_sizes(Items& items, std::span<std::int64_t const> ids, store::Store& store) {
  using Column = sql::feed::GroupSizeColumns;
  auto const rows = store.read(sql::feed::group_sizes(ids, store.dialect()));
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    auto& group = items.groups[rows->integer_at(row, Column::id)];
    group.uuid = rows->at(row, Column::uuid).value_or("");
    group.nodes = rows->integer_at(row, Column::nodes);
  }
  return std::nullopt;
}

using Add = std::optional<Error>(Items&, std::span<std::int64_t const>, store::Store&);

std::optional<Error> add_all(Items& items, Ids const& wanted, Add* add, store::Store& store) {
  std::vector<std::int64_t> const ids(wanted.begin(), wanted.end());
  for (std::span<std::int64_t const> rest(ids); !rest.empty();) {
    auto const some = rest.first(std::min(most_together, rest.size()));
    rest = rest.subspan(some.size());
    if (auto error = add(items, some, store)) return error;
  }
  return std::nullopt;
}

std::size_t bytes_of(std::optional<std::string> const& text) { return text ? text->size() : 0; }

}  // namespace

bool NodeItem::is_in(std::int64_t group) const { return std::ranges::binary_search(groups, group); }

NodeItem const* Items::find_node(std::int64_t id) const {
  auto const found = nodes.find(id);
  return found == nodes.end() ? nullptr : &found->second;
}

GroupItem const* Items::find_group(std::int64_t id) const {
  auto const found = groups.find(id);
  return found == groups.end() ? nullptr : &found->second;
}

std::size_t Items::bytes() const {
  auto bytes = around_item * (nodes.size() + groups.size());
  for (auto const& [id, node] : nodes)
    bytes += node.label.size() + bytes_of(node.extras) + bytes_of(node.exit_message) + 8 * node.groups.size();
  for (auto const& [id, group] : groups) bytes += group.label.size() + group.description.size();
  return bytes;
}

Result<Items> read_items(store::Batch const& batch, std::span<ToldObjects const> objects, store::Store& store) {
  auto const wanted = wanted_of(batch, objects);
  Items items;
  if (auto error = add_all(items, wanted.nodes, add_nodes, store)) return *std::move(error);
  if (auto error = add_all(items, wanted.groups, add_groups, store)) return *std::move(error);
  erase_successors(items.nodes, 'n', batch, objects);
  erase_successors(items.groups, 'g', batch, objects);
  if (!store.has_table("db_dbgroup_dbnodes")) return items;  // nobody has selected a group then
  if (auto error = add_all(items, wanted.nodes, add_memberships, store)) return *std::move(error);
  if (auto error = add_all(items, wanted.sizes, add_sizes, store)) return *std::move(error);
  return items;
}

Result<std::optional<std::int64_t>> find_group(std::string const& uuid, store::Store& store) {
  auto const rows = store.read(sql::feed::group_of(uuid, store.dialect()));
  if (!rows) return rows.error();
  return rows->empty() ? std::optional<std::int64_t>() : std::optional(rows->integer_at(0, 0));
}

}  // namespace restapi::api::feed
