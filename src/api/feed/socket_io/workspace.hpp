// SPDX-License-Identifier: MIT
/// What a client of Socket.IO has selected, and the text that it comes back with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace restapi::api::feed::socket_io {

struct Workspace {
  std::string id = {};                     ///< as the client has called it
  std::optional<std::int64_t> group = {};  ///< only what is in it; nothing: the whole profile
  std::string group_uuid = {};
};

/// "*" or the name of the profile.
bool is_whole_profile(std::string_view id, std::string_view profile);

/// The uuid, in lower case; nothing: it is none.
std::optional<std::string> uuid_of_group(std::string_view id);

/// The last argument of each event: what the client has, and what is to be selected when it comes back.
struct Offset {
  std::string cursor;
  std::string workspace;  ///< its id; empty: none
};

std::string offset_text(std::string_view cursor, std::string_view workspace);

/// Nothing where the text is none.
std::optional<Offset> read_offset(std::string_view text);

/// The id of the workspace, of the arguments of "select-workspace" (socket_io::Event). Code::wrong_type.
Result<std::string> wanted_workspace(std::string const& arguments);

/// What a client says when it connects. Empty: it does not say.
struct Auth {
  std::string token = {};
  std::string pid = {};
  std::string offset = {};
};

/// `json`: an object. Other members, and those that are no texts, are left out.
Auth read_auth(std::string_view json);

}  // namespace restapi::api::feed::socket_io
