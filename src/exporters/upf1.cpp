// SPDX-License-Identifier: MIT
#include "exporters/upf1.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/small_text.hpp"
#include "exporters/fortran_text.hpp"

namespace restapi::exporters {
namespace {

/// Real files have some ten. Each is used at every point.
constexpr int most_coefficients = 16;

/// What makes the charge of two projectors smooth near the nucleus: polynomials, one per angular momentum, each within
/// a radius of its own.
struct Smoothing {
  int count = 0;  ///< coefficients per polynomial
  std::vector<double> radii = {};

  bool holds(std::size_t l, double r) const { return r < radii[l]; }

  /// r^(l+2) Σ cₙ r^(2n)
  double at(std::size_t l, double r, std::vector<double> const& coefficients) const {
    auto const per_polynomial = static_cast<std::size_t>(count);
    auto const square = r * r;
    double sum = 0;
    for (auto n = per_polynomial; n > 0; --n) sum = sum * square + coefficients[l * per_polynomial + n - 1];
    return sum * std::pow(r, static_cast<double>(l + 2));
  }
};

/// Goes through the text once per section. After the first failure it finds nothing more, and what it has read so far
/// does not count.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file), rest_(file) {}

  Result<Pseudopotential> read() {
    read_header();
    read_radial_functions();
    read_projectors();
    read_wave_functions();
    if (failure_) return std::move(*failure_);
    return std::move(made_);
  }

 private:
  void fail(Code code, std::string message) {
    if (!failure_) failure_ = Error{code, std::move(message)};
    rest_ = {};
  }

  void fail(std::string const& what) { fail(Code::export_not_possible, "the pseudopotential is damaged: " + what); }

  /// To the line behind the next one with this tag.
  void go_on_to(std::string_view tag) {
    if (failure_) return;
    section_ = tag;
    auto const found = rest_.find(tag);
    if (found == rest_.npos) return fail("it has no " + section_);
    rest_.remove_prefix(found + tag.size());
    line();
  }

  void go_to(std::string_view tag) {
    if (!failure_) rest_ = file_;
    go_on_to(tag);
  }

  std::string_view line() { return take_part(rest_, '\n'); }

  /// The first word of a line, or one of those behind it.
  std::string_view word_of(std::string_view line, int nth = 0) {
    for (; nth > 0; --nth) take_word(line);
    auto const word = take_word(line);
    if (word.empty()) fail(section_ + " ends early");
    return word;
  }

  double number_in_word(std::string_view word) {
    auto const number = fortran_number(word);
    if (!number) fail(section_ + " has a word where a number belongs");
    return number.value_or(0);
  }

  int integer_in_word(std::string_view word, int least, int most) {
    auto const number = number_in<int>(word);
    if (!number || *number < least || *number > most) {
      fail(section_ + " has no integer of " + std::to_string(least) + " to " + std::to_string(most) +
           " where one belongs");
      return least;
    }
    return *number;
  }

  /// The next words of the text, and the line of the last one to its end. A count from the file promises nothing, so no
  /// more is allocated than the text has.
  std::vector<double> numbers(std::int64_t count) {
    std::vector<double> all;
    all.reserve(std::min(static_cast<std::size_t>(count), rest_.size() / 2 + 1));
    for (std::int64_t i = 0; i < count && !failure_; ++i) {
      auto const word = take_word(rest_);
      auto const number = fortran_number(word);
      if (!number) fail(section_ + " has fewer numbers than it should");
      all.push_back(number.value_or(0));
    }
    if (count > 0) line();
    return all;
  }

  std::vector<double> radial_numbers(std::string_view tag) {
    go_to(tag);
    return numbers(made_.header.mesh_size);
  }

  void read_header() {
    auto& header = made_.header;
    go_to("<PP_HEADER>");
    line();  // version
    header.element = word_of(line());
    header.pseudo_type = word_of(line());
    header.core_correction = fortran_boolean(word_of(line()));
    line();  // functional
    header.z_valence = number_in_word(word_of(line()));
    line();  // total energy
    line();  // cutoffs
    header.l_max = integer_in_word(word_of(line()), -1, most_angular_momentum);
    header.mesh_size = integer_in_word(word_of(line()), 1, std::numeric_limits<int>::max());
    auto const counts = line();
    header.number_of_wfc = integer_in_word(word_of(counts), 0, most_functions);
    header.number_of_proj = integer_in_word(word_of(counts, 1), 0, most_functions);
  }

  void read_radial_functions() {
    made_.radial_grid = radial_numbers("<PP_R>");
    if (made_.header.core_correction) made_.core_charge_density = radial_numbers("<PP_NLCC>");
    made_.local_potential = radial_numbers("<PP_LOCAL>");
    for (auto& value : made_.local_potential) value /= 2;  // from Rydberg
    made_.total_charge_density = radial_numbers("<PP_RHOATOM>");
  }

