// SPDX-License-Identifier: MIT
#include "query/position.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/base64url.hpp"
#include "base/small_text.hpp"
#include "grammar/print.hpp"

namespace restapi::query {
namespace {

/// FNV-1a: the same in every process. It keeps nobody from making a position, which harms nobody either: values are
/// bound and compared.
std::uint64_t digest(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char const byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::uint64_t list_mark(std::string_view resource, Clauses const& clauses) {
  ast::Query wanted;
  for (auto const* filter : clauses.filters) wanted.clauses.push_back(*filter);
  for (auto const* group : clauses.groups) wanted.groups.push_back(*group);
  if (auto const* order = clauses.find(Meaning::order)) wanted.clauses.push_back(*order->clause);
  return digest(std::string(resource) + '?' + grammar::print(wanted));
}

/// `1f…;3:abc;-;`: the mark in hexadecimal digits, and of each value its length and its bytes, or that it is NULL.
std::string position_token(std::uint64_t list_mark, Position const& position) {
  auto text = fmt::format("{:x};", list_mark);
  for (auto const& value : position) text += value ? fmt::format("{}:{};", value->size(), *value) : "-;";
  return to_base64url(text);
}

std::optional<Position> read_position(std::string_view token, std::uint64_t list_mark, std::size_t terms) {
  auto const written = from_base64url(token);
  auto const mark = fmt::format("{:x};", list_mark);
  if (!written || !written->starts_with(mark)) return std::nullopt;
  auto rest = std::string_view(*written).substr(mark.size());
  Position position;
  while (!rest.empty()) {
    if (rest.starts_with("-;")) {
      rest.remove_prefix(2);
      position.emplace_back();
      continue;
    }
    auto const colon = rest.find(':');
    auto const size = number_in<std::size_t>(rest.substr(0, colon));
    if (colon == rest.npos || !size || *size > rest.size() - colon - 1) return std::nullopt;
    auto const value = rest.substr(colon + 1, *size);
    rest.remove_prefix(colon + 1 + *size);
    if (!rest.starts_with(';')) return std::nullopt;
    rest.remove_prefix(1);
    position.emplace_back(value);
  }
  return position.size() == terms ? std::optional(std::move(position)) : std::nullopt;
}

}  // namespace restapi::query
