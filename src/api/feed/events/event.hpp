// SPDX-License-Identifier: MIT
/// Events, the simple door to the live feed: each change of an object as JSON (docs/live-feed.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/feed/feed.hpp"
#include "base/result.hpp"

namespace restapi::api::feed::events {

/// Which changes somebody wants to hear of.
struct Filter {
  std::string letters = {};  ///< of entities; empty: all

  bool wants(store::Change const& change) const;
};

/// "nodes,groups". Code::wrong_type where an entity is unknown.
Result<Filter> filter_of(std::string_view resources);

struct Event {
  std::string_view name;  ///< "created", "updated", "deleted", "cleared", "resnapshot"
  std::string data;       ///< JSON
  store::Cursor after;
};

/// Calls `take(Event)` for each event of an entry, until it gives false.
void for_each_event(Entry const& entry, Filter const& filter, std::function<bool(Event)> const& take);

/// As a stream of server-sent events has it (https://html.spec.whatwg.org/multipage/server-sent-events.html).
std::string stream_text(std::string_view name, std::string_view data, store::Cursor const& after);

}  // namespace restapi::api::feed::events
