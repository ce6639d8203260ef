// SPDX-License-Identifier: MIT
/// How a value of a field looks on a page: data for the templates "cell" of lists and fields of objects.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::api::pages {

/// {"cell_text":…,"cell_href":…,"cell_title":…,"cell_class":…}: members that do not apply are not there. `root`: as
/// Shown::root. `address`: that of the object, for what names it.
nlohmann::json cell_of(std::string_view key, nlohmann::json const& value, std::string const& address,
                       std::string const& root);

/// The keys of an object in the order in which a person looks for them.
std::vector<std::string> keys_in_order(nlohmann::json const& object);

/// Where an object is: "/api/v2/nodes/8e28e2c2-…".
std::string address_of(std::string_view resource, nlohmann::json const& object, std::string const& root);

/// "StructureData" of "data.core.structure.StructureData."
std::string short_type(std::string_view type);

/// A number with blanks between its thousands: "1 234".
std::string spaced(std::int64_t number);

/// "2025-03-14 19:20:09" of "Fri, 14 Mar 2025 19:20:09 GMT" (RFC 9110 §5.6.7); what is none stays as it is.
std::string shown_time(std::string_view text);

/// "2025-03-14T19:20:09Z" of the same; empty: it is no time.
std::string iso_of(std::string_view text);

/// At most about so many bytes, whole characters, with "…" where there are more.
std::string short_text(std::string const& text, std::size_t most);

/// The same as seconds since 1970; nothing: it is no time.
std::optional<std::int64_t> seconds_of(std::string_view text);

/// The member of an object as text; empty: it is not there, or null.
std::string text_in(nlohmann::json const& object, char const* key);

/// "2025-03-14 19:20:09" of seconds since 1970.
std::string time_text(std::int64_t seconds);

/// "a string" without quotes, anything else as JSON.
std::string plain(nlohmann::json const& value);

/// A JSON value as a tree that folds, as HTML: at most so many values, and how many more there are. `whole`: where all
/// of it is; empty: here.
std::string tree_of(nlohmann::json const& value, std::size_t most_values, std::string const& whole);

}  // namespace restapi::api::pages
