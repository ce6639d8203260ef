// SPDX-License-Identifier: MIT
/// What a server of PostgreSQL calls a failure, whatever language its words are in.
#pragma once

#include <string>
#include <string_view>

namespace soci {
class soci_error;
}  // namespace soci

namespace restapi::store {

/// The SQLSTATE; five blanks where the words are not the server's but libpq's, empty where the failure is no server's.
std::string sqlstate_of(soci::soci_error const& error);

/// `SQLSTATE 42501: …`; the words alone where there is none. For logs.
std::string with_sqlstate(soci::soci_error const& error, std::string_view words);

}  // namespace restapi::store
