// SPDX-License-Identifier: MIT
#include "api/v4/fields.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace restapi::api::v4 {
namespace {

using query::FieldRow;
using query::Use;

constexpr FieldRow nodes[] = {
    {"ctime", "ctime", Use::everywhere, "", "Creation time"},
    {"dbcomputer_id", "computer_id", Use::on_request, "", "pk of the computer, if there is one", {"computers", "id"}},
    {"description", "description", Use::on_request, "", "User-assigned description"},
    {"full_type", "full_type", Use::shown_only, "", "node_type and process_type with a | between them"},
    {"id", "id", Use::everywhere, "", "pk"},
    {"label", "label", Use::everywhere, "", "User-assigned label"},
    {"mtime", "mtime", Use::everywhere, "", "Time of the last change"},
    {"node_type", "node_type", Use::everywhere, "", "Class, ending with a dot"},
    {"process_type", "process_type", Use::everywhere, "", "Entry point or class of a process"},
    {"user_id", "user_id", Use::everywhere, "", "pk of the user who owns it", {"users", "id"}},
    {"uuid", "uuid", Use::everywhere, "", "Universally unique identifier"},
};

constexpr FieldRow link[] = {
    {"link_label", "link.label", Use::everywhere, "", "Label of the link"},
    {"link_type", "link.type", Use::everywhere, "", "Type of the link, such as input_calc"},
};

constexpr auto neighbour_fields = [] {
  std::array<FieldRow, std::size(nodes) + std::size(link)> all{};
  std::ranges::copy(link, std::ranges::copy(nodes, all.begin()).out);
  std::ranges::sort(all, {}, &FieldRow::name);
  return all;
}();

constexpr FieldRow computers[] = {
    {"description", "description", Use::everywhere, "", "Description"},
    {"hostname", "hostname", Use::everywhere, "", "Name of the host"},
    {"id", "id", Use::everywhere, "", "pk"},
    {"label", "label", Use::everywhere, "", "Label; AiiDA 1 called it name"},
    {"scheduler_type", "scheduler_type", Use::everywhere, "", "Plugin of the scheduler"},
    {"transport_type", "transport_type", Use::everywhere, "", "Plugin of the transport"},
    {"uuid", "uuid", Use::everywhere, "", "Universally unique identifier"},
};

constexpr FieldRow groups[] = {
    {"description", "description", Use::everywhere, "", "Description"},
    {"id", "id", Use::everywhere, "", "pk"},
    {"label", "label", Use::everywhere, "", "Label; AiiDA 0 called it name"},
    {"time", "time", Use::everywhere, "", "Time of its creation"},
    {"type_string", "type_string", Use::everywhere, "", "Type; AiiDA 0 called it type"},
    {"user_id", "user_id", Use::everywhere, "", "pk of the user who owns it", {"users", "id"}},
    {"uuid", "uuid", Use::everywhere, "", "Universally unique identifier"},
};

constexpr FieldRow users[] = {
    {"email", "email", Use::private_filter, "", "E-mail address; never shown"},
    {"first_name", "first_name", Use::everywhere, "", "First name"},
    {"id", "id", Use::everywhere, "", "pk"},
    {"institution", "institution", Use::everywhere, "", "Institution"},
    {"last_name", "last_name", Use::everywhere, "", "Last name"},
};

constexpr query::ResourceRow rows[] = {
    {"nodes", "aiida.orm.node.Node", "All nodes of the provenance", nodes},
    {"computers", "aiida.orm.Computer", "Computers that calculations run on", computers},
    {"groups", "aiida.orm.groups.Group", "Named collections of nodes", groups},
    {"users", "aiida.orm.User", "People who own nodes and groups", users},
};

constexpr query::ResourceRow neighbours_row{
    .name = "links",
    .class_name = "aiida.orm.node.Node",
    .help = "Neighbours of a node, each with the link that leads to it",
    .fields = neighbour_fields,
    .resource = "nodes",
};

// As the answers have them.
static_assert(std::ranges::all_of(rows, [](auto const& row) {
  return std::ranges::is_sorted(row.fields, {}, &FieldRow::name);
}));

}  // namespace

std::span<query::ResourceRow const> resources() { return rows; }

query::ResourceRow const& neighbours() { return neighbours_row; }

}  // namespace restapi::api::v4
