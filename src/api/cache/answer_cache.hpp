// SPDX-License-Identifier: MIT
/// Finished responses under the version of the data that they were made from, and who is making one right now.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/cache/versioned_cache.hpp"
#include "base/keyed_hash.hpp"
#include "http/message.hpp"

namespace restapi::api {

/// An answer, and of which endpoint it is.
struct RememberedAnswer {
  http::SharedResponse response;
  std::string_view route;  ///< a literal (Account::route)
};

/// Any thread may call.
class AnswerCache {
 public:
  explicit AnswerCache(std::size_t budget) : answers_(budget) {}

  std::shared_ptr<RememberedAnswer const> find(std::string_view key, store::Version const& version) {
    return answers_.find(key, version);
  }

  /// Whether there is an answer of any version.
  bool contains(std::string_view key) const { return answers_.contains(key); }

  /// Whether an answer of that size would be kept.
  bool keeps(http::Response const& response) const { return answers_.keeps(response.body.size()); }

  void insert(std::string key, store::Version version, std::shared_ptr<RememberedAnswer const> answer);

  /// Bytes, about.
  std::size_t used() const { return answers_.used(); }

  /// Held by the one who makes the answer of a key; others wait meanwhile.
  class Claim {
   public:
    Claim(AnswerCache& cache, std::string key) : cache_(cache), key_(std::move(key)) {}
    ~Claim();
    Claim(Claim const&) = delete;
    Claim& operator=(Claim const&) = delete;
    std::string const& key() const { return key_; }

   private:
    AnswerCache& cache_;
    std::string key_;
  };

  /// Null: somebody has it.
  std::shared_ptr<Claim> claim(std::string const& key);

  /// The claim that somebody has, while it lasts.
  std::weak_ptr<Claim const> find_claim(std::string const& key) const;

 private:
  VersionedCache<RememberedAnswer> answers_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<Claim const>, KeyedHash> claims_;
};

/// The ETag (RFC 9110 §8.8.3) of the answer with that key under that version: equal tags mean equal answers.
std::string etag_of(std::string_view key, store::Version const& version);

/// Whether an If-None-Match header names the tag.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace restapi::api
