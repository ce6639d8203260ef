// SPDX-License-Identifier: MIT
/// The changes that a database writes down itself, whatever its engine, with the connection over which they are read.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "source/source.hpp"
#include "store/changes/change_source.hpp"

namespace restapi::store {

/// `schema`: of AiiDA's tables. Error source_refused where nothing is installed, or what is cannot be used.
Result<std::unique_ptr<ChangeSource>> installed_changes(source::Source const& source, std::string const& schema,
                                                        std::chrono::milliseconds statement_limit);

}  // namespace restapi::store
