// SPDX-License-Identifier: MIT
#include "repository/object.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace restapi::repository {

Result<std::size_t> Object::read(char* to, std::size_t size) {
  assert(size > 0);
  auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left()));
  auto read = wanted > 0 ? more(to, wanted) : Result<std::size_t>(std::size_t{0});
  if (!read) return read;
  assert(*read <= wanted && (*read > 0 || wanted == 0));
  position_ += *read;
  if (position_ < size_ || is_finished_) return read;
  is_finished_ = true;
  if (auto finished = finish(); !finished) return std::move(finished).error();
  return read;
}

Result<Done> Object::skip(std::uint64_t bytes) {
  if (bytes > left()) return Error{Code::out_of_range, "the file is shorter than that"};
  if (bytes == 0) return Done{};
  auto passed = pass(bytes);
  if (passed) position_ += bytes;
  return passed;
}

Result<Done> Object::pass(std::uint64_t bytes) {
  std::array<char, std::size_t{16} << 10> thrown_away;
  while (bytes > 0) {
    auto const piece = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, thrown_away.size()));
    auto const read = more(thrown_away.data(), piece);
    if (!read) return read.error();
    bytes -= *read;
  }
  return Done{};
}

Result<std::unique_ptr<Object>> Objects::open(std::string_view hash, std::uint64_t offset) {
  auto object = find(hash);
  if (!object) return object;
  if (auto skipped = (*object)->skip(offset); !skipped) return std::move(skipped).error();
  return object;
}

}  // namespace restapi::repository
