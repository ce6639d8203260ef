// SPDX-License-Identifier: MIT
#include "api/feed/socket_io/workspace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace restapi::api::feed::socket_io {
namespace {

constexpr std::size_t longest_id = 1000;  // bytes

std::string text_at(nlohmann::json const& object, char const* key) {
  auto const found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

bool is_whole_profile(std::string_view id, std::string_view profile) { return id == "*" || id == profile; }

std::optional<std::string> uuid_of_group(std::string_view id) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (id.size() != shape.size()) return std::nullopt;
  std::string uuid(id);
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    auto& byte = uuid[i];
    if (byte >= 'A' && byte <= 'F') byte = static_cast<char>(byte - 'A' + 'a');
    bool const is_digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
    if (shape[i] == 'x' ? !is_digit : byte != shape[i]) return std::nullopt;
  }
  return uuid;
}

std::string offset_text(std::string_view cursor, std::string_view workspace) {
  return std::string(cursor) + '~' + std::string(workspace);
}

// A cursor has no tilde.
std::optional<Offset> read_offset(std::string_view text) {
  auto const mark = text.find('~');
  if (mark == text.npos || text.size() - mark > longest_id) return std::nullopt;
  return Offset{std::string(text.substr(0, mark)), std::string(text.substr(mark + 1))};
}

Result<std::string> wanted_workspace(std::string const& arguments) {
  auto const all = nlohmann::json::parse("[" + arguments + "]", nullptr, false);
  if (all.is_discarded() || all.empty() || !all.front().is_string())
    return Error{Code::wrong_type, "the id of a workspace is missing"};
  auto id = all.front().get<std::string>();
  if (id.empty() || id.size() > longest_id) return Error{Code::wrong_type, "this is no id of a workspace"};
  return id;
}

Auth read_auth(std::string_view json) {
  auto const object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object()) return {};
  auto token = text_at(object, "token");
  if (token.empty()) token = text_at(object, "jwt_token");
  return {token, text_at(object, "pid"), text_at(object, "offset")};
}

}  // namespace restapi::api::feed::socket_io
