// SPDX-License-Identifier: MIT
/// A pseudopotential as the JSON of SIRIUS has it, from whichever version of the Unified Pseudopotential Format (UPF of
/// Quantum ESPRESSO) it has been read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace restapi::exporters {

/// No real file has more, and what is made of a file stays in proportion to it: the matrix of the projectors, the
/// angular momenta of an augmentation.
inline constexpr int most_functions = 200, most_angular_momentum = 8;

/// On the points of the radial grid, from its begin; what is beyond the last value is zero.
struct RadialFunction {
  std::vector<double> values = {};
  std::optional<std::string> label = {};
  std::variant<int, double> angular_momentum = 0;  ///< a real where the file has spin-orbit coupling
  std::optional<double> total_angular_momentum = {};
  std::optional<double> occupation = {};
  std::optional<double> cutoff_radius = {}, ultrasoft_cutoff_radius = {};  ///< Bohr
  std::optional<int> i = {}, j = {};  ///< of an augmentation: the two projectors, from 0
};

// Energies in Hartree, lengths in Bohr. What a file has not is left out of the JSON.

struct UpfHeader {
  std::string element = {}, pseudo_type = {};
  double z_valence = 0;
  std::int64_t mesh_size = 0;  ///< points of the radial grid
  int number_of_wfc = 0, number_of_proj = 0;
  bool core_correction = false;
  std::optional<bool> is_ultrasoft = {}, spin_orbit = {};
  std::optional<int> l_max = {}, cutoff_radius_index = {};
  std::optional<double> paw_core_energy = {};
};

struct PawData {
  std::vector<double> aug_integrals = {}, aug_multipoles = {}, occupations = {};
  std::vector<double> ae_core_charge_density = {}, ae_local_potential = {};
  std::vector<RadialFunction> ae_wfc = {}, ps_wfc = {};
};

struct Pseudopotential {
  UpfHeader header = {};
  std::vector<double> radial_grid = {}, local_potential = {}, total_charge_density = {};
  std::optional<std::vector<double>> core_charge_density = {};
  std::vector<RadialFunction> beta_projectors = {}, atomic_wave_functions = {};
  std::vector<double> d_ion = {};  ///< row by row
  std::optional<std::vector<RadialFunction>> augmentation = {};
  std::optional<PawData> paw_data = {};
};

/// `{"pseudo_potential": {…}}`. Numbers that are not finite are null. The file's name goes into the header as
/// `original_upf_file`.
std::string json_of(Pseudopotential const& pseudopotential, std::string_view file_name);

}  // namespace restapi::exporters
