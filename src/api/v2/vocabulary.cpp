// SPDX-License-Identifier: MIT
#include "api/v2/vocabulary.hpp"

#include "api/related_resources.hpp"
#include "api/sentences.hpp"
#include "api/v2/fields.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/limits.hpp"

namespace restapi::api::v2 {
namespace {

constexpr query::Synonym synonyms[] = {{"pk", "id"}};

}  // namespace

query::Vocabulary const& vocabulary() {
  static query::Vocabulary const vocabulary{.views = {resources().begin(), resources().end()},
                                            .related = {related_resources().begin(), related_resources().end()},
                                            .keys = reserved_keys(),
                                            .ignored_key = "_",  // libraries of browsers add it to get round caches
                                            .synonyms = synonyms,
                                            .misnomers = misnomers(),
                                            .limits = limits,
                                            .sentences = sentences()};
  return vocabulary;
}

}  // namespace restapi::api::v2
