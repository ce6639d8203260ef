// SPDX-License-Identifier: MIT
// A process: how it ended, and when it and those that it called ran.
#include <fmt/format.h>

#include <algorithm>

#include "api/pages/pictures/picture.hpp"
#include "api/pages/states.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr int most_called = 50;

struct Span {
  std::int64_t begin, end;  // seconds
};

std::optional<Span> span_of(json const& node) {
  auto const begin = seconds_of(plain(node.value("ctime", json()))),
             end = seconds_of(plain(node.value("mtime", json())));
  if (!begin || !end || *end < *begin) return std::nullopt;
  return Span{*begin, *end};
}

/// "1 h 4 min", "28 s"
std::string duration(std::int64_t seconds) {
  constexpr std::int64_t minute = 60, hour = 3600, day = 86400;
  if (seconds < minute) return fmt::format("{} s", seconds);
  if (seconds < hour) return fmt::format("{} min {} s", seconds / minute, seconds % minute);
  if (seconds < day) return fmt::format("{} h {} min", seconds / hour, seconds % hour / minute);
  return fmt::format("{} d {} h", seconds / day, seconds % day / hour);
}

/// A line of the drawing: the node within the time that all of them take.
json bar_of(json const& node, State const& state, std::optional<Span> const& all, std::string const& root) {
  constexpr std::size_t longest = 60;
  json bar{{"node_href", address_of("nodes", node, root)},
           {"node_pk", node.value("id", json())},
           {"node_label", text_in(node, "label")},
           {"node_type", short_type(text_in(node, "type"))},
           {"state", short_text(state.text, longest)},
           {"state_look", state.look},
           {"span", false}};
  if (auto const span = span_of(node); span && all) {
    auto const whole = static_cast<double>(std::max<std::int64_t>(all->end - all->begin, 1));
    constexpr double percent = 100, thinnest = 0.8;
    auto const at = [&](std::int64_t time) { return percent * static_cast<double>(time - all->begin) / whole; };
    bar["span"] = {{"bar_x", fmt::format("{:.1f}", std::min(at(span->begin), percent - thinnest))},
                   {"bar_width", fmt::format("{:.1f}", std::max(at(span->end) - at(span->begin), thinnest))},
                   {"took", duration(span->end - span->begin)}};
  }
  return bar;
}

}  // namespace

std::string process_picture(Drawn const& drawn) {
  auto const pk = plain(drawn.node.value("id", json(0)));
  auto const got =
      drawn.client.get("/api/v2/nodes?caller.id=" + pk + "&orderby=ctime,id&limit=" + std::to_string(most_called));
  auto const called = got && got->data.is_object() ? got->data.value("nodes", json::array()) : json::array();
  auto self = drawn.node;
  self["type"] = text_in(drawn.node, "node_type");
  auto all = span_of(self);
  for (auto const& node : called)
    if (auto const span = span_of(node))
      all = all ? Span{std::min(all->begin, span->begin), std::max(all->end, span->end)} : *span;
  auto const state =
      state_of(text_in(drawn.attributes, "process_state"), drawn.attributes.value("exit_status", json()));
  auto bars = json::array({bar_of(self, state, all, drawn.root)});
  States const states(drawn.client, called);
  for (auto const& node : called) bars.push_back(bar_of(node, states.of(node), all, drawn.root));
  auto facts = json::array();
  struct Fact {
    char const *key, *words;
  };
  for (auto const& [key, words] :
       {Fact{"exit_message", "exit message"}, Fact{"exception", "exception"}, Fact{"process_status", "status"},
        Fact{"scheduler_state", "scheduler state"}, Fact{"job_id", "job"}})
    if (auto const value = text_in(drawn.attributes, key); !value.empty())
      facts.push_back({{"fact", words}, {"fact_value", value}});
  json more = false;
  if (got && got->total && *got->total > std::ssize(called))
    more = {{"more_href", drawn.root + "api/v2/nodes?" + http::percent_encode("caller.id=" + pk)},
            {"more_count", spaced(*got->total)}};
  return fill("process", {{"facts", facts.empty() ? json(false) : json(fill("facts", {{"facts", facts}}))},
                          {"bars", bars},
                          {"begin", all ? time_text(all->begin) : ""},
                          {"end", all ? time_text(all->end) : ""},
                          {"has_called", !called.empty()},
                          {"more", more}});
}

}  // namespace restapi::api::pages
