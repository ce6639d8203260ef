// SPDX-License-Identifier: MIT
#include "api/feed/details.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "api/feed/successors.hpp"
#include "base/sorted_json.hpp"
#include "sql/feed/details.hpp"

namespace restapi::api::feed {
namespace {

using sql::feed::DocumentColumns;
using sql::feed::GroupColumns;
using sql::feed::NodeColumns;

/// Of one statement.
constexpr std::size_t most_together = 400;
constexpr std::size_t most_documents_together = 16;

/// Of the documents of a batch: a change may be of a thousand nodes. What is beyond is left out like what is too large.
constexpr std::size_t most_bytes_of_documents = std::size_t{8} << 20;

/// Beside the texts of an object.
constexpr std::size_t around_object = 200;

using Ids = std::vector<std::int64_t>;

/// Calls `read` with some of the ids at a time.
template <class Read>
std::optional<Error> in_parts(std::set<std::int64_t> const& all, std::size_t most, Read read) {
  Ids const ids(all.begin(), all.end());
  for (std::span<std::int64_t const> rest(ids); !rest.empty();) {
    auto const some = rest.first(std::min(most, rest.size()));
    rest = rest.subspan(some.size());
    if (std::optional<Error> error = read(some)) return error;
  }
  return std::nullopt;
}

/// What changes name.
struct Named {
  std::set<std::int64_t> nodes, groups;
  std::set<std::int64_t> attributes, extras;  ///< nodes whose documents may have changed

  void add(store::Change const& change, ToldObjects const& objects) {
    auto const letter = change.entity->letter;
    if (letter == 'n' && change.action != store::Action::deleted) {
      nodes.insert(change.ids.begin(), change.ids.end());
      if (change.action != store::Action::updated) return;
      if (change.fields.attributes) attributes.insert(change.ids.begin(), change.ids.end());
      if (change.fields.extras) extras.insert(change.ids.begin(), change.ids.end());
      return;
    }
    auto& firsts = letter == 'm' ? groups : nodes;
    firsts.insert(change.firsts.begin(), change.firsts.end());
    nodes.insert(change.seconds.begin(), change.seconds.end());
    for (auto const& object : objects) {
      if (object && object->first) firsts.insert(*object->first);
      if (object && object->second) nodes.insert(*object->second);
    }
  }
};

std::optional<std::int64_t> number(store::Rows const& rows, std::size_t row, std::size_t column) {
  return rows.at(row, column) ? std::optional(rows.integer_at(row, column)) : std::nullopt;
}

std::string text(store::Rows const& rows, std::size_t row, std::size_t column) {
  return std::string(rows.at(row, column).value_or(""));
}

std::optional<Error> read_nodes(Details& details, std::set<std::int64_t> const& wanted, store::Store& store) {
  auto const& bound = store.catalog().nodes();
  auto const& resource = *bound.resource;
  auto const type =
      bound.columns[static_cast<std::size_t>(model::find_column(resource, "node_type") - resource.columns.data())];
  return in_parts(wanted, most_together, [&](auto ids) -> std::optional<Error> {
    auto const rows = store.read(sql::feed::node_details(type, ids, store.dialect()));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row)
      details.nodes[rows->integer_at(row, NodeColumns::id)] = {
          text(*rows, row, NodeColumns::uuid), text(*rows, row, NodeColumns::label),
          text(*rows, row, NodeColumns::type), number(*rows, row, NodeColumns::user),
          text(*rows, row, NodeColumns::mtime)};
    return std::nullopt;
  });
}

std::optional<Error> read_groups(Details& details, std::set<std::int64_t> const& wanted, store::Store& store) {
  return in_parts(wanted, most_together, [&](auto ids) -> std::optional<Error> {
    auto const rows = store.read(sql::feed::group_details(ids, store.dialect()));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row)
      details.groups[rows->integer_at(row, GroupColumns::id)] = {text(*rows, row, GroupColumns::uuid),
                                                                 number(*rows, row, GroupColumns::user)};
    return std::nullopt;
  });
}

/// As answers have it: one text for each value, whichever database it is in.
Document document_of(store::Rows const& rows, std::size_t row, std::size_t column) {
  Document document{{}, number(rows, row, column + 1)};
  auto const stored = rows.at(row, column);
  if (!stored) return document.bytes ? document : Document{"null", {}};
  AnswerLimits none;
  std::string json;
  if (append_sorted_json(json, *stored, {}, none) && json.size() <= largest_content) document.text = std::move(json);
  return document;
}

/// A document that the database cannot give is left out: the others are told.
bool is_of_one(Error const& error) {
  return error.code == Code::store_failed || error.code == Code::store_damaged || error.code == Code::store_too_slow ||
         error.code == Code::answer_too_large;
}

std::optional<Error> read_documents(Details& details, Named const& named, store::Store& store) {
  std::set<std::int64_t> wanted = named.attributes;
  wanted.insert(named.extras.begin(), named.extras.end());
  std::size_t taken = 0;
  return in_parts(wanted, most_documents_together, [&](auto ids) -> std::optional<Error> {
    for (auto const id : ids) {
      auto const node = details.nodes.find(id);
      if (node == details.nodes.end()) continue;
      if (named.attributes.contains(id)) node->second.attributes.emplace();
      if (named.extras.contains(id)) node->second.extras.emplace();
    }
    auto const most = taken < most_bytes_of_documents ? largest_content : 0;
    auto const rows =
        store.read(sql::feed::node_documents(ids, static_cast<std::int64_t>(most), store.dialect()).reads_document());
    if (!rows) return is_of_one(rows.error()) ? std::nullopt : std::optional(rows.error());
    taken += rows->text_size();
    for (std::size_t row = 0; row < rows->size(); ++row) {
      auto const node = details.nodes.find(rows->integer_at(row, DocumentColumns::id));
      if (node == details.nodes.end()) continue;
      if (is_successor(node->second.uuid, rows->at(row, DocumentColumns::uuid).value_or(""))) {
        details.nodes.erase(node);
        continue;
      }
      if (auto& attributes = node->second.attributes)
        *attributes = document_of(*rows, row, DocumentColumns::attributes);
      if (auto& extras = node->second.extras) *extras = document_of(*rows, row, DocumentColumns::extras);
    }
    return std::nullopt;
  });
}

}  // namespace

NodeDetails const* Details::find_node(std::int64_t id) const {
  auto const found = nodes.find(id);
  return found == nodes.end() ? nullptr : &found->second;
}

GroupDetails const* Details::find_group(std::int64_t id) const {
  auto const found = groups.find(id);
  return found == groups.end() ? nullptr : &found->second;
}

std::size_t Details::bytes() const {
  std::size_t bytes = around_object * (nodes.size() + groups.size());
  for (auto const& [id, node] : nodes)
    for (auto const* document : {&node.attributes, &node.extras})
      if (*document && (*document)->text) bytes += (*document)->text->size();
  return bytes;
}

Result<Details> read_details(store::Batch const& batch, std::vector<ToldObjects> const& objects, store::Store& store) {
  Named named;
  for (std::size_t i = 0; i < batch.changes.size(); ++i) named.add(batch.changes[i], objects[i]);
  Details details;
  if (auto error = read_nodes(details, named.nodes, store)) return *std::move(error);
  if (auto error = read_groups(details, named.groups, store)) return *std::move(error);
  erase_successors(details.nodes, 'n', batch, objects);
  erase_successors(details.groups, 'g', batch, objects);
  if (auto error = read_documents(details, named, store)) return *std::move(error);
  return details;
}

}  // namespace restapi::api::feed
