// SPDX-License-Identifier: MIT
/// Lists of preferences in headers: Accept and its relatives (RFC 9110 §12.4.2, §12.5).
#pragma once

#include <functional>
#include <string_view>

namespace restapi::http {

/// Types, codings and parameter names ignore case (RFC 9110 §8.3.1, §8.4.1, §5.6.6).
bool is_same_token(std::string_view one, std::string_view other);

/// Calls for each element of a list, with whether its weight is zero: "not this one".
void for_each_preference(std::string_view list, std::function<void(std::string_view, bool)> const& call);

/// The weight that an Accept header gives a media type, in thousandths: that of the most specific range that it is in
/// (RFC 9110 §12.5.1). A weight that is none counts as 1000; 0: it is refused, or is in none of them.
int weight_of(std::string_view accept, std::string_view media_type);

/// Whether an Accept-Encoding header (RFC 9110 §12.5.3) takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace restapi::http
