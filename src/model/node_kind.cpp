// SPDX-License-Identifier: MIT
#include "model/node_kind.hpp"

#include <algorithm>

namespace restapi::model {
namespace {

using Prefixes = std::string_view const[];

// `code.` and `calculation.` are of AiiDA 0.x, `data.core.` of 2.x.
constexpr Prefixes calculations = {"process.", "calculation."};
constexpr Prefixes codes = {"data.core.code.", "data.code.", "code."};
constexpr Prefixes data = {"data."};
constexpr Prefixes data_that_is_code = {"data.core.code.", "data.code."};
constexpr Prefixes structures = {"data.core.structure.", "data.structure."};
constexpr Prefixes kpoints = {"data.core.array.kpoints.", "data.array.kpoints."};
constexpr Prefixes bands = {"data.core.array.bands.", "data.array.bands."};
constexpr Prefixes cifs = {"data.core.cif.", "data.cif."};
constexpr Prefixes upfs = {"data.core.upf.", "data.upf."};

constexpr NodeKind kinds[] = {
    {"calculations", calculations},
    {"codes", codes},
    {"data", data, data_that_is_code},
    {"structures", structures},
    {"kpoints", kpoints},
    {"bands", bands},
    {"cifs", cifs},
    {"upfs", upfs},
};

bool begins_with_one_of(std::string_view type, std::span<std::string_view const> prefixes) {
  return std::ranges::any_of(prefixes, [&](auto const& prefix) { return type.starts_with(prefix); });
}

}  // namespace

bool NodeKind::has(std::string_view type) const {
  return begins_with_one_of(type, includes) && !begins_with_one_of(type, excludes);
}

std::span<NodeKind const> node_kinds() { return kinds; }

}  // namespace restapi::model
