// SPDX-License-Identifier: MIT
#include "exporters/structure.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/printable.hpp"
#include "exporters/elements.hpp"
#include "exporters/not_possible.hpp"

namespace restapi::exporters {
namespace {

using nlohmann::json;

// AiiDA's: weights that miss 1 by less are complete.
constexpr double weight_tolerance = 1e-6;

// More would be one element twice. It bounds what one site can ask for.
constexpr std::size_t most_components = 119;

constexpr std::size_t longest_name = 40;  // in messages, in bytes

/// Null where there is none.
json const& member(json const& object, char const* key) {
  static json const none;
  if (!object.is_object()) return none;
  auto const found = object.find(key);
  return found == object.end() ? none : *found;
}

std::optional<double> number_of(json const& value) {
  if (!value.is_number()) return std::nullopt;
  auto const number = value.get<double>();
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<Vector> vector_of(json const& value) {
  if (!value.is_array() || value.size() != 3) return std::nullopt;
  Vector vector{};
  for (std::size_t i = 0; i < 3; ++i) {
    auto const number = number_of(value[i]);
    if (!number) return std::nullopt;
    vector[i] = *number;
  }
  return vector;
}

std::string in_quotes(std::string const& name) { return "\"" + printable(name, longest_name) + "\""; }

std::optional<Error> read_cell(json const& attributes, Structure& structure) {
  auto const& cell = member(attributes, "cell");
  if (cell.is_null()) return not_possible("the structure has no cell");
  if (!cell.is_array() || cell.size() != 3) return not_possible("the cell of the structure is not three vectors");
  for (std::size_t i = 0; i < 3; ++i) {
    auto const vector = vector_of(cell[i]);
    if (!vector) return not_possible("a vector of the structure's cell is not three numbers");
    structure.cell[i] = *vector;
  }
  constexpr char const* keys[] = {"pbc1", "pbc2", "pbc3"};
  for (std::size_t i = 0; i < 3; ++i) {
    auto const& is_periodic = member(attributes, keys[i]);
    if (!is_periodic.is_boolean())
      return not_possible(std::string("the structure does not say in ") + keys[i] + " whether it is periodic");
    structure.is_periodic[i] = is_periodic.get<bool>();
  }
  return std::nullopt;
}

Result<Kind> kind_of(json const& value) {
  auto const& name = member(value, "name");
  if (!name.is_string()) return not_possible("a kind of the structure has no name");
  Kind kind{name.get<std::string>(), {}};
  auto const which = "the kind " + in_quotes(kind.name);
  auto const& symbols = member(value, "symbols");
  auto const& weights = member(value, "weights");
  if (!symbols.is_array() || symbols.empty()) return not_possible(which + " has no symbols");
  if (symbols.size() > most_components) return not_possible(which + " has more symbols than there are elements");
  if (!weights.is_array() || weights.size() != symbols.size())
    return not_possible(which + " has not as many weights as symbols");
  double sum = 0;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!symbols[i].is_string()) return not_possible(which + " has a symbol that is no text");
    Component component{symbols[i].get<std::string>(), 0};
    if (!atomic_number(component.symbol))
      return not_possible(which + " has the symbol " + in_quotes(component.symbol) + ", which is none of an element");
    auto const weight = number_of(weights[i]);
    if (!weight || *weight < 0) return not_possible(which + " has a weight that is no number from 0 to 1");
    component.weight = *weight;
    sum += component.weight;
    kind.components.push_back(std::move(component));
  }
  if (sum > 1 + weight_tolerance) return not_possible(which + " has weights of more than 1 together");
  return kind;
}

std::optional<Error> read_sites(json const& attributes, Structure& structure) {
  auto const& kinds = member(attributes, "kinds");
  if (!kinds.is_array()) return not_possible("the structure has no kinds");
  std::map<std::string, std::size_t> index;
  for (auto const& value : kinds) {
    auto kind = kind_of(value);
    if (!kind) return std::move(kind).error();
    if (!index.emplace(kind->name, structure.kinds.size()).second)
      return not_possible("the structure has two kinds " + in_quotes(kind->name));
    structure.kinds.push_back(*std::move(kind));
  }
  auto const& sites = member(attributes, "sites");
  if (!sites.is_array()) return not_possible("the structure has no sites");
  for (auto const& site : sites) {
    auto const& name = member(site, "kind_name");
    if (!name.is_string()) return not_possible("a site of the structure does not name its kind");
    auto const kind = index.find(name.get_ref<std::string const&>());
    if (kind == index.end())
      return not_possible("a site of the structure is of the kind " + in_quotes(name.get_ref<std::string const&>()) +
                          ", which it does not have");
    auto const position = vector_of(member(site, "position"));
    if (!position) return not_possible("the position of a site of the structure is not three numbers");
    structure.sites.push_back({kind->second, *position});
  }
  return std::nullopt;
}

}  // namespace

bool Kind::has_vacancies() const {
  double sum = 0;
  for (auto const& component : components) sum += component.weight;
  return sum < 1 - weight_tolerance;
}

Result<Structure> read_structure(std::string_view attributes) {
  auto const document = json::parse(attributes, nullptr, false);
  if (!document.is_object()) return not_possible("the attributes of the structure cannot be read");
  Structure structure{};
  if (auto error = read_cell(document, structure)) return *std::move(error);
  if (auto error = read_sites(document, structure)) return *std::move(error);
  return structure;
}

Result<std::vector<std::string_view>> plain_symbols(Structure const& structure, std::string_view format) {
  std::vector<std::string_view> symbols;
  symbols.reserve(structure.sites.size());
  for (auto const& site : structure.sites) {
    auto const& kind = structure.kinds[site.kind];
    if (kind.components.size() > 1 || kind.has_vacancies())
      return not_possible("alloys and vacancies cannot be written as " + std::string(format));
    symbols.push_back(kind.components.front().symbol);
  }
  return symbols;
}

}  // namespace restapi::exporters
