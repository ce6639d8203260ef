// SPDX-License-Identifier: MIT
/// Whether a database server is there, for callers that can wait for it, and what it has against us.
#pragma once

#include <string>
#include <string_view>

#include "source/source.hpp"

namespace restapi::store {

/// What is said of a database in an encoding that sql/server_encoding.hpp does not know.
inline constexpr std::string_view encoding_is_unknown = "the encoding of the database is not known here";

/// True: nobody answers at the source's address, or a server that is starting or stopping: waiting may help. False: a
/// server would take the connection, or refuse it for a reason that stays; files are never absent. Blocks until the
/// server answers, at most the source's connect_timeout (5 s, or 2 s for each of several hosts). Any thread.
bool is_absent(source::Source const& source);

/// The SQLSTATE with which the server refuses a connection, or all servers of the source do; empty: something else is
/// the matter, or nothing any more. Connects, so as above.
std::string refusal_of_server(source::Source const& source);

}  // namespace restapi::store
