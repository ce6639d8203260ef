// SPDX-License-Identifier: MIT
#include "api/v2/fields.hpp"

#include <algorithm>

namespace restapi::api::v2 {
namespace {

using query::FieldRow;
using query::Use;

constexpr FieldRow nodes[] = {
    {"computer_id",
     "computer_id",
     Use::on_request,
     "Id of computer",
     "Id of the computer; null if it has none",
     {"computers", "id"}},
    {"ctime", "ctime", Use::everywhere, "Creation time", "Creation time of the node"},
    {"description", "description", Use::on_request, "Description", "User-assigned description"},
    {"exit_status", "exit_status", Use::on_request, "Exit status",
     "Exit status of a process that has ended; 0: it has finished well"},
    {"id", "id", Use::everywhere, "Id", "Id of the object"},
    {"label", "label", Use::everywhere, "Label", "User-assigned label"},
    {"mtime", "mtime", Use::everywhere, "Last modification time", "Last modification time"},
    {"process_type", "process_type", Use::on_request, "Process type",
     "Entry point of the process, such as aiida.calculations:quantumespresso.pw; null before AiiDA 1.0"},
    {"state", "process_state", Use::everywhere, "State", "State of the calculation or workflow; null for data"},
    {"type", "node_type", Use::everywhere, "Type",
     "Class of the node, as its position in the source tree, ending with a dot"},
    {"user_id", "user_id", Use::on_request, "Id of owner", "Id of the user who owns the node", {"users", "id"}},
    {"uuid", "uuid", Use::everywhere, "Unique ID", "Universally unique identifier"},
};

constexpr FieldRow computers[] = {
    {"description", "description", Use::everywhere, "Description", "Description of the computer"},
    {"enabled", "enabled", Use::everywhere, "Enabled",
     "Whether calculations may be submitted to the computer; always true since AiiDA 1.0"},
    {"hostname", "hostname", Use::everywhere, "Host", "Name of the host"},
    {"id", "id", Use::everywhere, "Id", "Id of the object"},
    {"name", "label", Use::everywhere, "Name", "Name of the computer"},
    {"scheduler_type", "scheduler_type", Use::everywhere, "Scheduler", "Scheduler of the computer"},
    // The documented query `computers/?scheduler_type=in="slurm","pbs"&state="FINISHED"` asks for computers by the
    // state of what ran there.
    {"state", "node.process_state", Use::filter_only, "State",
     "State of some calculation on the computer; only for filters"},
    {"transport_params", "transport_params", Use::everywhere, "Transport parameters",
     "Parameters of the transport, as JSON text; always {} since AiiDA 1.0"},
    {"transport_type", "transport_type", Use::everywhere, "Transport type", "How files reach the computer"},
    {"uuid", "uuid", Use::everywhere, "Unique ID", "Universally unique identifier"},
};

constexpr FieldRow users[] = {
    {"date_joined", "date_joined", Use::everywhere, "Date joined",
     "When the user was registered; null since AiiDA 1.0"},
    {"email", "email", Use::private_filter, "E-mail", "E-mail address; never shown"},
    {"first_name", "first_name", Use::everywhere, "First name", "First name of the user"},
    {"id", "id", Use::everywhere, "Id", "Id of the object"},
    {"institution", "institution", Use::everywhere, "Institution", "Institution of the user"},
    {"is_active", "is_active", Use::private_filter, "Active", "Whether the user is active; never shown"},
    {"last_login", "last_login", Use::filter_only, "Last login", "Last login of the user; only for filters"},
    {"last_name", "last_name", Use::everywhere, "Last name", "Last name of the user"},
};

constexpr FieldRow groups[] = {
    {"description", "description", Use::everywhere, "Description", "Description of the group"},
    {"id", "id", Use::everywhere, "Id", "Id of the object"},
    {"name", "label", Use::everywhere, "Name", "Name of the group"},
    {"node_count", "node_count", Use::on_request, "Number of nodes", "How many nodes are in the group"},
    {"time", "time", Use::on_request, "Time", "When the group was made"},
    {"type", "type_string", Use::everywhere, "Type", "Type of the group"},
    {"user_id", "user_id", Use::everywhere, "Id of owner", "Id of the user who made the group", {"users", "id"}},
    {"uuid", "uuid", Use::everywhere, "Unique ID", "Universally unique identifier"},
};

constexpr query::ResourceRow rows[] = {
    {"nodes", "Node", "All nodes of the provenance", nodes, "type"},
    {"calculations", "Calculation", "Calculations and workflows", nodes, "type"},
    {"codes", "Code", "Codes that calculations run", nodes, "type"},
    {"data", "Data", "Data nodes of every kind, codes left out", nodes, "type"},
    {"structures", "StructureData", "Crystal structures and molecules", nodes, "type"},
    {"kpoints", "KpointsData", "Meshes and lists of k-points", nodes, "type"},
    {"bands", "BandsData", "Band structures", nodes, "type"},
    {"cifs", "CifData", "Crystallographic information files", nodes, "type"},
    {"upfs", "UpfData", "Pseudo-potentials in the UPF format", nodes, "type"},
    {"computers", "Computer", "Computers that calculations run on", computers, "scheduler_type"},
    {"users", "User", "People who own nodes and groups", users, "institution"},
    {"groups", "Group", "Named collections of nodes", groups, "type"},
};

// As the answers have them.
static_assert(std::ranges::all_of(rows, [](auto const& row) {
  return std::ranges::is_sorted(row.fields, {}, &FieldRow::name);
}));

}  // namespace

std::span<query::ResourceRow const> resources() { return rows; }

std::string_view schema_name(model::Type type) {
  using model::Type;
  switch (type) {
    case Type::integer:
      return "int";
    case Type::text:
    case Type::uuid:
      return "str";
    case Type::boolean:
      return "bool";
    case Type::datetime:
      return "datetime";
  }
  return "";
}

}  // namespace restapi::api::v2
