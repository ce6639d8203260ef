// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// AiiDA 1.x renamed type to node_type.
constexpr std::string_view newer = "db_dbnode.node_type";

constexpr Column columns[] = {
    {"ctime", Type::datetime, Use::everywhere, same("n.ctime"), "Creation time", "Creation time of the node"},
    {"id", Type::integer, Use::everywhere, same("n.id"), "Id", "Id of the object"},
    {"label", Type::text, Use::everywhere, same("n.label"), "Label", "User-assigned label"},
    {"mtime", Type::datetime, Use::everywhere, same("n.mtime"), "Last modification time", "Last modification time"},
    {"state", Type::text, Use::everywhere, node_state, "State", "State of the calculation or workflow; null for data"},
    {"type", Type::text, Use::everywhere, moved(newer, "n.node_type", "n.type"), "Type",
     "Class of the node, as its position in the source tree, ending with a dot"},
    {"uuid", Type::uuid, Use::everywhere, same("n.uuid"), "Unique ID", "Universally unique identifier"},
};
static_assert(is_consistent(columns));

constexpr Resource node_kind(std::string_view name, std::string_view class_name, std::string_view help, Places kind) {
  return {name, class_name, help, "@db_dbnode AS n", "n.id", "n.uuid", Identity::uuid, columns, true, kind};
}

// The patterns are literals so that the database can plan with their true selectivity.
constexpr Resource resources[] = {
    node_kind("nodes", "Node", "All nodes of the provenance", {}),
    node_kind("calculations", "Calculation", "Calculations and workflows",
              moved(newer, "n.node_type LIKE 'process.%'", "n.type LIKE 'calculation.%'")),
    node_kind("codes", "Code", "Codes that calculations run",
              moved(newer, "(n.node_type LIKE 'data.core.code.%' OR n.node_type LIKE 'data.code.%')",
                    "n.type LIKE 'code.%'")),
    node_kind("data", "Data", "Data nodes of every kind, codes left out",
              moved(newer,
                    "(n.node_type LIKE 'data.%' AND n.node_type NOT LIKE 'data.core.code.%' AND n.node_type NOT LIKE "
                    "'data.code.%')",
                    "n.type LIKE 'data.%'")),
    node_kind("structures", "StructureData", "Crystal structures and molecules",
              moved(newer, "(n.node_type LIKE 'data.core.structure.%' OR n.node_type LIKE 'data.structure.%')",
                    "n.type LIKE 'data.structure.%'")),
    node_kind("kpoints", "KpointsData", "Meshes and lists of k-points",
              moved(newer, "(n.node_type LIKE 'data.core.array.kpoints.%' OR n.node_type LIKE 'data.array.kpoints.%')",
                    "n.type LIKE 'data.array.kpoints.%'")),
    node_kind("bands", "BandsData", "Band structures",
              moved(newer, "(n.node_type LIKE 'data.core.array.bands.%' OR n.node_type LIKE 'data.array.bands.%')",
                    "n.type LIKE 'data.array.bands.%'")),
    node_kind("cifs", "CifData", "Crystallographic information files",
              moved(newer, "(n.node_type LIKE 'data.core.cif.%' OR n.node_type LIKE 'data.cif.%')",
                    "n.type LIKE 'data.cif.%'")),
    node_kind("upfs", "UpfData", "Pseudo-potentials in the UPF format",
              moved(newer, "(n.node_type LIKE 'data.core.upf.%' OR n.node_type LIKE 'data.upf.%')",
                    "n.type LIKE 'data.upf.%'")),
};

}  // namespace

std::span<Resource const> node_resources() { return resources; }

}  // namespace restapi::model
