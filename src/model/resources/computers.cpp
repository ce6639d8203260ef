// SPDX-License-Identifier: MIT
#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

constexpr Column columns[] = {
    {"description", Type::text, Use::everywhere, same("c.description"), "Description", "Description of the computer"},
    {"enabled", Type::boolean, Use::everywhere, moved("db_dbcomputer.enabled", "c.enabled", "CAST(true AS boolean)"),
     "Enabled", "Whether calculations may be submitted to the computer; always true since AiiDA 1.0"},
    {"hostname", Type::text, Use::everywhere, same("c.hostname"), "Host", "Name of the host"},
    {"id", Type::integer, Use::everywhere, same("c.id"), "Id", "Id of the object"},
    {"name", Type::text, Use::everywhere, moved("db_dbcomputer.label", "c.label", "c.name"), "Name",
     "Name of the computer"},
    {"scheduler_type", Type::text, Use::everywhere, same("c.scheduler_type"), "Scheduler", "Scheduler of the computer"},
    // The documented query `computers/?scheduler_type=in="slurm","pbs"&state="FINISHED"` asks for computers by the
    // state of what ran there: some node of the computer fulfils the condition.
    {"state",
     Type::text,
     Use::filter_only,
     node_state,
     "State",
     "State of some calculation on the computer; only for filters",
     {},
     "EXISTS (SELECT 1 FROM @db_dbnode AS n WHERE n.dbcomputer_id = c.id AND ",
     ")"},
    {"transport_params", Type::text, Use::everywhere,
     moved("db_dbcomputer.transport_params", "CAST(c.transport_params AS text)", "CAST('{}' AS text)"),
     "Transport parameters", "Parameters of the transport, as JSON text; always {} since AiiDA 1.0"},
    {"transport_type", Type::text, Use::everywhere, same("c.transport_type"), "Transport type",
     "How files reach the computer"},
    {"uuid", Type::uuid, Use::everywhere, same("c.uuid"), "Unique ID", "Universally unique identifier"},
};
static_assert(is_consistent(columns));

constexpr Resource resource{"computers",           "Computer", "Computers that calculations run on",
                            "@db_dbcomputer AS c", "c.id",     "c.uuid",
                            Identity::uuid,        columns,    false};

}  // namespace

Resource const& computers() { return resource; }

}  // namespace restapi::model
