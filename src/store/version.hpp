// SPDX-License-Identifier: MIT
/// A state of the data, and what of it an answer depends on.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "model/entity.hpp"
#include "sql/feed/since.hpp"

namespace restapi::store {

/// Two versions with the same state are of the same data. Where more is known, each table of AiiDA's has a number, and
/// what was read from tables that have the same numbers is the same.
struct Version {
  std::string state = {};  ///< opaque; of the whole database
  std::array<std::uint64_t, model::number_of_entities> numbers =
      {};  ///< of entities(); all 0 where `state` says it all
  /// Where changes are written down: what has changed since can be looked up, as long as `state` is the same. Null: it
  /// cannot.
  std::shared_ptr<sql::feed::Since const> since = {};
};

/// Whether what is read from these tables is the same under both.
bool agree(Version const& one, Version const& other, model::EntitySet read);

/// Equal texts: they agree.
std::string text_of(Version const& version, model::EntitySet read);

}  // namespace restapi::store
