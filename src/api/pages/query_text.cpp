// SPDX-License-Identifier: MIT
#include "api/pages/query_text.hpp"

#include <algorithm>
#include <charconv>

#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

constexpr std::string_view reserved[] = {"limit", "offset", "perpage", "orderby", "fields", "count", "after"};

/// Of a form (WHATWG URL, application/x-www-form-urlencoded).
std::string form_decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = http::percent_decode(spaced);
  return decoded ? *std::move(decoded) : spaced;
}

}  // namespace

std::vector<std::string> clauses_of(std::string_view decoded_query) {
  std::vector<std::string> clauses;
  std::string clause;
  int depth = 0;
  bool is_quoted = false;
  for (char const c : decoded_query) {
    if (c == '"') is_quoted = !is_quoted;
    if (!is_quoted) depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == '&' && !is_quoted && depth <= 0) {
      if (!clause.empty()) clauses.push_back(std::move(clause));
      clause.clear();
    } else {
      clause += c;
    }
  }
  if (!clause.empty()) clauses.push_back(std::move(clause));
  return clauses;
}

std::string_view key_of(std::string_view clause) { return clause.substr(0, clause.find_first_of("=<>!(")); }

bool is_filter(std::string_view clause) { return std::ranges::find(reserved, key_of(clause)) == std::end(reserved); }

std::optional<std::int64_t> number_of(std::vector<std::string> const& clauses, std::string_view key) {
  for (std::string_view const clause : clauses) {
    if (key_of(clause) != key) continue;
    auto const text = clause.substr(std::min(clause.size(), key.size() + 1));
    std::int64_t number = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc() && end == text.data() + text.size()) return number;
  }
  return std::nullopt;
}

std::vector<std::string> without(std::vector<std::string> clauses, std::string_view key) {
  std::erase_if(clauses, [&](auto const& clause) { return key_of(clause) == key; });
  return clauses;
}

std::string query_of(std::vector<std::string> const& clauses) {
  std::string query;
  for (auto const& clause : clauses) (query += query.empty() ? "?" : "&") += http::percent_encode(clause);
  return query;
}

std::optional<Form> form_of(std::string_view query) {
  // A key of the language never begins so; "_" alone is what some clients add so that nothing is cached.
  bool const is_form = query.starts_with("_key=") || query.starts_with("_query=") || query.starts_with("_find=");
  if (!is_form) return std::nullopt;
  Form form;
  struct Field {
    std::string_view name;
    std::string Form::*value;
  };
  constexpr Field fields[] = {{"_key", &Form::key},
                              {"_operator", &Form::op},
                              {"_value", &Form::value},
                              {"_query", &Form::query},
                              {"_find", &Form::search}};
  while (!query.empty()) {
    auto const pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    auto const equals = std::min(pair.find('='), pair.size());
    for (auto const& [name, value] : fields)
      if (pair.substr(0, equals) == name) form.*value = form_decoded(pair.substr(std::min(pair.size(), equals + 1)));
  }
  while (form.search.starts_with(' ')) form.search.erase(0, 1);
  while (form.search.ends_with(' ')) form.search.pop_back();
  return form;
}

std::string containing(std::string_view text) {
  std::string pattern = "%";
  for (char const c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

// Numbers, words and dates stand as they are; so does what is quoted already.
std::string written(std::string_view value) {
  bool const is_time = !value.empty() && value.front() >= '0' && value.front() <= '9';  // may have colons
  bool const is_plain = !value.empty() && value != "-" && std::ranges::all_of(value, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("_.-").find(c) != std::string_view::npos || (is_time && c == ':');
  });
  if (is_plain || (value.size() > 1 && value.starts_with('"') && value.ends_with('"'))) return std::string(value);
  return in_quotes(value);
}

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (char const c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace restapi::api::pages
