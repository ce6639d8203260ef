// SPDX-License-Identifier: MIT
/// Whether a database server is there, for callers that can wait for it.
#pragma once

#include "source/source.hpp"

namespace restapi::store {

/// True: nobody answers at the source's address, or a server that is starting or stopping: waiting may help. False: a
/// server would take the connection, or refuse it for a reason that stays; files are never absent. Blocks until the
/// server answers, at most the source's connect_timeout (5 s, or 2 s for each of several hosts). Any thread.
bool is_absent(source::Source const& source);

}  // namespace restapi::store
