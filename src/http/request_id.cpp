// SPDX-License-Identifier: MIT
#include "http/request_id.hpp"

#include <algorithm>
#include <charconv>
#include <random>

#include "base/tokens.hpp"

namespace restapi::http {
namespace {

constexpr std::size_t longest_id = 128;
constexpr int base = 36;
constexpr std::size_t longest_number = 13;  // of 64 bits in base 36

bool is_safe(char c) {
  bool const is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_word || std::string_view("-._~:/+=@").find(c) != std::string_view::npos;
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id && std::all_of(text.begin(), text.end(), is_safe);
}

RequestIds::RequestIds() {
  std::random_device random;
  std::uniform_int_distribution<int> digit(0, base - 1);
  std::generate(prefix_.begin(), prefix_.end(), [&] { return "0123456789abcdefghijklmnopqrstuvwxyz"[digit(random)]; });
  prefix_.back() = '-';
}

bool is_token(std::string_view text) {
  std::string room;
  return without_tokens(text, room).data() != text.data();
}

std::string RequestIds::next() {
  std::array<char, std::tuple_size_v<decltype(prefix_)> + longest_number> text;
  auto const begin = std::copy(prefix_.begin(), prefix_.end(), text.begin());
  auto const number = count_.fetch_add(1, std::memory_order_relaxed) + 1;
  auto const end = std::to_chars(begin, text.data() + text.size(), number, base).ptr;
  return {text.data(), end};
}

}  // namespace restapi::http
