// SPDX-License-Identifier: MIT
/// What a read throws where the memory of all answers has no room for its rows (Rows::make_room).
#pragma once

namespace soci {
class soci_error;
}

namespace restapi::store {

/// Throws a soci_error.
[[noreturn]] void throw_no_memory();

/// Whether the error is the one that it throws.
bool is_no_memory(soci::soci_error const& error);

}  // namespace restapi::store
