// SPDX-License-Identifier: MIT
/// The end of the process, and what there is to do until then. The main thread.
#pragma once

#include <chrono>

#include "app/observation.hpp"
#include "app/signals.hpp"
#include "app/store_opener.hpp"
#include "http/server.hpp"

namespace restapi::app {

/// Ends the process. Nobody waits for ever: a thread that writes for a reader who stands still, or connects to a server
/// that does not answer, is left behind. It may log, and use OpenSSL, until the last moment, so nothing static is
/// destroyed under it.
[[noreturn]] void leave(int exit_code);

/// Returns when a signal asks for the end. Until then: free memory goes back to the system, and the access log is
/// opened anew where a signal asks for that.
void wait_for_end(Signals const& signals, Observation& watching);

/// Drains the server for at most `limit`. A second signal ends that at once. So does the end of the time, even where a
/// statement goes on: then this does not return (what a killed server leaves behind, the next one removes).
void stop(http::HttpServer& server, StoreOpener& opener, Observation& watching, Signals const& signals,
          std::chrono::seconds limit);

}  // namespace restapi::app
