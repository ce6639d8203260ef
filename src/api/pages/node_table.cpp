// SPDX-License-Identifier: MIT
#include "api/pages/node_table.hpp"

#include "api/pages/states.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {

std::string node_table(Client const& client, nlohmann::json const& nodes, std::string const& root) {
  constexpr std::size_t longest_label = 200;
  States const states(client, nodes);
  auto rows = nlohmann::json::array();
  for (auto const& node : nodes) {
    auto const [state, look] = states.of(node);
    auto const made = text_in(node, "ctime");
    rows.push_back({{"node_href", address_of("nodes", node, root)},
                    {"node_pk", node.value("id", nlohmann::json())},
                    {"node_label", short_text(text_in(node, "label"), longest_label)},
                    {"node_type", short_type(text_in(node, "type"))},
                    {"node_state", state},
                    {"state_look", look},
                    {"node_time", shown_time(made)},
                    {"node_iso", iso_of(made)}});
  }
  return fill("nodes", {{"nodes", std::move(rows)}});
}

}  // namespace restapi::api::pages
