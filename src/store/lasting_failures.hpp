// SPDX-License-Identifier: MIT
/// Which failures of opening a database stay until somebody mends it.
#pragma once

#include <chrono>
#include <string>

#include "source/source.hpp"

namespace soci {
class soci_error;
}  // namespace soci

namespace restapi::store {

/// Error::lasting: empty where the failure may pass by itself. `took`: until it failed. Tries once more, unless that
/// took long.
std::string lasting_reason(source::Source const& source, soci::soci_error const& error, std::chrono::milliseconds took);

}  // namespace restapi::store
