// SPDX-License-Identifier: MIT
#include "api/v4/full_types.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

namespace restapi::api::v4 {
namespace {

constexpr std::string_view without_entry_point = "~no-entry-point~";

/// Groups of entry points that are AiiDA's, behind "aiida.".
constexpr std::string_view entry_point_groups[] = {
    "calculations",
    "workflows",
    "data",
    "parsers",
    "groups",
    "node",
    "schedulers",
    "transports",
    "storage",
    "tools.calculations",
    "tools.data.orbitals",
    "tools.dbexporters",
    "tools.dbimporters",
    "cmdline.data",
    "cmdline.data.structure.import",
    "cmdline.computer.configure",
};

/// The kinds of processes whose branches name entry points.
struct ProcessKind {
  std::string_view path;       ///< below "node."
  std::string_view node_type;  ///< of all its nodes
  std::string_view entry_point_group;
};

constexpr ProcessKind process_kinds[] = {
    {"process.calculation.calcjob", "process.calculation.calcjob.CalcJobNode.", "aiida.calculations:"},
    {"process.calculation.calcfunction", "process.calculation.calcfunction.CalcFunctionNode.", "aiida.calculations:"},
    {"process.workflow.workchain", "process.workflow.workchain.WorkChainNode.", "aiida.workflows:"},
    {"process.workflow.workfunction", "process.workflow.workfunction.WorkFunctionNode.", "aiida.workflows:"},
};

struct Label {
  std::string_view path, label;
};

constexpr Label labels[] = {
    {"data", "Data"},
    {"process", "Process"},
    {"process.calculation", "Calculation"},
    {"process.calculation.calcjob", "Calculation job"},
    {"process.calculation.calcfunction", "Calculation function"},
    {"process.workflow", "Workflow"},
    {"process.workflow.workchain", "Work chain"},
    {"process.workflow.workfunction", "Work function"},
};

std::string_view last_part(std::string_view text) { return text.substr(text.rfind('.') + 1); }

/// What one pair of types is in the tree.
struct Leaf {
  std::string name;  ///< path below the root
  std::string label, full_type;
  std::int64_t nodes;
};

/// The entry point of <group>:<entry point>; nothing: it is none of AiiDA's groups.
std::optional<std::string_view> entry_point_of(std::string_view process_type) {
  auto const colon = process_type.find(':');
  constexpr std::string_view aiida = "aiida.";
  if (colon == process_type.npos || process_type.find(':', colon + 1) != process_type.npos ||
      !process_type.starts_with(aiida))
    return std::nullopt;
  auto const group = process_type.substr(aiida.size(), colon - aiida.size());
  if (std::ranges::find(entry_point_groups, group) == std::ranges::end(entry_point_groups)) return std::nullopt;
  return process_type.substr(colon + 1);
}

/// Nothing where the type has fewer than two points.
std::optional<Leaf> leaf_of(CountedType const& type) {
  std::string_view const node_type = type.node_type;
  auto const last = node_type.rfind('.');
  auto const before = last == node_type.npos || last == 0 ? node_type.npos : node_type.rfind('.', last - 1);
  if (before == node_type.npos) return std::nullopt;
  std::string const base(node_type.substr(0, before));
  Leaf leaf{base, std::string(node_type.substr(before + 1, last - before - 1)),
            type.node_type + "|" + type.process_type, type.nodes};
  if (type.process_type.empty()) return leaf;
  auto const entry_point = entry_point_of(type.process_type);
  auto const inside = entry_point.value_or(type.process_type);
  leaf.name += (entry_point ? "." : "." + std::string(without_entry_point) + ".") + std::string(inside);
  leaf.label = last_part(inside);
  return leaf;
}

struct Namespace {
  std::string name, path, label;
  std::optional<std::string> full_type;
  bool is_leaf = false;
  std::int64_t nodes = 0;  ///< of a leaf
  std::vector<std::unique_ptr<Namespace>> subspaces = {};
  std::map<std::string, std::size_t, std::less<>> inner = {}, leaves = {};  ///< where of them; of leaves the first
};

/// What comes behind the path of one of the kinds; nothing: the path is not below it.
std::optional<std::string_view> behind(std::string_view path, std::string_view kind) {
  if (!path.starts_with(kind) || path.size() <= kind.size() || path[kind.size()] != '.') return std::nullopt;
  return path.substr(kind.size() + 1);
}

/// `path`: below the root, of what is not a leaf. Nothing: it is no type.
std::optional<std::string> full_type_of(std::string_view path) {
  for (auto const& kind : process_kinds) {
    auto const rest = behind(path, kind.path);
    if (!rest) continue;
    auto const begin = std::string(kind.node_type) + "|";
    if (*rest == without_entry_point) return std::nullopt;
    if (auto const unregistered = behind(*rest, without_entry_point)) return begin + std::string(*unregistered) + ".%";
    return begin + std::string(kind.entry_point_group) + std::string(*rest) + ".%";
  }
  if (last_part(path) == without_entry_point) return std::nullopt;
  bool const is_process = path == "process" || path.starts_with("process.");
  return std::string(path) + (is_process ? ".%|%" : ".%|");
}

std::unique_ptr<Namespace> inner(std::string_view name, std::string_view path_below_root) {
  auto made = std::make_unique<Namespace>();
  made->name = name;
  made->path = "node." + std::string(path_below_root);
  auto const* const label = std::ranges::find(labels, path_below_root, &Label::path);
  made->label = label != std::ranges::end(labels) ? label->label : name == without_entry_point ? "Unregistered" : name;
  made->full_type = full_type_of(path_below_root);
  return made;
}

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (bool more = true; more;) {
    auto const point = name.find('.');
    parts.push_back(name.substr(0, point));
    more = point != name.npos;
    if (more) name.remove_prefix(point + 1);
  }
  return parts;
}

void add_leaf(Namespace& space, std::unique_ptr<Namespace> leaf) {
  space.leaves.try_emplace(leaf->name, space.subspaces.size());
  space.subspaces.push_back(std::move(leaf));
}

/// The inner node of that name. A leaf that had it becomes its first child.
Namespace& enter(Namespace& space, std::string_view name, std::string_view path_below_root) {
  auto& subspaces = space.subspaces;
  if (auto const known = space.inner.find(name); known != space.inner.end()) return *subspaces[known->second];
  auto made = inner(name, path_below_root);
  auto place = subspaces.size();
  if (auto const leaf = space.leaves.find(name); leaf != space.leaves.end()) {
    place = leaf->second;
    add_leaf(*made, std::move(subspaces[place]));
    subspaces[place] = std::move(made);
    space.leaves.erase(leaf);
  } else {
    subspaces.push_back(std::move(made));
  }
  space.inner.emplace(name, place);
  return *subspaces[place];
}

void put(Namespace& root, Leaf const& leaf) {
  auto const parts = parts_of(leaf.name);
  auto* place = &root;
  std::size_t length = 0;
  for (auto const part : std::span(parts).first(parts.size() - 1)) {
    length += part.size() + (length > 0 ? 1 : 0);
    place = &enter(*place, part, std::string_view(leaf.name).substr(0, length));
  }
  auto made = std::make_unique<Namespace>();
  made->name = parts.back();
  made->path = "node." + leaf.name;
  made->label = leaf.label;
  made->full_type = leaf.full_type;
  made->is_leaf = true;
  made->nodes = leaf.nodes;
  add_leaf(*place, std::move(made));
}

constexpr std::size_t deepest = 100;  // parts of a name

// What each part of a name takes at most, as a namespace of its own and as JSON.
constexpr std::size_t bytes_of_part = 1024;

nlohmann::json json_of(Namespace const& space, bool with_counts, std::int64_t& nodes) {
  nlohmann::json json{{"namespace", space.name}, {"path", space.path}, {"label", space.label}};
  json["full_type"] = space.full_type ? nlohmann::json(*space.full_type) : nlohmann::json();
  auto subspaces = nlohmann::json::array();
  std::int64_t sum = space.nodes;
  for (auto const& inside : space.subspaces) {
    std::int64_t of_it = 0;
    subspaces.push_back(json_of(*inside, with_counts, of_it));
    sum += of_it;
  }
  json["subspaces"] = std::move(subspaces);
  if (with_counts && (space.is_leaf || !space.subspaces.empty())) json["counter"] = sum;
  nodes = sum;
  return json;
}

}  // namespace

std::string full_types_json(std::vector<CountedType> const& types, bool with_counts, AnswerLimits& limits) {
  std::vector<Leaf> leaves;
  for (auto const& type : types) {
    auto leaf = leaf_of(type);
    if (leaf && parts_of(leaf->name).size() <= deepest) leaves.push_back(*std::move(leaf));
  }
  std::ranges::sort(leaves, {}, [](auto const& leaf) { return std::tie(leaf.name, leaf.full_type); });
  Namespace root{"node", "node", "node", "node.%|"};
  for (auto const& leaf : leaves) {
    auto const bytes = parts_of(leaf.name).size() * (bytes_of_part + leaf.name.size());
    limits.worked(bytes);
    limits.take(bytes);
    put(root, leaf);
  }
  std::int64_t nodes = 0;
  return json_of(root, with_counts, nodes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace restapi::api::v4
