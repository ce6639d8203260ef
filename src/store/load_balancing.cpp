// SPDX-License-Identifier: MIT
#include "store/load_balancing.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "store/postgresql_uri.hpp"

namespace restapi::store {
namespace {

constexpr std::string_view keyword = "load_balance_hosts";
constexpr std::string_view blanks = " \t\n\r\v\f";

/// A part of the text that may be one setting.
struct Part {
  std::string_view key;
  std::string value;
  std::size_t begin, end;
};

/// Where the parameters of a URI begin. A password may hold a question mark; it ends at the first @.
std::size_t parameters_of(std::string_view uri) {
  auto const begin = uri.find("://") + 3;
  auto const stop = uri.find_first_of("@/", begin);
  auto const question = uri.find('?', stop != uri.npos && uri[stop] == '@' ? stop : begin);
  return question == uri.npos ? uri.size() : question + 1;
}

/// `begin`: of a parameter; its end includes the & behind it.
Part parameter_at(std::string_view uri, std::size_t begin) {
  auto const ampersand = uri.find('&', begin);
  auto const written = uri.substr(begin, ampersand == uri.npos ? uri.npos : ampersand - begin);
  auto const equals = written.find('=');
  return {written.substr(0, equals), std::string(equals == written.npos ? "" : written.substr(equals + 1)), begin,
          ampersand == uri.npos ? uri.size() : ampersand + 1};
}

/// As libpq reads `key = value`, `key='a b'` and `key=a\ b` (PostgreSQL 15, 34.1.1.1).
Part setting_at(std::string_view text, std::size_t begin) {
  auto const skip = [&](std::size_t at) { return std::min(text.find_first_not_of(blanks, at), text.size()); };
  auto const key_begin = skip(begin);
  auto const key_end = std::min(text.find_first_of(" \t\n\r\v\f=", key_begin), text.size());
  Part part{text.substr(key_begin, key_end - key_begin), {}, begin, key_end};
  auto at = skip(key_end);
  if (at == text.size() || text[at] != '=') {
    part.end = at;
    return part;
  }
  at = skip(at + 1);
  bool const is_quoted = at < text.size() && text[at] == '\'';
  if (is_quoted) ++at;
  for (; at < text.size(); ++at) {
    if (is_quoted ? text[at] == '\'' : blanks.find(text[at]) != blanks.npos) break;
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    part.value += text[at];
  }
  part.end = std::min(at + (is_quoted ? 1 : 0), text.size());
  return part;
}

constexpr std::array values{std::pair{std::string_view("random"), LoadBalancing::random},
                            std::pair{std::string_view("disable"), LoadBalancing::disable}};

}  // namespace

Result<BalancedText> take_load_balancing(std::string const& text) {
  if (text.find(keyword) == text.npos) return BalancedText{text};
  bool const is_uri = is_postgresql_uri(text);
  auto const part_at = is_uri ? parameter_at : setting_at;
  std::size_t at = is_uri ? parameters_of(text) : 0;
  BalancedText balanced{text.substr(0, at)};
  while (at < text.size()) {
    auto const part = part_at(text, at);
    at = part.end;
    if (part.key != keyword) {
      balanced.text += text.substr(part.begin, part.end - part.begin);
      continue;
    }
    bool is_known = false;
    for (auto const& [name, balancing] : values) {
      if (part.value != name) continue;
      balanced.balancing = balancing;
      is_known = true;
    }
    // The value is not shown: in a malformed text it may be a password.
    if (!is_known)
      return Error{Code::source_refused, "the load_balance_hosts of the source is neither random nor disable",
                   "random, which is the default, lets each server begin with another host, disable with the first"};
  }
  return balanced;
}

}  // namespace restapi::store
