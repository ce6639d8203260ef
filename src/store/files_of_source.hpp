// SPDX-License-Identifier: MIT
/// The files of the nodes of a source: in its archive, or in the container of its profile.
#pragma once

#include <memory>

#include "repository/object.hpp"
#include "source/source.hpp"

namespace restapi::store {

/// Null: it comes without them. Opens nothing yet. SQLite reads the index of a container in its sandbox.
std::shared_ptr<repository::Objects> files_of(source::Source const& source);

}  // namespace restapi::store
