// SPDX-License-Identifier: MIT
#include "api/cache/response_cache.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/keyed_hash.hpp"
#include "base/program_version.hpp"

namespace restapi::api {

std::string CacheKey::text() const {
  auto key = fmt::format("{} {}{}\n{}\n{}\n{}", format, int{gzip}, origin, profile, root, target);
  if (!method.empty()) fmt::format_to(std::back_inserter(key), "\n{} {}", method, keyed_digest(body));
  return key;
}

void ResponseCache::insert(std::string key, store::Version version, model::EntitySet entities,
                           std::shared_ptr<CachedResponse const> answer) {
  auto const bytes = allocated(sizeof(CachedResponse) + control_block) + answer->response.held_bytes();
  answers_.insert(std::move(key), std::move(version), entities, std::move(answer), bytes);
}

std::string etag_of(std::string_view key, store::Version const& version, model::EntitySet entities) {
  auto text = text_of(version, entities);
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
