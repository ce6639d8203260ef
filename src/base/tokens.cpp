#include "base/tokens.hpp"

#include <algorithm>
#include <utility>

namespace restapi {
namespace {

constexpr std::string_view hidden = "…";
constexpr std::string_view names[] = {"access_token", "auth_token", "authorization", "api_key",      "apikey",
                                      "bearer",       "id_token",   "jwt",           "passwd",       "password",
                                      "private_key",  "secret",     "token",         "refresh_token"};

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

/// A JSON Web Token begins with `{"` in base64, and has dots.
Part find_jwt(std::string_view text, std::size_t from) {
  while ((from = text.find("eyJ", from)) != text.npos) {
    auto const end = end_of_token(text, from);
    if (text.substr(from, end - from).find('.') != std::string_view::npos) return {from, end};
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

Part find_parameter(std::string_view text, std::size_t from) {
  constexpr std::string_view separators = "?&;";
  while (from < text.size()) {
    auto const end = std::min(text.find_first_of(separators, from), text.size());
    auto const parameter = text.substr(from, end - from);
    auto const equals = parameter.find('=');
    bool const is_named = equals < parameter.size() - 1 && std::ranges::any_of(names, [&](std::string_view name) {
                            return is_same(parameter.substr(0, equals), name);
                          });
    if (is_named) return {from + equals + 1, end};
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
