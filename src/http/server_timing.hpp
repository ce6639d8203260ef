// SPDX-License-Identifier: MIT
/// Where the time of an answer went, for clients that ask: the Server-Timing header (W3C), shown by the network tab of
/// every browser.
#pragma once

#include <chrono>
#include <string>

#include "http/message.hpp"
#include "http/reply.hpp"

namespace restapi::http {

/// "queue;dur=0.031, version;dur=0.052, plan;dur=0.040, list;dur=1.210, render;dur=0.093, total;dur=1.460": stages in
/// milliseconds, among them every statement under its name; cached answers say so (`remembered`).
std::string server_timing(Trace const& trace, std::chrono::nanoseconds total);

}  // namespace restapi::http
