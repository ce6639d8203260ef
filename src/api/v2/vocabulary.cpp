// SPDX-License-Identifier: MIT
#include "api/v2/vocabulary.hpp"

#include <string>

#include "api/related_resources.hpp"
#include "api/v2/fields.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/limits.hpp"

namespace restapi::api::v2 {
namespace {

constexpr query::Synonym synonyms[] = {{"pk", "id"}};

std::string only_assignment(std::string_view key) {
  return "only assignment operator '=' is permitted after '" + std::string(key) + "'";
}

std::string repeated_key(std::string_view key) { return "You cannot specify " + std::string(key) + " more than once"; }

// A client controls the length of the id.
std::string no_such_object(std::string_view id, std::string_view class_name) {
  return "either no object's id starts with '" + std::string(id.substr(0, 64)) +
         "' or the corresponding object is not of type " + std::string(class_name);
}

}  // namespace

query::Vocabulary const& vocabulary() {
  static query::Vocabulary const vocabulary{.views = {resources().begin(), resources().end()},
                                            .related = {related_resources().begin(), related_resources().end()},
                                            .keys = reserved_keys(),
                                            .ignored_key = "_",  // libraries of browsers add it to get round caches
                                            .synonyms = synonyms,
                                            .misnomers = misnomers(),
                                            .limits = limits,
                                            .sentences = {.too_many_rows = too_many_rows,
                                                          .only_assignment = only_assignment,
                                                          .repeated_key = repeated_key,
                                                          .no_such_object = no_such_object}};
  return vocabulary;
}

}  // namespace restapi::api::v2
