// SPDX-License-Identifier: MIT
#include "base/json_value.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/json_text.hpp"

namespace restapi {
namespace {

using Kind = JsonValue::Kind;

// Its numbers are only read as texts here, but the parser refuses what is beyond their range: 1e399, with double.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, long double>;

/// As a dictionary of Python: the place of the first one, the value of the last one.
void keep_last_of_each(JsonValue& object) {
  std::map<std::string_view, std::size_t> places;
  std::vector<bool> is_kept(object.keys.size());
  for (std::size_t i = 0; i < object.keys.size(); ++i) {
    auto const [place, is_new] = places.try_emplace(object.keys[i], i);
    is_kept[i] = is_new;
    if (!is_new) object.items[place->second] = std::move(object.items[i]);
  }
  if (places.size() == object.keys.size()) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < is_kept.size(); ++i) {
    if (!is_kept[i]) continue;
    if (kept != i) {
      object.keys[kept] = std::move(object.keys[i]);
      object.items[kept] = std::move(object.items[i]);
    }
    ++kept;
  }
  object.keys.resize(kept);
  object.items.resize(kept);
}

class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(std::size_t deepest) : deepest_(deepest) {}

  bool null() override { return place({}); }
  bool boolean(bool value) override { return place({Kind::boolean, value}); }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t, string_t const& written) override { return number(written); }
  bool string(string_t& value) override { return is_clean(value) && place({Kind::text, false, std::move(value)}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Kind::object); }
  bool start_array(std::size_t) override { return open(Kind::list); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (!is_clean(name)) return false;
    open_.back().keys.push_back(std::move(name));
    return true;
  }

  bool end_object() override {
    keep_last_of_each(open_.back());
    return close();
  }

  bool parse_error(std::size_t position, std::string const&, nlohmann::detail::exception const&) override {
    error_ = Error{Code::syntax, "the body is no JSON: it cannot be read beyond byte " + std::to_string(position),
                   "an object, such as {\"path\": [{\"entity_type\": \"\", \"tag\": \"node\"}]}"};
    return false;
  }

  std::optional<Error>& error() { return error_; }
  JsonValue& root() { return root_; }

 private:
  bool place(JsonValue value) {
    (open_.empty() ? root_ : open_.back().items.emplace_back()) = std::move(value);
    return true;
  }

  bool number(std::string written) { return place({Kind::number, false, std::move(written)}); }

  bool open(Kind kind) {
    if (open_.size() == deepest_) {
      error_ = Error{Code::out_of_range,
                     "the body is nested deeper than " + std::to_string(deepest_) + " lists and objects", ""};
      return false;
    }
    open_.push_back({kind});
    return true;
  }

  bool close() {
    auto value = std::move(open_.back());
    open_.pop_back();
    return place(std::move(value));
  }

  // No database keeps one in a text, and PostgreSQL refuses it in a value.
  bool is_clean(std::string_view text) {
    if (text.find('\0') == std::string_view::npos) return true;
    error_ = Error{Code::syntax, "the body has a text with the character \\u0000", "no text of a database has it"};
    return false;
  }

  std::size_t const deepest_;
  std::vector<JsonValue> open_;
  JsonValue root_;
  std::optional<Error> error_;
};

}  // namespace

JsonValue const* JsonValue::find(std::string_view key) const {
  auto const found = std::ranges::find(keys, key);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

std::string_view spoken(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
  }
  return {};
}

Result<JsonValue> read_json(std::string_view text, std::size_t deepest) {
  Builder builder(deepest);
  if (Json::sax_parse(text, &builder)) return std::move(builder.root());
  return builder.error().value_or(Error{Code::syntax, "the body is no JSON"});
}

void append_json(std::string& out, JsonValue const& value) {
  bool const is_object = value.is(Kind::object);
  switch (value.kind) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case Kind::number:
      out += value.text;
      return;
    case Kind::text:
      append_json_string(out, value.text);
      return;
    case Kind::list:
    case Kind::object:
      out += is_object ? '{' : '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        if (is_object) {
          append_json_string(out, value.keys[i]);
          out += ':';
        }
        append_json(out, value.items[i]);
      }
      out += is_object ? '}' : ']';
  }
}

}  // namespace restapi
