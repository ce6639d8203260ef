// SPDX-License-Identifier: MIT
/// The fields of a list's form for filters, made from the schema of the resource.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace restapi::api::pages {

struct FilterFields {
  struct Counted {
    std::string key, words;
  };
  std::string html;              ///< keys to choose from, and the operators of their types
  std::vector<Counted> counted;  ///< keys whose values many rows share
};

/// The operators of the query language that a type of the schema accepts: "= != > >= …".
std::string operators_of(std::string_view type);

/// `schema`: the answer of `/api/v2/<resource>/schema`. The same schema is read once in each thread. The result lives
/// until the next call.
FilterFields const& filter_fields(std::string const& schema);

}  // namespace restapi::api::pages
