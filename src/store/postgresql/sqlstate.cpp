// SPDX-License-Identifier: MIT
#include "store/postgresql/sqlstate.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

namespace restapi::store {

std::string sqlstate_of(soci::soci_error const& error) {
  auto const* const failure = dynamic_cast<soci::postgresql_soci_error const*>(&error);
  return failure ? failure->sqlstate() : "";
}

std::string with_sqlstate(soci::soci_error const& error, std::string_view words) {
  auto const state = sqlstate_of(error);
  bool const is_said = state.find_first_not_of(' ') != state.npos;
  return is_said ? fmt::format("SQLSTATE {}: {}", state, words) : std::string(words);
}

}  // namespace restapi::store
