// SPDX-License-Identifier: MIT
#include "api/feed/events/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json_text.hpp"
#include "base/suggest.hpp"

namespace restapi::api::feed::events {
namespace {

std::string_view name_of(store::Action action) {
  switch (action) {
    case store::Action::created:
      return "created";
    case store::Action::updated:
      return "updated";
    case store::Action::deleted:
      return "deleted";
    case store::Action::cleared:
      return "cleared";
  }
  return "";
}

std::string data_of(store::Change const& change, std::size_t index, ToldObject const* object) {
  auto data = fmt::format("{{\"resource\":\"{}\"", change.entity->name);
  if (change.action != store::Action::cleared) {
    data += fmt::format(",\"id\":{}", change.ids[index]);
    auto const uuid = object                        ? std::string_view(object->uuid)
                      : index < change.uuids.size() ? std::string_view(change.uuids[index])
                                                    : std::string_view();
    if (!uuid.empty()) {
      data += ",\"uuid\":";
      append_json_string(data, uuid);
    }
    auto const end = [&](std::vector<std::int64_t> const& kept, std::optional<std::int64_t> const& read) {
      return object ? read : index < kept.size() ? std::optional(kept[index]) : std::nullopt;
    };
    auto const first = end(change.firsts, object ? object->first : std::nullopt);
    auto const second = end(change.seconds, object ? object->second : std::nullopt);
    if (first && second) data += fmt::format(",\"ends\":[{},{}]", *first, *second);
    if (first && !second) data += fmt::format(",\"node\":{}", *first);
  }
  data += fmt::format(",\"transaction\":\"{}\"", change.xid);
  if (change.action == store::Action::updated && change.entity->letter == 'n') {
    data += ",\"changed\":[";
    if (change.fields.attributes) data += "\"attributes\"";
    if (change.fields.extras) data += change.fields.attributes ? ",\"extras\"" : "\"extras\"";
    data += ']';
  }
  if (object) data += ",\"object\":" + object->json;
  return data + '}';
}

}  // namespace

bool Filter::wants(store::Change const& change) const {
  return letters.empty() || letters.find(change.entity->letter) != letters.npos;
}

Result<Filter> filter_of(std::string_view resources) {
  Filter filter;
  while (!resources.empty()) {
    auto const name = resources.substr(0, resources.find(','));
    resources.remove_prefix(std::min(name.size() + 1, resources.size()));
    auto const entities = model::entities();
    auto const found = std::ranges::find(entities, name, &model::Entity::name);
    if (found != entities.end()) {
      filter.letters += found->letter;
      continue;
    }
    std::vector<std::string_view> names;
    std::string known;
    for (auto const& entity : entities) {
      names.push_back(entity.name);
      known += fmt::format("{}{}", known.empty() ? "" : ", ", entity.name);
    }
    auto const meant = nearest(name, names);
    return Error{Code::wrong_type, fmt::format("there are no events of \"{}\"", name),
                 meant ? fmt::format("did you mean {}?", *meant) : "known: " + known};
  }
  std::ranges::sort(filter.letters);
  return filter;
}

void for_each_event(Entry const& entry, Filter const& filter, std::function<bool(Event)> const& take) {
  auto const& batch = entry.batch();
  if (entry.is_resnapshot()) {
    auto const source = entry.particulars().source;
    take({"resnapshot", source.empty() ? "{}" : fmt::format(R"({{"source":"{}"}})", source), batch.after});
    return;
  }
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    auto const& change = batch.changes[i];
    if (!filter.wants(change)) continue;
    auto const& objects = entry.objects(i);
    auto const count = std::max<std::size_t>(change.ids.size(), 1);  // one of a table that was cleared
    for (std::size_t k = 0; k < count; ++k) {
      bool const is_read = change.action == store::Action::created || change.action == store::Action::updated;
      if (is_read && !objects[k]) continue;  // it has gone: that is told next
      if (!take(
              {name_of(change.action), data_of(change, k, is_read ? &*objects[k] : nullptr), batch.after_object(i, k)}))
        return;
    }
  }
}

std::string stream_text(std::string_view name, std::string_view data, store::Cursor const& after) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", after.text(), name, data);
}

}  // namespace restapi::api::feed::events
