// SPDX-License-Identifier: MIT
#include "api/feed/rows/request.hpp"

#include <limits>
#include <nlohmann/json.hpp>

namespace restapi::api::feed::rows {
namespace {

/// The only page there is.
constexpr auto page_name = "table";

Table const* table_of(nlohmann::json const& request) {
  auto const id = request.find("table_id");
  if (id == request.end()) return nullptr;
  if (id->is_string()) return find_table(id->get_ref<std::string const&>());
  if (!id->is_number_unsigned() || *id > std::numeric_limits<int>::max()) return nullptr;
  return find_table(id->get<int>());
}

}  // namespace

std::optional<PageRequest> read_request(std::string_view message) {
  auto const request = nlohmann::json::parse(message, nullptr, false);
  if (!request.is_object()) return std::nullopt;
  for (bool const removes : {false, true}) {
    auto const page = request.find(removes ? "remove_page" : "page");
    if (page != request.end()) return PageRequest{removes, *page == page_name ? table_of(request) : nullptr};
  }
  return std::nullopt;
}

}  // namespace restapi::api::feed::rows
