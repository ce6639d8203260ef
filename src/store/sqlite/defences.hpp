// SPDX-License-Identifier: MIT
/// An SQLite file may come from a stranger: what its connection may do, and what it may cost. The measures are those of
/// https://sqlite.org/security.html, "Untrusted SQLite Database Files", where they do not forbid what this service
/// does.
#pragma once

namespace sqlite_api {
struct sqlite3;
}

namespace restapi::store {

/// The largest cell, in bytes. AiiDA's largest documents are some MB; a cell is copied a few times on its way out.
inline constexpr int largest_sqlite_cell = 64 << 20;

/// From here on the connection reads tables, calls functions, and does nothing else: no writing, no attaching, no
/// settings, no views, no triggers, no extensions. Call after the connection's own settings. Requires: an open
/// connection that one thread uses.
void defend(sqlite_api::sqlite3* connection);

}  // namespace restapi::store
