// SPDX-License-Identifier: MIT
#include "store/version.hpp"

#include <fmt/format.h>

#include <iterator>

namespace restapi::store {

bool agree(Version const& one, Version const& other, model::EntitySet read) {
  for (std::size_t i = 0; i < read.size(); ++i)
    if (read[i] && one.numbers[i] != other.numbers[i]) return false;
  return one.state == other.state;
}

std::string text_of(Version const& version, model::EntitySet read) {
  auto text = version.state;
  for (std::size_t i = 0; i < read.size(); ++i)
    if (read[i]) fmt::format_to(std::back_inserter(text), " {}:{}", i, version.numbers[i]);
  return text;
}

}  // namespace restapi::store
