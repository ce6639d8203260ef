// SPDX-License-Identifier: MIT
#include "exporters/formula.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace restapi::exporters {
namespace {

std::string joined(ComponentText const& text) { return text.symbol + text.weight; }

/// By symbol text.
std::map<std::string, std::size_t> counts_of(Structure const& structure) {
  std::vector<std::size_t> sites(structure.kinds.size());
  for (auto const& site : structure.sites) ++sites[site.kind];
  std::map<std::string, std::size_t> counts;
  for (std::size_t kind = 0; kind < sites.size(); ++kind)
    if (sites[kind] > 0) counts[symbol_text(structure.kinds[kind])] += sites[kind];
  return counts;
}

std::string hill(std::map<std::string, std::size_t> counts, std::size_t divisor) {
  std::string text;
  auto const add = [&](std::string_view symbol, std::size_t count) {
    text += symbol;
    if (count != divisor) text += std::to_string(count / divisor);
  };
  if (counts.count("C") != 0) {
    for (std::string const symbol : {"C", "H"}) {
      auto const found = counts.find(symbol);
      if (found == counts.end()) continue;
      add(found->first, found->second);
      counts.erase(found);
    }
  }
  for (auto const& [symbol, count] : counts) add(symbol, count);
  return text;
}

}  // namespace

std::vector<ComponentText> component_texts(Kind const& kind) {
  if (kind.components.size() == 1 && kind.components.front().weight == 1) return {{kind.components.front().symbol, ""}};
  std::vector<ComponentText> texts;
  double sum = 0;
  for (auto const& component : kind.components) {
    texts.push_back({component.symbol, fmt::format("{:.2f}", component.weight)});
    sum += component.weight;
  }
  if (kind.has_vacancies()) texts.push_back({"X", fmt::format("{:.2f}", 1 - sum)});
  std::sort(texts.begin(), texts.end(), [](auto const& a, auto const& b) { return joined(a) < joined(b); });
  return texts;
}

std::string symbol_text(Kind const& kind) {
  auto const texts = component_texts(kind);
  if (texts.front().weight.empty()) return texts.front().symbol;
  std::string all = "{";
  for (auto const& text : texts) all += joined(text);
  return all + '}';
}

std::string formula(Structure const& structure) { return hill(counts_of(structure), 1); }

std::string reduced_formula(Structure const& structure) {
  auto counts = counts_of(structure);
  std::size_t divisor = 0;
  for (auto const& [symbol, count] : counts) divisor = std::gcd(divisor, count);
  // Without sites there is none.
  return hill(std::move(counts), std::max(divisor, std::size_t{1}));
}

}  // namespace restapi::exporters
