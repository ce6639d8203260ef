// SPDX-License-Identifier: MIT
#include "http/target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace restapi::http {
namespace {

constexpr std::string_view after_scheme = "://";

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

// The byte that "%XX" at the start of the text stands for, or -1.
int escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%' || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0) return -1;
  return hex_digit(text[1]) * 16 + hex_digit(text[2]);
}

// One character of the decoded text, and how many bytes of the original it took; empty: no well-formed character.
struct Decoded {
  std::string character;
  std::size_t taken = 0;
};

Decoded next_character(std::string_view text) {
  // As many escapes as follow each other, at most the four that one character can have.
  std::string bytes;
  for (std::size_t at = 0; bytes.size() < 4; at += 3) {
    auto const byte = escaped_byte(text.substr(std::min(at, text.size())));
    if (byte < 0) break;
    bytes += static_cast<char>(byte);
  }
  if (auto const length = utf8::first_character(bytes)) return {bytes.substr(0, length), 3 * length};
  auto const length = utf8::first_character(text);
  return {std::string(text.substr(0, length)), length};
}

/// RFC 3986 §3.3 and §3.4: segments have neither of the last two.
constexpr std::string_view plain_in_queries =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?";

std::string encode(std::string_view text, std::string_view plain) {
  std::string encoded;
  for (auto const byte : text) {
    if (plain.find(byte) != plain.npos)
      encoded += byte;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return encoded;
}

bool is_control(std::string_view character) {
  return character.size() == 1 && (static_cast<unsigned char>(character[0]) < 0x20 || character[0] == 0x7F);
}

}  // namespace

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (auto rest = text; !rest.empty();) {
    // Most of a URL is plain: a run of it is copied at once.
    auto const plain = std::ranges::find_if(rest, [](char byte) { return byte < 0x20 || byte == 0x7F || byte == '%'; });
    decoded.append(rest.begin(), plain);
    rest.remove_prefix(static_cast<std::size_t>(plain - rest.begin()));
    if (rest.empty()) break;
    auto const next = next_character(rest);
    auto const offset = text.size() - rest.size();
    if (next.taken == 0)
      return Error{Code::bad_encoding, "the URL is not UTF-8", "other bytes are written as %XX of UTF-8", offset};
    if (is_control(next.character))
      return Error{Code::control_character, "the URL has a control character", "", offset};
    decoded += next.character;
    rest.remove_prefix(next.taken);
  }
  return decoded;
}

std::size_t offset_before_decoding(std::string_view text, std::size_t decoded_offset) {
  auto rest = text;
  for (std::size_t decoded = 0; decoded < decoded_offset && !rest.empty();) {
    auto const next = next_character(rest);
    decoded += next.character.size();
    rest.remove_prefix(std::max<std::size_t>(1, next.taken));
  }
  return text.size() - rest.size();
}

std::string percent_encode(std::string_view text) { return encode(text, plain_in_queries); }

std::string percent_encode_segment(std::string_view text) {
  return encode(text, plain_in_queries.substr(0, plain_in_queries.find('/')));
}

std::string_view origin_of(std::string_view target) {
  auto const scheme = target.find(after_scheme);
  if (target.starts_with('/') || scheme == target.npos || scheme > target.find('?')) return {};
  return target.substr(0, target.find_first_of("/?", scheme + after_scheme.size()));
}

std::string_view path_of(std::string_view target) {
  target.remove_prefix(origin_of(target).size());
  return target.substr(0, target.find('?'));
}

std::string_view authority_of(std::string_view target) {
  auto const origin = origin_of(target);
  return origin.empty() ? origin : origin.substr(origin.find(after_scheme) + after_scheme.size());
}

Result<Target> read_target(std::string_view text) {
  auto const origin = origin_of(text);
  text.remove_prefix(origin.size());
  if (text.empty() && !origin.empty()) text = "/";
  Target target;
  auto const mark = text.find('?');
  target.path = text.substr(0, mark);
  if (mark != text.npos) target.query = text.substr(mark + 1);

  auto path = percent_decode(target.path);
  if (!path) {
    path.error().offset.reset();  // offsets are said of the query string
    return std::move(path).error();
  }
  target.decoded_path = *std::move(path);
  auto query = percent_decode(target.query);
  if (!query) return std::move(query).error();
  target.decoded_query = *std::move(query);

  // Split before decoding, so that %2F is data.
  for (std::size_t begin = 1; begin < target.path.size();) {
    auto const end = std::min(target.path.find('/', begin), target.path.size());
    auto segment = percent_decode(std::string_view(target.path).substr(begin, end - begin));
    target.segments.push_back(segment ? *std::move(segment) : target.path.substr(begin, end - begin));
    begin = end + 1;
  }
  return target;
}

}  // namespace restapi::http
