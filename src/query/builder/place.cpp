// SPDX-License-Identifier: MIT
#include "query/builder/place.hpp"

#include "base/suggest.hpp"
#include "base/utf8.hpp"

namespace restapi::query::builder {
namespace {

constexpr std::size_t longest_name = 64;

std::string_view shortened(std::string_view name) {
  if (name.size() <= longest_name) return name;
  auto end = longest_name;
  while (end > 0 && !utf8::is_valid(name.substr(0, end))) --end;
  return name.substr(0, end);
}

std::string escaped(std::string_view key) {
  std::string text;
  for (char const byte : shortened(key)) {
    if (byte == '~')
      text += "~0";
    else if (byte == '/')
      text += "~1";
    else
      text += byte;
  }
  return text;
}

}  // namespace

std::string Place::pointer() const {
  if (in_ == nullptr) return {};
  return in_->pointer() + '/' + (is_index_ ? std::to_string(index_) : escaped(key_));
}

Error error_at(Place const& place, Code code, std::string_view what, std::string hint) {
  auto const pointer = place.pointer();
  return {code, (pointer.empty() ? std::string("the body") : pointer) + ": " + std::string(what), std::move(hint)};
}

Error wrong_kind(Place const& place, std::string_view wanted, JsonValue const& value, std::string hint) {
  return error_at(place, Code::wrong_type, "takes " + std::string(wanted) + ", not " + std::string(spoken(value.kind)),
                  std::move(hint));
}

std::string known_names(std::string_view written, std::string_view what, std::span<std::string_view const> known) {
  std::string text;
  if (auto const meant = nearest(shortened(written), known)) text = "did you mean " + quoted(*meant) + "? ";
  text += what;
  for (char const* before = ": "; auto const name : known) {
    text += before;
    text += name;
    before = ", ";
  }
  return text;
}

std::string quoted(std::string_view name) { return '"' + std::string(shortened(name)) + '"'; }

}  // namespace restapi::query::builder
