// SPDX-License-Identifier: MIT
/// The demonstration archive that every build carries: about 300 nodes of invented provenance in an AiiDA 2.x archive,
/// so that a server can show something before anybody has named a database. tools/make_demo.py writes it at build time.
#pragma once

#include <cstddef>
#include <span>

namespace restapi::source {

/// The bytes of the .aiida file (a zip), as part of the program: read-only, valid for ever, callable from any thread.
std::span<std::byte const> demo_archive();

}  // namespace restapi::source
