// SPDX-License-Identifier: MIT
/// What a node is, drawn: a table by the class of its type. A class without a row is shown by its attributes and files.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/pages/client.hpp"

namespace restapi::api::pages {

/// References outlive the call.
struct Drawn {
  nlohmann::json const& node;        ///< its fields, as /api/v4 calls them
  nlohmann::json const& attributes;  ///< an object; empty: it has none, or more than a page shows
  Client const& client;
  std::string const& root;     ///< as Shown::root
  std::string const& address;  ///< of the node in /api/v4, within the profile
  std::uint64_t stored_bytes;  ///< of its files, beyond those in folders
};

/// HTML; empty: there is nothing to draw, or what is stored is not what such a node has.
std::string picture_of(Drawn const& drawn);

// The rows.
std::string structure_picture(Drawn const& drawn);
std::string bands_picture(Drawn const& drawn);
std::string kpoints_picture(Drawn const& drawn);
std::string upf_picture(Drawn const& drawn);
std::string arrays_picture(Drawn const& drawn);
std::string text_picture(Drawn const& drawn);
std::string process_picture(Drawn const& drawn);

/// What the attributes `array|…` say of the sizes of the arrays: how many numbers there are in all.
std::int64_t numbers_in_arrays(nlohmann::json const& attributes);

/// More are not read for a picture.
inline constexpr std::int64_t most_numbers = 100'000;
inline constexpr std::uint64_t most_bytes = std::uint64_t{4} << 20;

/// What /api/v4 makes of the node in JSON; nothing: it does not, or it would be more than that.
std::optional<nlohmann::json> exported(Drawn const& drawn);

}  // namespace restapi::api::pages
