// SPDX-License-Identifier: MIT
#include "base/tokens.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

#include "base/ascii.hpp"

namespace restapi {
namespace {

constexpr std::string_view hidden = "…";
// In lower case, without `_` and `-`. Whole names, and parts of them: `x-session-token`, `tokens`, `userPassword`.
constexpr std::string_view names[] = {"auth", "key", "pass", "pwd", "sid", "sig", "privatekey"};
constexpr std::string_view parts_of_names[] = {"apikey",     "authoriz", "authtoken", "bearer", "credential", "jwt",
                                               "passphrase", "passwd",   "password",  "secret", "signature",  "token"};

// What a token may consist of (RFC 6750 §2.1).
constexpr std::string_view token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";

bool is_same(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, ascii_lower);
}

struct Part {
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;
};

std::size_t end_of_token(std::string_view text, std::size_t begin) {
  return std::min(text.find_first_not_of(token_characters, begin), text.size());
}

int digit_of(char c) {
  return c >= '0' && c <= '9'                             ? c - '0'
         : ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ? ascii_lower(c) - 'a' + 10
                                                          : -1;
}

struct Character {
  char meant;
  std::size_t length;  // 3 where it is written as `%3d`, 5 where a proxy has made `%253d` of that
};

Character character_at(std::string_view text, std::size_t i) {
  auto const is_escape = [&](std::size_t digits) {
    return digits + 1 < text.size() && digit_of(text[digits]) >= 0 && digit_of(text[digits + 1]) >= 0;
  };
  auto const byte_at = [&](std::size_t digits) {
    return static_cast<char>(16 * digit_of(text[digits]) + digit_of(text[digits + 1]));
  };
  if (text[i] != '%' || !is_escape(i + 1)) return {text[i], 1};
  if (byte_at(i + 1) == '%' && is_escape(i + 3)) return {byte_at(i + 3), 5};
  return {byte_at(i + 1), 3};
}

/// A JSON Web Token begins with `{"` in base64, and has dots. Each of its characters may be encoded.
Part find_jwt(std::string_view text, std::size_t from) {
  constexpr std::string_view beginning = "eyJ";
  if (text.find(beginning, from) == text.npos && text.find('%', from) == text.npos) return {};
  for (auto begin = from; begin < text.size(); begin += character_at(text, begin).length) {
    std::size_t seen = 0;
    bool has_dot = false;
    auto end = begin;
    while (end < text.size()) {
      auto const [c, length] = character_at(text, end);
      if (seen < beginning.size() ? c != beginning[seen] : token_characters.find(c) == token_characters.npos) break;
      has_dot = has_dot || c == '.';
      ++seen;
      end += length;
    }
    if (seen >= beginning.size() && has_dot) return {begin, end};
    if (seen > beginning.size()) begin = end - 1;  // each character is looked at a few times at most
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

/// What stands before a value: `access_token` of `acc%65ss%5ftoken=`, `?token[]=`, `{"access_token":`.
class Name {
 public:
  void add(char c) {
    if (c == ' ' || c == '"' || c == '\'') {
      has_ended_ = true;
      return;
    }
    if (has_ended_) clear();
    if (c == '[') {  // `token[]=`, `a[token]=`
      if (!is_secret()) return clear();
      is_passed_over_ = true;
    }
    // `!` of `token!=`
    if (is_passed_over_ || c == '_' || c == '-' || c == ']' || c == '!') return;
    if (length_ == text_.size()) {  // the end of a name is what says most
      std::ranges::copy(std::span(text_).last(text_.size() / 2), text_.begin());
      length_ = text_.size() / 2;
    }
    text_[length_++] = ascii_lower(c);
  }
  void clear() {
    length_ = 0;
    has_ended_ = is_passed_over_ = false;
  }
  bool is_secret() const {
    std::string_view const name(text_.data(), length_);
    return std::ranges::find(names, name) != std::end(names) ||
           std::ranges::any_of(parts_of_names, [&](auto part) { return name.find(part) != name.npos; });
  }

 private:
  std::array<char, 32> text_ = {};
  std::size_t length_ = 0;
  bool has_ended_ = false;       // what follows is another one
  bool is_passed_over_ = false;  // what follows is none
};

/// The value of `name=value`, `name:value` or `name>value`, also in an address that is itself a value, and so encoded.
Part find_parameter(std::string_view text, std::size_t from) {
  constexpr std::string_view before_names = "?&;#/,{(", after_values = "?&;#";
  Name name;
  for (auto i = from; i < text.size();) {
    auto const [c, length] = character_at(text, i);
    i += length;
    bool const is_sign = c == '=' || c == ':' || c == '<' || c == '>';
    if (is_sign && name.is_secret() && i < text.size() && after_values.find(text[i]) == text.npos)
      return {i, std::min(text.find_first_of(after_values, i), text.size())};
    if (is_sign || before_names.find(c) != before_names.npos)
      name.clear();
    else
      name.add(c);
  }
  return {};
}

/// `user:secret` of `http://user:secret@host/`, and of `user:secret@host:443`, which only a whole text can be.
Part find_user(std::string_view text, std::size_t from) {
  constexpr std::string_view after_authority = "/?# \"<>";
  bool is_authority = from == 0 && !text.starts_with('/');
  bool has_colon = false, needs_colon = true;  // elsewhere a mere name may be a token
  bool is_after_slash = false;
  Part user;
  for (auto i = from, begin = from; i < text.size();) {
    auto const [c, length] = character_at(text, i);
    if (is_authority && c == '@' && i > begin && (has_colon || !needs_colon)) user = {begin, i};
    has_colon = has_colon || c == ':';
    i += length;
    if (after_authority.find(c) == after_authority.npos) {
      is_after_slash = false;
      continue;
    }
    if (user.begin != text.npos) return user;
    is_authority = c == '/' && is_after_slash;
    is_after_slash = c == '/';
    needs_colon = false;
    begin = i;
  }
  return user;
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
  text = without(find_user, text, room);
  text = without(find_parameter, text, room);
  text = without(find_jwt, text, room);
  return without(find_bearer, text, room);
}

}  // namespace restapi
