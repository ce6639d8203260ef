// SPDX-License-Identifier: MIT
#include "api/pages/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "api/pages/template.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::size_t longest_text = 2000, most_elements = 2000, longest_line = 100, most_unfolded = 30;
constexpr int deepest = 12, most_open = 2;

/// At most so many bytes, whole characters.
std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "…";
}

/// "2025-03-14 19:20:09" of "Fri, 14 Mar 2025 19:20:09 GMT" (RFC 9110 §5.6.7); empty: it is none.
std::string iso_time(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr std::size_t length = 29;
  if (text.size() != length || !text.ends_with(" GMT")) return {};
  auto const month = months.find(text.substr(8, 3));
  if (month == months.npos) return {};
  auto const number = std::to_string(month / 3 + 1);
  return std::string(text.substr(12, 4)) + "-" + (number.size() < 2 ? "0" : "") + number + "-" +
         std::string(text.substr(5, 2)) + " " + std::string(text.substr(17, 8));
}

// What another resource's pages are about. Their ids are the starts of uuids where they have one, so a pk is a filter.
struct Reference {
  std::string_view key, address;
};
constexpr Reference references[] = {
    {"user_id", "users/"}, {"computer_id", "computers?id="}, {"dbcomputer_id", "computers?id="}};

bool is_short_list(json const& value) {
  return value.is_array() &&
         std::ranges::none_of(value, [](auto const& element) { return element.is_structured() && !element.empty(); }) &&
         value.dump().size() <= longest_line;
}

}  // namespace

std::string shown_time(std::string_view text) {
  auto time = iso_time(text);
  return time.empty() ? std::string(text) : time;
}

std::string iso_of(std::string_view text) {
  auto const time = iso_time(text);
  return time.empty() ? time : time.substr(0, 10) + "T" + time.substr(11) + "Z";
}

std::string short_text(std::string const& text, std::size_t most) { return shortened(text, most); }

std::optional<std::int64_t> seconds_of(std::string_view text) {
  auto const time = iso_time(text);
  if (time.empty()) return std::nullopt;
  auto const number = [&](std::size_t begin, std::size_t length) {
    int value = 0;
    for (auto const c : time.substr(begin, length)) value = value * 10 + (c - '0');
    return value;
  };
  using namespace std::chrono;
  sys_days const day = year(number(0, 4)) / month(static_cast<unsigned>(number(5, 2))) /
                       std::chrono::day(static_cast<unsigned>(number(8, 2)));
  auto const moment = day + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
  return duration_cast<seconds>(moment.time_since_epoch()).count();
}

std::string time_text(std::int64_t seconds) {
  using namespace std::chrono;
  sys_seconds const moment{std::chrono::seconds(seconds)};
  auto const day = floor<days>(moment);
  year_month_day const date(day);
  hh_mm_ss const time(moment - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::string text_in(json const& object, char const* key) {
  auto const found = object.find(key);
  return found == object.end() || found->is_null() ? std::string() : plain(*found);
}

std::string plain(json const& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string spaced(std::int64_t number) {
  auto text = std::to_string(number);
  for (auto i = std::ssize(text) - 3; i > (number < 0 ? 1 : 0); i -= 3)
    text.insert(static_cast<std::size_t>(i), "\u202f");
  return text;
}

std::string short_type(std::string_view type) {
  while (type.ends_with('.')) type.remove_suffix(1);
  return std::string(type.substr(type.rfind('.') + 1));
}

std::string address_of(std::string_view resource, json const& object, std::string const& root) {
  auto const base = root + "api/v2/" + std::string(resource) + "/";
  if (auto const uuid = object.find("uuid"); uuid != object.end() && uuid->is_string())
    return base + uuid->get<std::string>();
  auto const id = object.find("id");
  if (id == object.end()) return {};
  // Their pk is no address where they have a uuid; the search finds nodes by it.
  if (resource == "users") return base + plain(*id);
  if (resource == "computers" || resource == "groups")
    return root + "api/v2/" + std::string(resource) + "?id=" + plain(*id);
  return root + "api/v2/nodes?_find=" + plain(*id);
}

std::vector<std::string> keys_in_order(json const& object) {
  constexpr std::array<std::string_view, 12> first{"id",         "uuid",         "label", "name",
                                                   "first_name", "last_name",    "type",  "node_type",
                                                   "state",      "process_type", "ctime", "mtime"};
  std::vector<std::string> keys;
  for (auto const& [key, value] : object.items()) keys.push_back(key);
  std::ranges::stable_sort(
      keys, {}, [&](auto const& key) { return std::ranges::find(first, std::string_view(key)) - first.begin(); });
  return keys;
}

json cell_of(std::string_view key, json const& value, std::string const& address, std::string const& root) {
  // Member by member: lists of a table have many of them, and an initializer list makes all twice.
  auto cell = json::object();
  char const* kind = "text";
  auto text = value.is_null() ? std::string() : plain(value);
  if (value.is_number()) kind = "number";
  if (auto const time = iso_time(text); !time.empty()) {
    kind = "time";
    cell["cell_time"] = iso_of(text);
    text = time;
  }
  bool const is_name = key == "uuid" || key == "id" || key == "label" || key == "name" || key == "last_name";
  if (is_name && !text.empty()) {
    cell["cell_href"] = address;
    if (key == "uuid") {
      kind = "uuid";
      cell["cell_title"] = text;
    }
  }
  for (auto const& [name, other] : references)
    if (key == name && !text.empty()) cell["cell_href"] = (root + "api/v2/").append(other).append(text);
  if (key == "type" || key == "node_type") {
    kind = "type";
    if (auto name = short_type(text); name != text) {
      cell["cell_title"] = std::move(text);
      text = std::move(name);
    }
  }
  cell["cell_class"] = kind;
  cell["cell_text"] = shortened(std::move(text), 200);
  return cell;
}

namespace {

std::string tree_of(json const& value, int depth, std::size_t& left, std::string const& whole) {
  json items = json::array();
  std::int64_t left_out = 0;
  auto const add = [&](std::string const& key, json const& member) {
    if (items.size() >= most_elements || left == 0) {
      ++left_out;
      return;
    }
    --left;
    bool const is_leaf = !member.is_structured() || member.empty() || is_short_list(member) || depth >= deepest;
    json item{{"key", key}, {"is_leaf", is_leaf}, {"is_open", depth < most_open && member.size() <= most_unfolded}};
    if (is_leaf) {
      auto text = plain(member);
      item["is_cut"] = !whole.empty() && text.size() > longest_text;
      item["whole_href"] = whole;
      // Where all of it is, there is no other place.
      item["value"] = whole.empty() ? std::move(text) : shortened(std::move(text), longest_text);
      item["kind"] = member.is_string() ? "string" : member.is_number() ? "number" : "other";
    } else {
      item["count"] = spaced(std::ssize(member));
      item["inner"] = tree_of(member, depth + 1, left, whole);
    }
    items.push_back(std::move(item));
  };
  if (value.is_object()) {
    for (auto const& [key, member] : value.items()) add(key, member);
  } else if (value.is_array()) {
    std::size_t i = 0;
    for (auto const& member : value) add(std::to_string(i++), member);
  } else {
    add("", value);
  }
  json more = false;
  if (left_out > 0) more = {{"left_out", spaced(left_out)}, {"whole_href", whole.empty() ? json(false) : json(whole)}};
  return fill("tree", {{"items", items}, {"more", more}});
}

}  // namespace

std::string tree_of(json const& value, std::size_t most_values, std::string const& whole) {
  return tree_of(value, 0, most_values, whole);
}

}  // namespace restapi::api::pages
