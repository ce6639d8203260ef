#include "api/option_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "query/suggest.hpp"

namespace restapi::api {
namespace {

/// Commas separate what a list has anywhere; what separates databases does so here alone.
std::vector<std::string> values_of(Row const& row, std::string const& text) {
  if (!is_list(row) || row.separator == ',') return {text};
  std::vector<std::string> values(1);
  for (char const c : text) {
    if (c == row.separator)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

Row const* row_of(std::string_view variable) {
  auto const rows = option_rows();
  auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) {
    return row.environment != nullptr && row.environment == variable;
  });
  return found == rows.end() ? nullptr : &*found;
}

/// The variable of an option that was surely meant; empty where none was.
std::string meant_by(std::string const& variable) {
  constexpr std::size_t slips = 2;
  // Whoever writes that believes that tokens are checked.
  constexpr std::string_view lock = "RESTAPI_TOKEN";
  std::string meant;
  auto least = variable.starts_with(lock) ? variable.npos : slips + 1;
  for (auto const& row : option_rows()) {
    if (row.environment == nullptr) continue;
    bool const is_of_its_kind = !variable.starts_with(lock) || std::string_view(row.environment).starts_with(lock);
    auto const distance = query::distance(variable, row.environment);
    if (!is_of_its_kind || distance >= least) continue;
    least = distance;
    meant = row.environment;
  }
  return meant;
}

}  // namespace

std::variant<EnvironmentLayer, Goodbye> read_environment(Environment const& environment) {
  EnvironmentLayer layer;
  for (auto const& [variable, text] : environment) {
    if (auto const* row = row_of(variable)) {
      if (auto const reason = take(layer.given, *row, values_of(*row, text)); !reason.empty())
        return Goodbye{2, fmt::format("{}: {}", variable, reason)};
    } else if (auto const meant = meant_by(variable); !meant.empty()) {
      return Goodbye{2, fmt::format("there is no variable {}; did you mean {}?", variable, meant)};
    } else {
      layer.unknown.push_back(variable);
    }
  }
  return layer;
}

}  // namespace restapi::api
