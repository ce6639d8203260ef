// SPDX-License-Identifier: MIT
/// What systemd is told of the state of this program (sd_notify(3)); nothing where it was not started by systemd with
/// Type=notify. Hides libsystemd.
#pragma once

#include <string_view>

namespace restapi::app {

/// Requests are answered from now on. `status`: a line for people, in `systemctl status`.
void notify_ready(std::string_view status);

/// It will end by itself: what is under way is finished.
void notify_stopping();

/// Why it ends instead of serving.
void notify_failed(std::string_view reason);

}  // namespace restapi::app
