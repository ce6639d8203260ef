// SPDX-License-Identifier: MIT
#include "exporters/upf2.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <pugixml.hpp>
#include <utility>

#include "base/small_text.hpp"
#include "exporters/fortran_text.hpp"

namespace restapi::exporters {
namespace {

/// Each becomes an object of some ten times its length. Real files have some ten thousand.
constexpr std::ptrdiff_t most_tags_and_attributes = 300'000;
/// No longer names are looked for; paths would take more memory than the file.
constexpr std::size_t longest_name = 40;
/// A projector of a file that does not say where it ends: behind the last value above.
constexpr double nothing = 1e-80;

/// Elements by their path below the root: "PP_MESH/PP_R". The first of a name counts.
class Elements {
 public:
  explicit Elements(pugi::xml_node root) { add(root, {}, deepest); }

  pugi::xml_node find(std::string const& path) const {
    auto const found = by_path_.find(path);
    return found == by_path_.end() ? pugi::xml_node() : found->second;
  }

 private:
  static constexpr int deepest = 3;

  /// As deep as said.
  void add(pugi::xml_node parent, std::string const& path, int levels) {
    for (auto const node : parent.children()) {
      std::string_view const name = node.name();
      if (node.type() != pugi::node_element || name.size() > longest_name) continue;
      auto const own = path + std::string(name);
      if (by_path_.try_emplace(own, node).second && levels > 1) add(node, own + "/", levels - 1);
    }
  }

  std::map<std::string, pugi::xml_node> by_path_ = {};
};

/// After the first failure, what it has read so far does not count; lists end there.
class Reader {
 public:
  explicit Reader(pugi::xml_node root) : elements_(root) {}

  Result<Pseudopotential> read() {
    read_header();
    read_radial_functions();
    read_projectors();
    read_wave_functions();
    read_paw();
    if (failure_) return std::move(*failure_);
    return std::move(made_);
  }

 private:
  void fail(Code code, std::string message) {
    if (!failure_) failure_ = Error{code, std::move(message)};
  }

  void fail(std::string const& what) { fail(Code::export_not_possible, "the pseudopotential is damaged: " + what); }

  pugi::xml_node element(std::string const& path) {
    auto const node = elements_.find(path);
    if (!node) fail("it has no " + path);
    return node;
  }

  std::optional<std::string_view> find_text(pugi::xml_node node, char const* name) {
    auto const attribute = node.attribute(name);
    return attribute ? std::optional(trimmed(attribute.value())) : std::nullopt;
  }

  std::string_view text(pugi::xml_node node, char const* name) {
    auto const found = find_text(node, name);
    if (!found) fail(fmt::format("{} has no {}", node.name(), name));
    return found.value_or("");
  }

  double number(pugi::xml_node node, char const* name) {
    auto const number = fortran_number(text(node, name));
    if (!number) fail(fmt::format("{} of {} is no number", name, node.name()));
    return number.value_or(0);
  }

  int integer(pugi::xml_node node, char const* name, int most) {
    auto const number = number_in<int>(text(node, name));
    if (number && *number >= 0 && *number <= most) return *number;
    fail(fmt::format("{} of {} is no integer of 0 to {}", name, node.name(), most));
    return 0;
  }

  /// In Rydberg they are given as half of it.
  std::vector<double> numbers(std::string const& path, double unit = 1) {
    std::vector<double> all;
    for (auto const piece : element(path).children()) {
      if (piece.type() != pugi::node_pcdata && piece.type() != pugi::node_cdata) continue;
      auto const more = fortran_numbers(piece.value());
      if (!more) {
        fail(path + " has a word where a number belongs");
        break;
      }
      for (auto const one : *more) all.push_back(one * unit);
    }
    return all;
  }

  void read_header() {
    auto const node = element("PP_HEADER");
    auto& header = made_.header;
    header.element = text(node, "element");
    header.pseudo_type = text(node, "pseudo_type");
    header.z_valence = number(node, "z_valence");
    header.number_of_wfc = integer(node, "number_of_wfc", most_functions);
    header.number_of_proj = integer(node, "number_of_proj", most_functions);
    header.core_correction = fortran_boolean(text(node, "core_correction"));
    header.is_ultrasoft = fortran_boolean(text(node, "is_ultrasoft"));
    header.spin_orbit = fortran_boolean(text(node, "has_so"));
    integer(node, "mesh_size", std::numeric_limits<int>::max());
  }

  void read_radial_functions() {
    made_.radial_grid = numbers("PP_MESH/PP_R");
    // What the header says is not always so.
    made_.header.mesh_size = static_cast<std::int64_t>(made_.radial_grid.size());
    if (made_.header.core_correction) made_.core_charge_density = numbers("PP_NLCC");
    made_.local_potential = numbers("PP_LOCAL", rydberg);
    made_.total_charge_density = numbers("PP_RHOATOM");
  }

  void read_projectors() {
    auto const count = made_.header.number_of_proj;
    for (int i = 1; i <= count && !failure_; ++i) {
      auto const path = fmt::format("PP_NONLOCAL/PP_BETA.{}", i);
      auto& projector = made_.beta_projectors.emplace_back(function_at(path, "angular_momentum"));
      cut(projector.values, element(path));
    }
    if (count > 0) made_.d_ion = numbers("PP_NONLOCAL/PP_DIJ", rydberg);
    if (*made_.header.is_ultrasoft) read_augmentation();
    // Last: which charges there are depends on the integers of the projectors.
    if (*made_.header.spin_orbit) read_spin_of_projectors();
  }

