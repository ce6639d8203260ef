// SPDX-License-Identifier: MIT
#include "exporters/kpoints.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "exporters/array.hpp"

namespace restapi::exporters {
namespace {

using Json = nlohmann::json;

Error impossible(std::string sentence) { return {Code::export_not_possible, std::move(sentence)}; }

/// The attribute, or nothing where there is none or a null.
Json const* find(Json const& attributes, char const* name) {
  auto const found = attributes.find(name);
  return found == attributes.end() || found->is_null() ? nullptr : &*found;
}

std::optional<Vector> vector_of(Json const& value) {
  if (!value.is_array() || value.size() != 3) return {};
  Vector vector{};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!value[i].is_number()) return {};
    vector[i] = value[i].get<double>();
  }
  return vector;
}

Result<Matrix> cell_of(Json const& value) {
  Matrix cell{};
  bool is_cell = value.is_array() && value.size() == 3;
  for (std::size_t i = 0; is_cell && i < 3; ++i) {
    auto const row = vector_of(value[i]);
    is_cell = row.has_value();
    if (row) cell[i] = *row;
  }
  if (!is_cell) return impossible("the cell of the k-points is not three vectors of three numbers");
  return cell;
}

/// An integer, also one that was stored as a float.
std::optional<std::int64_t> integer_of(Json const& value) {
  constexpr double largest_exact = 9007199254740992;  // 2^53
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX}) return {};
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return {};
  auto const number = value.get<double>();
  if (!(std::abs(number) <= largest_exact) || std::trunc(number) != number) return {};
  return static_cast<std::int64_t>(number);
}

Result<KpointsMesh> mesh_of(Json const& value, Json const* offset) {
  KpointsMesh mesh{};
  std::size_t points = 1;
  bool is_mesh = value.is_array() && value.size() == 3;
  for (std::size_t i = 0; is_mesh && i < 3; ++i) {
    auto const divisions = integer_of(value[i]);
    is_mesh = divisions && *divisions > 0;
    if (!is_mesh) break;
    mesh.divisions[i] = *divisions;
    if (static_cast<std::size_t>(*divisions) > most_kpoints / points)
      return impossible("the mesh has more than 1000000 k-points");
    points *= static_cast<std::size_t>(*divisions);
  }
  if (!is_mesh) return impossible("the mesh of the k-points is not three positive integers");
  auto const vector = offset ? vector_of(*offset) : Vector{};
  if (!vector) return impossible("the offset of the mesh is not three numbers");
  mesh.offset = *vector;
  mesh.offset_json = offset ? offset->dump() : "[0.0,0.0,0.0]";
  return mesh;
}

Result<std::vector<Vector>> list_of(Node const& node) {
  auto const bytes = node.file("kpoints.npy");
  if (!bytes) return bytes.error();
  auto const array = read_npy(*bytes);
  if (!array) return array.error();
  auto const& shape = array->shape;
  if (shape.size() != 2 || shape[1] != 3) return impossible("the k-points are not rows of three numbers");
  auto const numbers = numbers_of(*array);
  if (!numbers) return numbers.error();
  if (numbers->size() / 3 > most_kpoints) return impossible("the list has more than 1000000 k-points");
  std::vector<Vector> list;
  list.reserve(numbers->size() / 3);
  for (std::size_t i = 0; i + 2 < numbers->size(); i += 3)
    list.push_back({(*numbers)[i], (*numbers)[i + 1], (*numbers)[i + 2]});
  return list;
}

Result<std::vector<KpointLabel>> labels_of(Json const& labels, Json const& numbers, std::size_t points) {
  if (!labels.is_array() || !numbers.is_array() || labels.size() != numbers.size())
    return impossible("the labels of the k-points are not as many as their numbers");
  std::vector<KpointLabel> all;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto const number = integer_of(numbers[i]);
    if (!labels[i].is_string() || !number) return impossible("a label of the k-points is no text or has no number");
    if (*number < 0 || static_cast<std::uint64_t>(*number) >= points)
      return impossible("a label stands at a k-point that does not exist");
    all.push_back({static_cast<std::size_t>(*number), labels[i].get<std::string>()});
  }
  return all;
}

}  // namespace

Result<Kpoints> read_kpoints(Node const& node) {
  auto const attributes = Json::parse(node.attributes, nullptr, false);
  if (!attributes.is_object()) return impossible("the attributes of the node are no JSON object");
  Kpoints kpoints;
  if (auto const* value = find(attributes, "cell")) {
    auto cell = cell_of(*value);
    if (!cell) return std::move(cell).error();
    kpoints.cell = *cell;
  }
  if (auto const* value = find(attributes, "mesh")) {
    auto mesh = mesh_of(*value, find(attributes, "offset"));
    if (!mesh) return std::move(mesh).error();
    kpoints.mesh = *mesh;
  }
  if (!find(attributes, "array|kpoints")) return kpoints;
  auto list = list_of(node);
  if (!list) return std::move(list).error();
  kpoints.list = *std::move(list);
  auto const *labels = find(attributes, "labels"), *numbers = find(attributes, "label_numbers");
  if (!labels || !numbers) return kpoints;
  auto all = labels_of(*labels, *numbers, kpoints.list->size());
  if (!all) return std::move(all).error();
  kpoints.labels = *std::move(all);
  return kpoints;
}

std::vector<Vector> explicit_kpoints(Kpoints const& kpoints) {
  if (!kpoints.mesh) return kpoints.list.value_or(std::vector<Vector>{});
  auto const& divisions = kpoints.mesh->divisions;
  auto const at = [&](std::int64_t step, std::size_t axis) {
    return (static_cast<double>(step) + kpoints.mesh->offset[axis]) / static_cast<double>(divisions[axis]);
  };
  std::vector<Vector> points;
  points.reserve(static_cast<std::size_t>(divisions[0] * divisions[1] * divisions[2]));
  for (std::int64_t i = 0; i < divisions[0]; ++i)
    for (std::int64_t j = 0; j < divisions[1]; ++j)
      for (std::int64_t k = 0; k < divisions[2]; ++k) points.push_back({at(i, 0), at(j, 1), at(k, 2)});
  return points;
}

}  // namespace restapi::exporters
