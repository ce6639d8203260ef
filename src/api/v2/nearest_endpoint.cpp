// SPDX-License-Identifier: MIT
#include "api/v2/nearest_endpoint.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "api/v2/routes.hpp"
#include "base/suggest.hpp"
#include "http/target.hpp"
#include "query/fold.hpp"

namespace restapi::api::v2 {
namespace {

using Words = std::span<std::string_view const>;

constexpr std::size_t longest_word = 64, most_missing = 3;

// More than a word that is misspelt, so that "statistic" is meant as a word and not as an id.
constexpr std::size_t cost_of_strange_id = 4;

bool is_placeholder(std::string_view word) { return word.starts_with('<'); }

/// What it costs to take what was written for the word; nothing: too much.
std::optional<std::size_t> cost_of(std::string_view word, std::string_view written) {
  auto const text = query::fold(written);
  if (word == "<n>" || word == "<id>") {
    bool const fits = text.find_first_not_of(word == "<n>" ? "0123456789" : "0123456789abcdef-") == text.npos;
    if (fits) return 0;
    if (word == "<n>") return std::nullopt;
    return cost_of_strange_id;
  }
  if (text.size() > 2 * word.size() || !nearest(text, {&word, 1})) return std::nullopt;
  return distance(text, word);
}

struct Likeness {
  std::size_t cost;
  std::vector<std::string_view> path;  // its words, with what was written in place of placeholders
};

/// The cheapest way to make the words from what was written.
std::optional<Likeness> likeness(Words words, Words written, std::size_t missing = 0) {
  if (words.size() < written.size() || words.size() - written.size() + missing > most_missing) return std::nullopt;
  if (words.empty()) return Likeness{0, {}};
  auto const word = words.front();
  std::optional<Likeness> best;
  auto const consider = [&](std::optional<Likeness> rest, std::size_t cost, std::string_view shown) {
    if (!rest || (best && best->cost <= rest->cost + cost)) return;
    rest->cost += cost;
    rest->path.insert(rest->path.begin(), shown);
    best = std::move(rest);
  };
  if (!written.empty())
    if (auto const cost = cost_of(word, written.front()))
      consider(likeness(words.subspan(1), written.subspan(1), missing), *cost,
               is_placeholder(word) ? written.front() : word);
  // What leads to a word may be missing, but not the word itself, nor what says whose id follows.
  bool const may_be_missing =
      words.size() > 1 && !is_placeholder(word) && !is_placeholder(words[1]) && words[1] != "page";
  if (may_be_missing) consider(likeness(words.subspan(1), written, missing + 1), 1, word);
  return best;
}

std::vector<std::string_view> words_of(std::string_view path) {
  std::vector<std::string_view> words;
  while (!path.empty()) {
    path.remove_prefix(1);
    auto const word = path.substr(0, path.find('/'));
    words.push_back(word);
    path.remove_prefix(word.size());
  }
  return words;
}

}  // namespace

std::string nearest_endpoint(std::span<std::string const> segments) {
  constexpr std::size_t most_segments = 10;
  std::vector<std::string_view> written;
  for (auto const& segment : segments) {
    if (segment.size() > longest_word || written.size() == most_segments) return {};
    if (!segment.empty()) written.push_back(segment);
  }
  static auto const all = all_endpoints();
  std::optional<Likeness> best;
  for (auto const& [route, resource, path, has_page] : all) {
    if (path == prefix) continue;  // said anyway
    auto found = likeness(words_of(path), written);
    if (found && (!best || found->cost < best->cost)) best = std::move(found);
  }
  if (!best || std::ranges::equal(best->path, segments)) return {};
  std::string path;
  for (auto const word : best->path) path += "/" + http::percent_encode_segment(word);
  return path;
}

}  // namespace restapi::api::v2
