// SPDX-License-Identifier: MIT
#include "exporters/json_numbers.hpp"

#include <cmath>

#include "exporters/number_text.hpp"

namespace restapi::exporters {

std::string json_number(double number) { return std::isfinite(number) ? shortest(number) : "null"; }

void append_json(std::string& out, double number) { out += json_number(number); }

void append_json(std::string& out, Vector const& vector) {
  out += '[';
  append_json(out, vector[0]);
  out += ',';
  append_json(out, vector[1]);
  out += ',';
  append_json(out, vector[2]);
  out += ']';
}

void append_json(std::string& out, std::vector<Vector> const& vectors) {
  out += '[';
  for (auto const& vector : vectors) {
    if (out.back() != '[') out += ',';
    append_json(out, vector);
  }
  out += ']';
}

}  // namespace restapi::exporters
