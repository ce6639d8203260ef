// SPDX-License-Identifier: MIT
/// Which page shows which endpoint: a table. What has no row of its own is shown as a tree of its JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/answer.hpp"
#include "api/pages/client.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {

/// Rows of a list on a page, where nobody says how many.
inline constexpr std::int64_t usual_size = 20;

/// What a page is made of. References outlive the call.
struct Shown {
  nlohmann::json data;         ///< what stands under "data" of the answer
  Answer const& facts;         ///< what else is known of it
  http::Target const& target;  ///< that of the answer; a list has a limit
  http::PublicAddress const& address;
  Client const& client;
  std::string root;  ///< the path of the profile, with a slash at its end: "/main/"
};

/// The main part of a page.
struct Part {
  std::string title;
  std::string html;
  std::string address = {};   ///< within the profile, where programs get what is shown; empty: that of the page
  std::string about = {};     ///< uuid of the node that is shown; empty: none
  std::string about_pk = {};  ///< and its pk
  std::string resource = {};  ///< of the list that is shown; empty: none
  std::string within = {};    ///< the path of a file of the node; empty: all of it is shown
  struct Counted {
    std::string address;  ///< where programs get the number
    std::int64_t now;
  };
  std::optional<Counted> counted = {};  ///< how many there are of what is shown; nothing: that is not told
  bool is_live = false;                 ///< changes are told by /api/v2/events
  bool has_search = true;               ///< for nodes of a profile
  bool is_error = false;                ///< programs get an error, too
};

/// A file of a node that is to be shown.
struct FileAsked {
  std::string path;
  bool is_end;  ///< its last bytes
};

/// Of a query `_file=aiida.in&_part=end` of the page of a node. Nothing: another query.
std::optional<FileAsked> file_asked(std::string_view query);

struct Kind {
  std::string_view route;  ///< Prepared::route
  Part (*make)(Shown const& shown);
  bool is_list = false;
};

/// `prefix` of the version.
Kind const& kind_of(std::string_view prefix, std::string_view route);

Part start_page(Shown const& shown);
Part list_page(Shown const& shown);
Part object_page(Shown const& shown);
Part schema_page(Shown const& shown);
Part statistics_page(Shown const& shown);
Part graph_page(Shown const& shown);
Part facets_page(Shown const& shown);
Part openapi_page(Shown const& shown);
Part document_page(Shown const& shown);

/// A file or a folder of the node. Errors: those of the address of the file.
Result<Part> file_page(Shown const& shown, std::string const& uuid, FileAsked const& asked);

/// What stands in "a list of one": {"nodes":[{…}]}; an empty object: there is none.
nlohmann::json const& first_of(nlohmann::json const& data);

/// Instead of a page of so many bytes of JSON.
Part too_large_page(std::size_t bytes);

/// Of a server with several profiles: `data` of the list of them.
Part profiles_page(nlohmann::json const& data, std::string const& root);

/// All of a page: the part with what stands around each. `target` may be empty where the part has an address.
std::string framed(Part const& part, std::string const& root, http::Target const& target,
                   http::PublicAddress const& address);

/// Shown::root of a profile that is reached there.
std::string root_of(http::PublicAddress const& address);

}  // namespace restapi::api::pages
