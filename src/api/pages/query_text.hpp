// SPDX-License-Identifier: MIT
/// The query string of a list as a person changes it on a page: a clause more, a clause less, another order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::api::pages {

/// The fields of a query string, decoded: `id>45`, `type=like="%data%"`. `&` within quotes or parentheses is text.
std::vector<std::string> clauses_of(std::string_view decoded_query);

/// The key of a clause: "type". An alternative in parentheses has none.
std::string_view key_of(std::string_view clause);

/// Whether it says which rows there are, rather than which of them are shown, and how.
bool is_filter(std::string_view clause);

/// The number that a clause gives a key: 20 for `limit=20`.
std::optional<std::int64_t> number_of(std::vector<std::string> const& clauses, std::string_view key);

/// The clauses but those of a key.
std::vector<std::string> without(std::vector<std::string> clauses, std::string_view key);

/// Percent-encoded, with "?" in front; empty: there are none.
std::string query_of(std::vector<std::string> const& clauses);

/// What a form of a page sends: `_key=label&_operator=%3D&_value=a+b&_query=…`. Nothing: it is no form.
struct Form {
  std::string key, op, value;
  std::string query;   ///< of the list so far, decoded
  std::string search;  ///< of the search field
};
std::optional<Form> form_of(std::string_view query);

/// A pattern of =like= that such a text is in: "%50\% of%".
std::string containing(std::string_view text);

/// In quotes, as a text stands in a query.
std::string in_quotes(std::string_view text);

/// As it is written in a query: in quotes where it needs them.
std::string written(std::string_view value);

}  // namespace restapi::api::pages
