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

/// Of a file of a node.
struct FilePart {
  std::uint64_t size;  ///< of the whole file
  std::string text;    ///< some of its bytes, whatever they are
};

/// Which of its bytes.
enum class Bytes { none, first, last };

/// The most that is read of a file.
inline constexpr std::size_t most_of_file = std::size_t{256} << 10;

/// One request; one thread.
class Client {
 public:
  Client(ReadContext const& context, Surroundings surroundings) : context_(context), surroundings_(surroundings) {}

  /// `address`: within the profile, "/api/v2/nodes?limit=10". Nothing: it is refused (status 4xx). Throws Interrupted
  /// where the database fails.
  std::optional<Got> get(std::string_view address) const;

  /// The answer in the format that the path ends in, as text.
  std::optional<std::string> text(std::string_view address) const;

  /// What a program makes of the text of a file in JSON: `download?download_format=json`. Nothing: as above, or more
  /// than can be shown.
  std::optional<nlohmann::json> exported(std::string const& node_address) const;

  /// A file that the address gives. Errors: those of the address, and of reading the file.
  Result<FilePart> file(std::string_view address, Bytes bytes) const;

 private:
  struct Asked;
  Result<Asked> ask(std::string_view address) const;
  std::optional<Asked> find(std::string_view address) const;
  std::string body_of(Asked const& asked) const;

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
