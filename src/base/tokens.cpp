// SPDX-License-Identifier: MIT
#include "base/tokens.hpp"

#include <algorithm>
#include <utility>

namespace restapi {
namespace {

constexpr std::string_view hidden = "…";
constexpr std::string_view names[] = {"access_token",  "auth_token",  "authorization", "api_key", "apikey",
                                      "client_secret", "bearer",      "id_token",      "jwt",     "passwd",
                                      "password",      "private_key", "secret",        "token",   "refresh_token"};

// What a token may consist of (RFC 6750 §2.1).
constexpr std::string_view token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_same(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

struct Part {
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;
};

std::size_t end_of_token(std::string_view text, std::size_t begin) {
  return std::min(text.find_first_not_of(token_characters, begin), text.size());
}

bool has_dot(std::string_view text) {
  return text.find('.') != text.npos || text.find("%2e") != text.npos || text.find("%2E") != text.npos;
}

/// A JSON Web Token begins with `{"` in base64, and has dots, perhaps encoded ones.
Part find_jwt(std::string_view text, std::size_t from) {
  while ((from = text.find("eyJ", from)) != text.npos) {
    auto end = end_of_token(text, from);
    while (end < text.size() && text[end] == '%') end = end_of_token(text, end + 1);
    if (has_dot(text.substr(from, end - from))) return {from, end};
    from = end;
  }
  return {};
}

/// What follows `Bearer` and a blank, also an encoded one.
Part find_bearer(std::string_view text, std::size_t from) {
  for (; (from = text.find_first_of("bB", from)) != text.npos; ++from) {
    constexpr std::string_view word = "bearer";
    if (!is_same(text.substr(from, word.size()), word)) continue;
    auto const after = text.substr(from + word.size());
    auto const blank = after.starts_with("%20") ? 3U : after.starts_with(' ') || after.starts_with('+') ? 1U : 0U;
    auto const begin = from + word.size() + blank;
    if (auto const end = end_of_token(text, begin); blank > 0 && end > begin) return {begin, end};
  }
  return {};
}

int digit_of(char c) {
  return c >= '0' && c <= '9' ? c - '0' : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

/// `access_token` of `acc%65ss%5ftoken`.
std::string decoded(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool const is_escape =
        name[i] == '%' && i + 2 < name.size() && digit_of(name[i + 1]) >= 0 && digit_of(name[i + 2]) >= 0;
    text += is_escape ? static_cast<char>(16 * digit_of(name[i + 1]) + digit_of(name[i + 2])) : name[i];
    if (is_escape) i += 2;
  }
  return text;
}

bool is_secret(std::string_view name) {
  constexpr std::size_t longest = 64;  // no name is longer, however it is encoded
  if (name.size() > longest) return false;
  auto const plain = name.find('%') == name.npos ? std::string() : decoded(name);
  auto const meant = plain.empty() ? name : std::string_view(plain);
  return std::ranges::any_of(names, [&](std::string_view one) { return is_same(meant, one); });
}

Part find_parameter(std::string_view text, std::size_t from) {
  constexpr std::string_view separators = "?&;";
  while (from < text.size()) {
    auto const end = std::min(text.find_first_of(separators, from), text.size());
    auto const parameter = text.substr(from, end - from);
    auto const equals = parameter.find('=');
    if (equals < parameter.size() - 1 && is_secret(parameter.substr(0, equals))) return {from + equals + 1, end};
    from = end + 1;
  }
  return {};
}

/// One pass over the text, however much is replaced.
std::string_view without(Part (*find)(std::string_view, std::size_t), std::string_view text, std::string& room) {
  auto part = find(text, 0);
  if (part.begin == text.npos) return text;
  std::string replaced;
  std::size_t shown = 0;
  for (; part.begin != text.npos; part = find(text, shown)) {
    replaced.append(text.substr(shown, part.begin - shown)).append(hidden);
    shown = part.end;
  }
  replaced += text.substr(shown);
  room = std::move(replaced);
  return room;
}

}  // namespace

std::string_view without_tokens(std::string_view text, std::string& room) {
  text = without(find_parameter, text, room);
  text = without(find_jwt, text, room);
  return without(find_bearer, text, room);
}

}  // namespace restapi
