// SPDX-License-Identifier: MIT
/// The response cache: finished responses under the version of the data that they were made from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/cache/versioned_cache.hpp"
#include "http/message.hpp"

namespace restapi::api {

/// An answer, and of which endpoint it is.
struct CachedAnswer {
  http::SharedResponse response;
  std::string_view route;  ///< a literal (Account::route)
};

/// Any thread may call.
class AnswerCache {
 public:
  explicit AnswerCache(std::size_t budget) : answers_(budget) {}

  std::shared_ptr<CachedAnswer const> find(std::string_view key, store::Version const& version) {
    return answers_.find(key, version);
  }

  /// Whether there is an answer of any version.
  bool contains(std::string_view key) const { return answers_.contains(key); }

  /// Whether an answer of that size would be kept.
  bool keeps(http::Response const& response) const { return answers_.keeps(response.body.size()); }

  void insert(std::string key, store::Version version, std::shared_ptr<CachedAnswer const> answer);

  /// Bytes, about.
  std::size_t used() const { return answers_.used(); }

 private:
  VersionedCache<CachedAnswer> answers_;
};

/// The ETag (RFC 9110 §8.8.3) of the answer with that key under that version: equal tags mean equal answers.
std::string etag_of(std::string_view key, store::Version const& version);

/// Whether an If-None-Match header names the tag.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace restapi::api
