// SPDX-License-Identifier: MIT
/// What a read throws where its rows are more than memory should be used for.
#pragma once

#include <cstddef>

namespace soci {
class soci_error;
}

namespace restapi::store {

/// Throws a soci_error. `largest`: bytes of rows.
[[noreturn]] void throw_too_large(std::size_t largest);

/// Whether the error is the one that it throws.
bool is_too_large(soci::soci_error const& error);

}  // namespace restapi::store