  void read_projectors() {
    bool const is_ultrasoft = made_.header.pseudo_type == "US";
    if (is_ultrasoft) made_.augmentation.emplace();
    if (made_.header.number_of_proj == 0) return;
    go_to("<PP_NONLOCAL>");
    for (int i = 0; i < made_.header.number_of_proj && !failure_; ++i) {
      go_on_to("<PP_BETA>");
      auto& projector = made_.beta_projectors.emplace_back();
      projector.label = "";
      projector.angular_momentum = integer_in_word(word_of(line(), 1), 0, most_angular_momentum);
      projector.values = numbers(integer_in_word(word_of(line()), 0, std::numeric_limits<int>::max()));
      projector.cutoff_radius = projector.ultrasoft_cutoff_radius = 0;
    }
    read_matrix();
    if (is_ultrasoft) read_augmentation();
  }

  void read_matrix() {
    auto const projectors = made_.header.number_of_proj;
    auto const row = static_cast<std::size_t>(projectors);
    made_.d_ion.resize(row * row);
    go_on_to("<PP_DIJ>");
    auto const pairs = integer_in_word(word_of(line()), 0, projectors * projectors);
    for (int pair = 0; pair < pairs && !failure_; ++pair) {
      auto const words = line();
      auto const i = static_cast<std::size_t>(integer_in_word(word_of(words), 1, projectors) - 1);
      auto const j = static_cast<std::size_t>(integer_in_word(word_of(words, 1), 1, projectors) - 1);
      made_.d_ion[i * row + j] = made_.d_ion[j * row + i] = number_in_word(word_of(words, 2)) / 2;  // from Rydberg
    }
  }

  void read_augmentation() {
    go_on_to("<PP_QIJ>");
    Smoothing smoothing;
    smoothing.count = integer_in_word(word_of(line()), 0, most_coefficients);
    // Then the charges are the same for all angular momenta, which the JSON cannot say.
    if (smoothing.count == 0) return;
    go_on_to("<PP_RINNER>");
    for (int l = 0; l < momenta() && !failure_; ++l) smoothing.radii.push_back(number_in_word(word_of(line(), 1)));
    go_on_to("</PP_RINNER>");
    for (int i = 0; i < made_.header.number_of_proj; ++i)
      for (int j = i; j < made_.header.number_of_proj && !failure_; ++j) read_pair(i, j, smoothing);
  }

  /// From 0 to that of two of the largest.
  int momenta() const { return std::max(0, 2 * made_.header.l_max.value_or(0) + 1); }

  int momentum_of(int projector) const {
    return std::get<int>(made_.beta_projectors[static_cast<std::size_t>(projector)].angular_momentum);
  }

  void read_pair(int i, int j, Smoothing const& smoothing) {
    auto const first = momentum_of(i), second = momentum_of(j);
    section_ = "<PP_QIJ>";
    auto const words = line();
    integer_in_word(word_of(words), i + 1, i + 1);
    integer_in_word(word_of(words, 1), j + 1, j + 1);
    integer_in_word(word_of(words, 2), second, second);
    line();  // the integral
    auto const charge = numbers(made_.header.mesh_size);
    go_on_to("<PP_QFCOEF>");
    auto const coefficients = numbers(std::int64_t{smoothing.count} * momenta());
    go_on_to("</PP_QFCOEF>");
    if (!failure_ && first + second >= momenta()) fail("a projector is beyond the largest angular momentum");
    if (failure_) return;
    for (int l = std::abs(first - second); l <= first + second; l += 2) {
      RadialFunction function{.values = charge, .angular_momentum = l, .i = i, .j = j};
      for (std::size_t point = 0; point < charge.size(); ++point)
        if (auto const r = made_.radial_grid[point]; smoothing.holds(static_cast<std::size_t>(l), r))
          function.values[point] = smoothing.at(static_cast<std::size_t>(l), r, coefficients);
      made_.augmentation->push_back(std::move(function));
    }
  }

  void read_wave_functions() {
    if (made_.header.number_of_wfc == 0) return;
    go_to("<PP_PSWFC>");
    for (int i = 0; i < made_.header.number_of_wfc && !failure_; ++i) {
      auto& function = made_.atomic_wave_functions.emplace_back();
      auto const words = line();
      function.label = word_of(words);
      function.angular_momentum = integer_in_word(word_of(words, 1), 0, most_angular_momentum);
      function.occupation = number_in_word(word_of(words, 2));
      function.values = numbers(made_.header.mesh_size);
    }
  }

  std::string_view const file_;
  std::string_view rest_;
  std::string section_ = {};  // where the reader is, for messages
  std::optional<Error> failure_ = {};
  Pseudopotential made_ = {};
};

}  // namespace

Result<Pseudopotential> read_upf1(std::string_view file) { return Reader(file).read(); }

}  // namespace restapi::exporters
