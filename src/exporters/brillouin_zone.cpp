// SPDX-License-Identifier: MIT
#include "exporters/brillouin_zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "exporters/json_numbers.hpp"
#include "exporters/reciprocal_cell.hpp"

namespace restapi::exporters {
namespace {

// Relative to the shortest G. A plane that only touches the body, as (110) does a cube, leaves a strip as wide as
// `outside` allows; it must vanish when points are merged.
constexpr double same_point = 1e-8, outside = 1e-10, largest = 1e5;

/// Halfway to a G, and perpendicular to it.
struct Plane {
  Vector normal;    ///< of length 1, away from 0
  double distance;  ///< of 0

  double beyond(Vector const& point) const { return dot(point, normal) - distance; }
};

using Polygon = std::vector<Vector>;

/// The nearest first: so that most of the others find nothing left.
std::vector<Plane> planes_of(Matrix const& reciprocal) {
  constexpr int most = 3;
  std::vector<Plane> planes;
  for (int i = -most; i <= most; ++i)
    for (int j = -most; j <= most; ++j)
      for (int k = -most; k <= most; ++k) {
        if (i == 0 && j == 0 && k == 0) continue;
        auto const g = times(Vector{double(i), double(j), double(k)}, reciprocal);
        planes.push_back({times(g, 1 / length(g)), length(g) / 2});
      }
  std::stable_sort(planes.begin(), planes.end(),
                   [](Plane const& a, Plane const& b) { return a.distance < b.distance; });
  return planes;
}

/// No point of the body is farther from 0. Planes of ±b1 ±b2 ±b3 alone make a parallelepiped, whose corners are sums of
/// the lattice vectors: x = Σ (x·bi) ai / 2π.
Result<double> radius_of(Matrix const& reciprocal) {
  auto const cell = reciprocal_cell(reciprocal);
  if (!cell) return cell.error();
  double radius = 0;
  for (std::size_t i = 0; i < 3; ++i) radius += dot(reciprocal[i], reciprocal[i]) / 2 * length((*cell)[i]) / two_pi;
  return radius;
}

/// A square in the plane, counter-clockwise as seen from outside, that no body of this radius exceeds.
Polygon square_in(Plane const& plane, double radius) {
  auto const& normal = plane.normal;
  auto const smallest =
      std::min_element(normal.begin(), normal.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  Vector axis{};
  axis[static_cast<std::size_t>(smallest - normal.begin())] = 1;
  auto const across = cross(axis, normal);
  auto const u = times(across, 2 * radius / length(across)), v = cross(normal, u);
  auto const center = times(normal, plane.distance);
  return {sum(sum(center, u), v), sum(sum(center, v), u, -1), sum(sum(center, u, -1), v, -1),
          sum(sum(center, u), v, -1)};
}

/// What of the polygon is not beyond the plane.
Polygon clipped(Polygon const& polygon, Plane const& plane, double tolerance) {
  Polygon rest;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    auto const& from = polygon[i];
    auto const& to = polygon[(i + 1) % polygon.size()];
    auto const begin = plane.beyond(from), end = plane.beyond(to);
    bool const is_in = begin <= tolerance, goes_in = end <= tolerance;
    if (is_in) rest.push_back(from);
    if (is_in != goes_in) {
      auto const share = std::clamp(begin / (begin - end), 0.0, 1.0);
      rest.push_back(sum(times(from, 1 - share), to, share));
    }
  }
  return rest;
}

class Body {
 public:
  explicit Body(double tolerance) : tolerance_(tolerance) {}

  void add(Polygon const& polygon) {
    Polygon corners;
    for (auto const& point : polygon)
      if (!find(corners, point)) corners.push_back(point);
    if (corners.size() < 3) return;
    std::vector<std::size_t> face;
    for (auto const& corner : corners) {
      auto found = find(zone_.vertices, corner);
      if (!found) {
        found = zone_.vertices.size();
        zone_.vertices.push_back(corner);
      }
      face.push_back(*found);
    }
    for (std::size_t i = 2; i < face.size(); ++i) zone_.triangles.push_back({face[0], face[i - 1], face[i]});
    zone_.faces.push_back(std::move(face));
  }

  /// Nothing where it has holes: corners were merged that are not one.
  std::optional<BrillouinZone> closed() && {
    std::size_t sides = 0;
    for (auto const& face : zone_.faces) sides += face.size();
    bool const is_closed = sides % 2 == 0 && zone_.vertices.size() + zone_.faces.size() == sides / 2 + 2;  // Euler
    if (!is_closed) return {};
    return std::move(zone_);
  }

 private:
  std::optional<std::size_t> find(std::vector<Vector> const& points, Vector const& point) const {
    for (std::size_t i = 0; i < points.size(); ++i)
      if (length(sum(points[i], point, -1)) < tolerance_) return i;
    return {};
  }

  double tolerance_;
  BrillouinZone zone_;
};

}  // namespace

Result<BrillouinZone> brillouin_zone(Matrix const& reciprocal) {
  auto const radius = radius_of(reciprocal);
  if (!radius) return radius.error();
  auto const planes = planes_of(reciprocal);
  auto const shortest_g = 2 * planes.front().distance;
  Error const unfit{Code::export_not_possible, "the cell is too oblique or too long for a Brillouin zone"};
  bool const is_fit = *radius < largest * shortest_g;
  if (!is_fit) return unfit;
  Body body(same_point * shortest_g);
  for (auto const& plane : planes) {
    auto polygon = square_in(plane, *radius);
    for (auto const& other : planes) {
      if (&other != &plane) polygon = clipped(polygon, other, outside * shortest_g);
      if (polygon.empty()) break;
    }
    body.add(polygon);
  }
  auto zone = std::move(body).closed();
  if (!zone) return unfit;
  return *std::move(zone);
}

std::string faces_data_json(BrillouinZone const& zone) {
  std::string json = R"({"faces":[)";
  for (auto const& face : zone.faces) {
    std::vector<Vector> corners;
    corners.reserve(face.size());
    for (auto const corner : face) corners.push_back(zone.vertices[corner]);
    if (json.back() != '[') json += ',';
    append_json(json, corners);
  }
  json += R"(],"triangles":[)";
  for (auto const& [a, b, c] : zone.triangles) {
    if (json.back() != '[') json += ',';
    fmt::format_to(std::back_inserter(json), "[{},{},{}]", a, b, c);
  }
  json += R"(],"triangles_vertices":)";
  append_json(json, zone.vertices);
  return json + '}';
}

}  // namespace restapi::exporters