  RadialFunction function_at(std::string const& path, char const* momentum) {
    auto const node = element(path);
    RadialFunction function{.values = numbers(path)};
    function.angular_momentum = integer(node, momentum, most_angular_momentum);
    if (auto const label = find_text(node, "label")) function.label = *label;
    return function;
  }

  void cut(std::vector<double>& values, pugi::xml_node node) {
    auto const last = std::find_if(values.rbegin(), values.rend(), [](double one) { return std::fabs(one) > nothing; });
    auto const length =
        node.attribute("cutoff_radius_index")
            ? static_cast<std::size_t>(integer(node, "cutoff_radius_index", std::numeric_limits<int>::max()))
            : static_cast<std::size_t>(values.rend() - last);
    values.resize(std::min(values.size(), length));
  }

  void read_spin_of_projectors() {
    for (int i = 1; i <= made_.header.number_of_proj && !failure_; ++i) {
      auto const node = element(fmt::format("PP_SPIN_ORB/PP_RELBETA.{}", i));
      auto& projector = made_.beta_projectors[static_cast<std::size_t>(i - 1)];
      projector.angular_momentum = number(node, "lll");
      projector.total_angular_momentum = number(node, "jjj");
    }
  }

  void read_augmentation() {
    auto const augmentation = element("PP_NONLOCAL/PP_AUGMENTATION");
    if (auto const with_l = find_text(augmentation, "q_with_l"); with_l && !fortran_boolean(*with_l))
      fail(Code::export_not_possible, "the pseudopotential's augmentation is not given by angular momentum");
    made_.augmentation.emplace();
    for (int i = 0; i < made_.header.number_of_proj; ++i)
      for (int j = i; j < made_.header.number_of_proj && !failure_; ++j) read_pair(i, j);
  }

  int momentum_of(int projector) const {
    return std::get<int>(made_.beta_projectors[static_cast<std::size_t>(projector)].angular_momentum);
  }

  void read_pair(int i, int j) {
    auto const first = momentum_of(i), second = momentum_of(j);
    for (int l = std::abs(first - second); l <= first + second && !failure_; l += 2) {
      auto const path = fmt::format("PP_NONLOCAL/PP_AUGMENTATION/PP_QIJL.{}.{}.{}", i + 1, j + 1, l);
      made_.augmentation->push_back({.values = numbers(path), .angular_momentum = l, .i = i, .j = j});
    }
  }

  void read_wave_functions() {
    for (int i = 1; i <= made_.header.number_of_wfc && !failure_; ++i) {
      auto const path = fmt::format("PP_PSWFC/PP_CHI.{}", i);
      auto& function = made_.atomic_wave_functions.emplace_back(function_at(path, "l"));
      function.occupation = number(element(path), "occupation");
      if (*made_.header.spin_orbit)
        function.total_angular_momentum = number(element(fmt::format("PP_SPIN_ORB/PP_RELWFC.{}", i)), "jchi");
    }
  }

  void read_paw() {
    if (made_.header.pseudo_type != "PAW") return;
    auto& paw = made_.paw_data.emplace();
    made_.header.cutoff_radius_index =
        integer(element("PP_NONLOCAL/PP_AUGMENTATION"), "cutoff_r_index", std::numeric_limits<int>::max());
    if (auto const node = element("PP_PAW"); node.attribute("core_energy"))
      made_.header.paw_core_energy = number(node, "core_energy") * rydberg;
    paw.aug_integrals = numbers("PP_NONLOCAL/PP_AUGMENTATION/PP_Q");
    paw.aug_multipoles = numbers("PP_NONLOCAL/PP_AUGMENTATION/PP_MULTIPOLES");
    paw.occupations = numbers("PP_PAW/PP_OCCUPATIONS");
    paw.ae_core_charge_density = numbers("PP_PAW/PP_AE_NLCC");
    paw.ae_local_potential = numbers("PP_PAW/PP_AE_VLOC", rydberg);
    for (int i = 1; i <= made_.header.number_of_proj && !failure_; ++i) {
      paw.ae_wfc.push_back(function_at(fmt::format("PP_FULL_WFC/PP_AEWFC.{}", i), "l"));
      paw.ps_wfc.push_back(function_at(fmt::format("PP_FULL_WFC/PP_PSWFC.{}", i), "l"));
    }
  }

  static constexpr double rydberg = 0.5;  // Hartree

  Elements const elements_;
  std::optional<Error> failure_ = {};
  Pseudopotential made_ = {};
};

}  // namespace

Result<Pseudopotential> read_upf2(std::string_view file) {
  std::string xml(file);
  xml.erase(std::remove(xml.begin(), xml.end(), '&'), xml.end());
  if (std::count_if(xml.begin(), xml.end(), [](char byte) { return byte == '<' || byte == '='; }) >
      most_tags_and_attributes)
    return Error{Code::export_not_possible, "the pseudopotential has too many tags and attributes"};
  pugi::xml_document document;
  constexpr auto options = pugi::parse_cdata | pugi::parse_wconv_attribute;
  auto const parsed = document.load_buffer_inplace(xml.data(), xml.size(), options, pugi::encoding_utf8);
  if (!parsed)
    return Error{Code::export_not_possible, "the pseudopotential is no well-formed XML", {}, {}, parsed.description()};
  return Reader(document.document_element()).read();
}

}  // namespace restapi::exporters
