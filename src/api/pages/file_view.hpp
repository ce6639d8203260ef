// SPDX-License-Identifier: MIT
/// Files and folders of a node, for reading.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "api/pages/client.hpp"
#include "base/result.hpp"

namespace restapi::api::pages {

/// "512 bytes", "3.4 MB".
std::string shown_size(std::uint64_t bytes);

/// What is in a folder of a node, for the template "files": names with their sizes and addresses, folders first.
/// `address`: of the node in /api/v4, within the profile; `page`: that of its page; `root`: as Shown::root. Null: there
/// is no such folder.
nlohmann::json files_in(Client const& client, std::string const& address, std::string const& page,
                        std::string const& folder, std::string const& root);

/// The text of a file with numbers of lines, as HTML: its first or its last bytes. Errors: as Client::file().
Result<std::string> file_view(Client const& client, std::string const& address, std::string const& name,
                              std::string const& root, Bytes bytes);

/// Where what is in a folder is listed, within the profile.
std::string folder_address(std::string const& address, std::string const& name);

/// Where the file itself is, within the profile: "/api/v4/nodes/…/repo/contents?filename=…".
std::string file_address(std::string const& address, std::string const& name);

}  // namespace restapi::api::pages
