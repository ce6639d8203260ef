// SPDX-License-Identifier: MIT
#include "api/pages/states.hpp"

#include <algorithm>
#include <string_view>

#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::string_view finished = "finished";

}  // namespace

State state_of(std::string const& state, json const& exit_status) {
  if (state != finished || !exit_status.is_number()) {
    constexpr std::string_view known[] = {"created", "running", "waiting", finished, "excepted", "killed"};
    return {state, std::ranges::find(known, state) == std::end(known) ? "other" : state};
  }
  return {state + " [" + plain(exit_status) + "]", exit_status == 0 ? "succeeded" : "failed"};
}

States::States(Client const& client, json const& nodes) {
  std::string ids;
  for (auto const& node : nodes)
    if (text_in(node, "state") == finished && node.contains("id")) (ids += ids.empty() ? "" : ",") += plain(node["id"]);
  if (ids.empty()) return;
  auto const got = client.get("/api/v2/nodes?fields=id,exit_status&limit=400&id=in=" + ids);
  if (!got || !got->data.is_object()) return;
  for (auto const& node : got->data.value("nodes", json::array()))
    exit_statuses_.emplace(node.value("id", json()), node.value("exit_status", json()));
}

State States::of(json const& node) const {
  auto const found = exit_statuses_.find(node.value("id", json()));
  return state_of(text_in(node, "state"), found == exit_statuses_.end() ? json() : found->second);
}

}  // namespace restapi::api::pages
