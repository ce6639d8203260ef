// SPDX-License-Identifier: MIT
#include "api/sentences.hpp"

#include <string>
#include <string_view>

namespace restapi::api {
namespace {

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

query::Sentences const& sentences() {
  static_assert(most_rows == 400);
  static constexpr query::Sentences all{.too_many_rows = "Limit and perpage cannot be bigger than 400",
                                        .only_assignment = only_assignment,
                                        .repeated_key = repeated_key,
                                        .no_such_object = no_such_object};
  return all;
}

}  // namespace restapi::api
