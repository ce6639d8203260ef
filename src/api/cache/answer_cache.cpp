// SPDX-License-Identifier: MIT
#include "api/cache/answer_cache.hpp"

#include "base/keyed_hash.hpp"
#include "base/program_version.hpp"

namespace restapi::api {

void AnswerCache::insert(std::string key, store::Version version, std::shared_ptr<RememberedAnswer const> answer) {
  auto const bytes = allocated(sizeof(RememberedAnswer) + control_block) + answer->response.held_bytes();
  answers_.insert(std::move(key), std::move(version), std::move(answer), bytes);
}

AnswerCache::Claim::~Claim() {
  std::lock_guard const lock(cache_.mutex_);
  cache_.claims_.erase(key_);
}

std::shared_ptr<AnswerCache::Claim> AnswerCache::claim(std::string const& key) {
  std::lock_guard const lock(mutex_);
  auto const [entry, is_new] = claims_.try_emplace(key);
  if (!is_new) return nullptr;
  auto claim = std::make_shared<Claim>(*this, key);
  entry->second = claim;
  return claim;
}

std::weak_ptr<AnswerCache::Claim const> AnswerCache::find_claim(std::string const& key) const {
  std::lock_guard const lock(mutex_);
  auto const found = claims_.find(key);
  return found == claims_.end() ? std::weak_ptr<Claim const>() : found->second;
}

std::string etag_of(std::string_view key, store::Version const& version) {
  auto text = version;
  text += '\n';
  text += key;
  text += '\n';
  text += program_version();
  return '"' + keyed_digest(text) + '"';
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != if_none_match.npos;
}

}  // namespace restapi::api
