// SPDX-License-Identifier: MIT
/// Asks the API's own addresses within a request: a page shows nothing that the API does not give.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/version.hpp"
#include "base/result.hpp"

namespace restapi::api::pages {

/// What reading an answer needs that is known when it is planned. Both live as long as what is open.
struct Surroundings {
  model::Catalog const* catalog;
  query::Policy const* policy;
};

struct Got {
  nlohmann::json data;  ///< what stands under "data"
  std::optional<std::int64_t> total;
};

/// One request; one thread.
class Client {
 public:
  Client(ReadContext const& context, Surroundings surroundings) : context_(context), surroundings_(surroundings) {}

  /// `address`: within the profile, "/api/v2/nodes?limit=10". Nothing: it is refused (status 4xx). Throws Interrupted
  /// where the database fails.
  std::optional<Got> get(std::string_view address) const;

  /// The answer in the format that the path ends in, as text.
  std::optional<std::string> text(std::string_view address) const;

 private:
  struct Read {
    http::Response response;
    std::optional<std::int64_t> total;
  };
  Result<Read> read(std::string_view address) const;
  std::optional<Read> find(std::string_view address) const;

  ReadContext const& context_;
  Surroundings const surroundings_;
};

/// The default format of a version.
Format const& json_of(ApiVersion const& api);

/// Bytes of JSON of which a page is made; more takes too much memory, and nobody reads it.
inline constexpr std::size_t largest_shown = std::size_t{2} << 20;

/// What stands under "data" of an answer in JSON, or all of it; null: it is too large, or no JSON.
nlohmann::json data_in(std::string const& body);

}  // namespace restapi::api::pages
