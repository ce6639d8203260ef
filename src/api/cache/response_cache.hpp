// SPDX-License-Identifier: MIT
/// The response cache: finished responses under the version of the data that they were made from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/cache/versioned_cache.hpp"
#include "http/message.hpp"

namespace restapi::api {

/// Everything that an answer depends on, but for the data. All views.
struct CacheKey {
  std::string_view format, origin;  ///< the format's name; what Access-Control-Allow-Origin says
  bool gzip = false;
  std::string_view profile;
  std::string_view root;  ///< of the addresses in the answer (PublicAddress)
  std::string_view target;
  std::string_view method = {}, body = {};  ///< where the method is none that reads; otherwise empty

  std::string text() const;
};

/// An answer and its endpoint.
struct CachedResponse {
  http::SharedResponse response;
  std::string_view route;  ///< a literal (Trace::route)
};

/// Any thread may call.
class ResponseCache {
 public:
  explicit ResponseCache(std::size_t budget) : answers_(budget) {}

  std::shared_ptr<CachedResponse const> find(std::string_view key, store::Version const& version) {
    return answers_.find(key, version);
  }

  /// Whether there is an answer of any version.
  bool contains(std::string_view key) const { return answers_.contains(key); }

  /// Whether an answer of that size would be kept.
  bool keeps(http::Response const& response) const { return answers_.keeps(response.body.size()); }

  /// `entities`: those that it depends on.
  void insert(std::string key, store::Version version, model::EntitySet entities,
              std::shared_ptr<CachedResponse const> answer);

  /// Bytes, about.
  std::size_t used() const { return answers_.used(); }

 private:
  VersionedCache<CachedResponse> answers_;
};

/// The ETag (RFC 9110 §8.8.3) of the answer with that key under that version, which depends on those tables: equal tags
/// mean equal answers.
std::string etag_of(std::string_view key, store::Version const& version, model::EntitySet entities);

/// Whether an If-None-Match header names the tag.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace restapi::api
