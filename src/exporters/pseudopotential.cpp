// SPDX-License-Identifier: MIT
#include "exporters/pseudopotential.hpp"

#include <cmath>

#include "base/json_text.hpp"
#include "exporters/number_text.hpp"

namespace restapi::exporters {
namespace {

/// Writes values and the members of objects. A member without a value is left out.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void write(double number) { out_ += std::isfinite(number) ? shortest(number) : "null"; }
  void write(std::int64_t number) { out_ += std::to_string(number); }
  void write(int number) { out_ += std::to_string(number); }
  void write(bool value) { out_ += value ? "true" : "false"; }
  void write(std::string_view text) { append_json_string(out_, text); }
  void write(std::string const& text) { write(std::string_view(text)); }

  void write(std::variant<int, double> const& number) {
    std::visit([this](auto one) { write(one); }, number);
  }

  template <class T>
  void write(std::vector<T> const& list) {
    out_ += '[';
    for (auto const& one : list) {
      separate();
      write(one);
    }
    out_ += ']';
  }

  void write(RadialFunction const& function) {
    out_ += '{';
    member("radial_function", function.values);
    member("label", function.label);
    member("i", function.i);
    member("j", function.j);
    member("angular_momentum", function.angular_momentum);
    member("total_angular_momentum", function.total_angular_momentum);
    member("occupation", function.occupation);
    member("cutoff_radius", function.cutoff_radius);
    member("ultrasoft_cutoff_radius", function.ultrasoft_cutoff_radius);
    out_ += '}';
  }

  void write(PawData const& paw) {
    out_ += '{';
    member("aug_integrals", paw.aug_integrals);
    member("aug_multipoles", paw.aug_multipoles);
    member("ae_wfc", paw.ae_wfc);
    member("ps_wfc", paw.ps_wfc);
    member("occupations", paw.occupations);
    member("ae_core_charge_density", paw.ae_core_charge_density);
    member("ae_local_potential", paw.ae_local_potential);
    out_ += '}';
  }

  void write_header(UpfHeader const& header, std::string_view file_name) {
    separate();
    out_ += "\"header\":{";
    member("element", header.element);
    member("pseudo_type", header.pseudo_type);
    member("z_valence", header.z_valence);
    member("mesh_size", header.mesh_size);
    member("number_of_wfc", header.number_of_wfc);
    member("number_of_proj", header.number_of_proj);
    member("core_correction", header.core_correction);
    member("is_ultrasoft", header.is_ultrasoft);
    member("spin_orbit", header.spin_orbit);
    member("l_max", header.l_max);
    member("cutoff_radius_index", header.cutoff_radius_index);
    member("paw_core_energy", header.paw_core_energy);
    member("original_upf_file", file_name);
    out_ += '}';
  }

  template <class T>
  void member(char const* name, T const& value) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    write(value);
  }

  template <class T>
  void member(char const* name, std::optional<T> const& value) {
    if (value) member(name, *value);
  }

 private:
  /// A comma, unless a list or an object begins here.
  void separate() {
    if (out_.back() != '[' && out_.back() != '{') out_ += ',';
  }

  std::string& out_;
};

}  // namespace

std::string json_of(Pseudopotential const& pseudopotential, std::string_view file_name) {
  std::string json = "{\"pseudo_potential\":{";
  Writer writer(json);
  writer.write_header(pseudopotential.header, file_name);
  writer.member("radial_grid", pseudopotential.radial_grid);
  writer.member("core_charge_density", pseudopotential.core_charge_density);
  writer.member("local_potential", pseudopotential.local_potential);
  writer.member("beta_projectors", pseudopotential.beta_projectors);
  writer.member("D_ion", pseudopotential.d_ion);
  writer.member("augmentation", pseudopotential.augmentation);
  writer.member("atomic_wave_functions", pseudopotential.atomic_wave_functions);
  writer.member("paw_data", pseudopotential.paw_data);
  writer.member("total_charge_density", pseudopotential.total_charge_density);
  return json + "}}";
}

}  // namespace restapi::exporters
