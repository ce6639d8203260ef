// SPDX-License-Identifier: MIT
#include "api/v4/properties.hpp"

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

namespace restapi::api::v4 {
namespace {

struct Property {
  std::string_view name, display_name, help, type;
  bool is_display;
  std::string_view related_resource = {};  ///< of a foreign key, whose column is the id
};

constexpr std::string_view text = "str", time = "datetime.datetime", integer = "int", uuid = "unicode";

constexpr Property nodes[] = {
    {"creator", "Creator", "User that created the node", text, true},
    {"ctime", "Creation time", "Creation time of the node", time, true},
    {"label", "Label", "User-assigned label", text, false},
    {"mtime", "Last Modification time", "Last modification time", time, true},
    {"node_type", "Type", "Node type", text, true},
    {"process_type", "Process type", "Process type", text, false},
    {"user_id", "Id of creator", "Id of the user that created the node", integer, false, "users"},
    {"uuid", "Unique ID", "Universally Unique Identifier", uuid, true},
};

constexpr Property processes[] = {
    {"attributes.process_label", "Name", "Process label attribute", text, true},
    {"attributes.process_state", "Process state", "Process state attribute", text, true},
    {"creator", "Creator", "User that created the node", text, true},
    {"ctime", "Creation time", "Creation time of the node", time, true},
    {"mtime", "Last Modification time", "Last modification time", time, true},
    {"process_type", "Process type", "Process type", text, false},
    {"user_id", "Id of creator", "Id of the user that created the node", integer, false, "_dbusers"},
    {"uuid", "Unique ID", "Universally Unique Identifier", uuid, true},
};

constexpr Property computers[] = {
    {"description", "Description", "short description of the Computer", text, false},
    {"hostname", "Host", "Name of the host", text, true},
    {"id", "Id", "Id of the object", integer, false},
    {"label", "Label", "Label of the computer", text, true},
    {"scheduler_type", "Scheduler", "Scheduler type", text, true},
    {"transport_type", "Transport type", "Transport Type", text, false},
    {"uuid", "Unique ID", "Universally Unique Identifier", uuid, true},
};

constexpr Property groups[] = {
    {"description", "Description", "Short description of the group", text, false},
    {"id", "Id", "Id of the object", integer, false},
    {"label", "Label", "Name of the object", text, true},
    {"type_string", "Type_string", "Type of the group", text, true},
    {"user_id", "Id of creator", "Id of the user that created the node", integer, false, "users"},
    {"uuid", "Unique ID", "Universally Unique Identifier", uuid, false},
};

constexpr Property users[] = {
    {"first_name", "First name", "First name of the user", text, true},
    {"id", "Id", "Id of the object", integer, true},
    {"institution", "Institution", "Affiliation of the user", text, true},
    {"last_name", "Last name", "Last name of the user", text, true},
};

constexpr std::string_view order_of_nodes[] = {"uuid", "label", "node_type", "ctime", "mtime", "creator"};
constexpr std::string_view order_of_processes[] = {"uuid",    "attributes.process_label", "ctime", "mtime",
                                                   "creator", "attributes.process_state"};
constexpr std::string_view order_of_computers[] = {"uuid",        "label",          "hostname",
                                                   "description", "scheduler_type", "transport_type"};
constexpr std::string_view order_of_groups[] = {"id", "label", "type_string", "description", "user_id", "uuid"};
constexpr std::string_view order_of_users[] = {"id", "first_name", "last_name", "institution"};

struct Table {
  std::string_view resource;
  std::span<Property const> properties;
  std::span<std::string_view const> ordering;
};

constexpr Table tables[] = {
    {"nodes", nodes, order_of_nodes},
    {"processes", processes, order_of_processes},
    {"computers", computers, order_of_computers},
    {"groups", groups, order_of_groups},
    {"users", users, order_of_users},
};

struct Plugin {
  std::string_view field, name, doc;
};

constexpr Plugin plugins[] = {
    {"scheduler_type", "core.direct", "Runs jobs at once, without a scheduler."},
    {"scheduler_type", "core.lsf", "IBM Spectrum LSF."},
    {"scheduler_type", "core.pbspro", "PBS Professional."},
    {"scheduler_type", "core.sge", "Sun Grid Engine and its successors."},
    {"scheduler_type", "core.slurm", "SLURM."},
    {"scheduler_type", "core.torque", "Torque."},
    {"transport_type", "core.local", "Files on the same machine."},
    {"transport_type", "core.ssh", "SSH and SFTP."},
    {"transport_type", "core.ssh_async", "SSH and SFTP, several files at once."},
};

nlohmann::json json_of(Property const& property) {
  nlohmann::json json{{"display_name", property.display_name},
                      {"help_text", property.help},
                      {"type", property.type},
                      {"is_display", property.is_display},
                      {"is_foreign_key", !property.related_resource.empty()}};
  if (!property.related_resource.empty()) {
    json["related_column"] = "id";
    json["related_resource"] = property.related_resource;
  }
  for (auto const& plugin : plugins)
    if (plugin.field == property.name) json["valid_choices"][std::string(plugin.name)] = {{"doc", plugin.doc}};
  return json;
}

}  // namespace

std::string properties_json(std::string_view resource) {
  auto fields = nlohmann::json::object();
  auto ordering = nlohmann::json::array();
  for (auto const& table : tables) {
    if (table.resource != resource) continue;
    for (auto const& property : table.properties) fields[std::string(property.name)] = json_of(property);
    for (auto const name : table.ordering) ordering.push_back(name);
  }
  return nlohmann::json{{"fields", fields}, {"ordering", ordering}}.dump();
}

}  // namespace restapi::api::v4
