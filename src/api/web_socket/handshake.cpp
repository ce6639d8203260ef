// SPDX-License-Identifier: MIT
#include "api/web_socket/handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "base/base64.hpp"

namespace restapi::api::web_socket {
namespace {

constexpr std::string_view version = "13";
constexpr std::string_view salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // §1.3
constexpr std::size_t key_size = 16;
constexpr std::string_view deflate_alone = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// The next element of a list, without blanks around it; what is behind it stays in `list`. No element of ours has a
/// separator in quotes.
std::string_view take_element(std::string_view& list, char separator) {
  auto const element = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(element.size() + 1, list.size()));
  return http::trimmed(element);
}

/// Whether one of the headers of that name, which are lists, has the token.
bool has_token(http::Request const& request, std::string_view name, std::string_view token) {
  for (auto const& [header, value] : request.headers) {
    if (!http::is_same_name(header, name)) continue;
    for (std::string_view rest = value; !rest.empty();)
      if (http::is_same_name(take_element(rest, ','), token)) return true;
  }
  return false;
}

std::string sha1(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("OpenSSL has no SHA-1");
  return {reinterpret_cast<char const*>(digest.data()), size};
}

/// 8 to 15, as a token or as a string in quotes.
bool is_window(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  constexpr std::string_view windows[] = {"8", "9", "10", "11", "12", "13", "14", "15"};
  return std::ranges::find(windows, value) != std::end(windows);
}

/// §7.1: whether its parameters are right, and none of them asks for what we do not do (server_max_window_bits).
bool is_acceptable(std::string_view offer) {
  if (!http::is_same_name(take_element(offer, ';'), "permessage-deflate")) return false;
  std::vector<std::string_view> seen;
  while (!offer.empty()) {
    auto const parameter = take_element(offer, ';');
    auto const equals = parameter.find('=');
    auto const name = http::trimmed(parameter.substr(0, equals));
    auto const has_value = equals != parameter.npos;
    auto const value = has_value ? http::trimmed(parameter.substr(equals + 1)) : std::string_view();
    if (std::ranges::find(seen, name) != seen.end()) return false;
    seen.push_back(name);
    bool const is_right = name == "client_max_window_bits" ? !has_value || is_window(value)
                                                           : !has_value && (name == "server_no_context_takeover" ||
                                                                            name == "client_no_context_takeover");
    if (!is_right) return false;
  }
  return true;
}

http::Response refusal(int status, std::string_view why) {
  return {status, {{"Content-Type", "text/plain; charset=UTF-8"}}, std::string(why)};
}

}  // namespace

bool wants_web_socket(http::Request const& request) { return has_token(request, "Upgrade", "websocket"); }

std::optional<std::string_view> accepted_extension(std::string_view offers) {
  while (!offers.empty())
    if (is_acceptable(take_element(offers, ','))) return deflate_alone;
  return std::nullopt;
}

Handshake shake_hands(http::Request const& request) {
  if (!wants_web_socket(request)) {
    auto response = refusal(426, "this is spoken to by WebSocket");
    response.headers.add("Upgrade", "websocket");
    return {std::move(response)};
  }
  if (request.method != "GET" || !has_token(request, "Connection", "upgrade"))
    return {refusal(400, "a WebSocket begins with GET and Connection: Upgrade")};
  if (http::find_header(request.headers, "Sec-WebSocket-Version") != version) {
    auto response = refusal(426, "the version of WebSocket is 13");
    response.headers.add("Sec-WebSocket-Version", version);
    return {std::move(response)};
  }
  auto const key = http::find_header(request.headers, "Sec-WebSocket-Key").value_or("");
  if (auto const bytes = from_base64(key); !bytes || bytes->size() != key_size)
    return {refusal(400, "Sec-WebSocket-Key must be 16 bytes in base64")};
  Handshake handshake{{101,
                       {{"Connection", "Upgrade"},
                        {"Upgrade", "websocket"},
                        {"Sec-WebSocket-Accept", to_base64(sha1(std::string(key).append(salt)))}},
                       {}}};
  for (auto const& [name, value] : request.headers) {
    if (handshake.deflates || !http::is_same_name(name, "Sec-WebSocket-Extensions")) continue;
    if (auto const extension = accepted_extension(value)) {
      handshake.response.headers.add("Sec-WebSocket-Extensions", *extension);
      handshake.deflates = true;
    }
  }
  return handshake;
}

}  // namespace restapi::api::web_socket
