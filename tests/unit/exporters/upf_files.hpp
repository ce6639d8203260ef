// SPDX-License-Identifier: MIT
/// Small pseudopotentials of each kind. All values are invented.
#pragma once

#include <string>
#include <string_view>

namespace restapi::test {

/// The text with its first `part` replaced.
inline std::string with(std::string_view text, std::string_view part, std::string_view other) {
  auto const begin = text.find(part);
  if (begin == text.npos) return "the fixture has no such part";
  return std::string(text.substr(0, begin)) + std::string(other) + std::string(text.substr(begin + part.size()));
}

inline constexpr std::string_view norm_conserving_2 = R"(<UPF version="2.0.1">
  <PP_INFO>
    made by hand &input
    <PP_INPUTFILE>
      &inputp a='b' /
    </PP_INPUTFILE>
  </PP_INFO>
  <!-- numbers follow -->
  <PP_HEADER generated="by hand" element=" X" pseudo_type="NC" is_ultrasoft="F" has_so=".false."
    core_correction="T" z_valence="  4.000000000000000E+000" mesh_size="4" number_of_wfc="1" number_of_proj="2"/>
  <PP_MESH mesh="4">
    <PP_R type="real" size="4" columns="4">
      0.0 1.0D-01 2.0E-1
      .5
    </PP_R>
    <PP_RAB size="4">1 1 1 1</PP_RAB>
  </PP_MESH>
  <PP_NLCC size="4">0.1 0.2 0.3 0.4</PP_NLCC>
  <PP_LOCAL size="4">-4.0 -3.0 -2.0 -1.0</PP_LOCAL>
  <PP_NONLOCAL>
    <PP_BETA.1 size="4" label="3S" angular_momentum="0" cutoff_radius_index="     3">1.0 2.0 3.0 0.0</PP_BETA.1>
    <PP_BETA.2 size="4" angular_momentum="1">0.0 -5.0E-1 1.0E-90 0.0</PP_BETA.2>
    <PP_DIJ size="4">
      1.0 0.5
      0.5 -3.0
    </PP_DIJ>
  </PP_NONLOCAL>
  <PP_PSWFC>
    <PP_CHI.1 label="3S" l="0" occupation="2.0">0.0 0.5 0.25 0.125</PP_CHI.1>
  </PP_PSWFC>
  <PP_RHOATOM size="4">0.0 1.0 2.0 0.1-101</PP_RHOATOM>
</UPF>
)";

inline constexpr std::string_view ultrasoft_2 = R"(<?xml version="1.0"?>
<UPF version="2.0.1">
  <PP_HEADER element="Y" pseudo_type="US" is_ultrasoft="true" has_so="T" core_correction="F" z_valence="3.0"
    mesh_size="2" number_of_wfc="1" number_of_proj="2"/>
  <PP_MESH><PP_R>1.0 2.0</PP_R></PP_MESH>
  <PP_LOCAL>-1.0 -0.5</PP_LOCAL>
  <PP_NONLOCAL>
    <PP_BETA.1 label="2P" angular_momentum="1" cutoff_radius_index="2">1.0 2.0</PP_BETA.1>
    <PP_BETA.2 label="2P" angular_momentum="1" cutoff_radius_index="2">3.0 4.0</PP_BETA.2>
    <PP_DIJ>2.0 0.0 0.0 4.0</PP_DIJ>
    <PP_AUGMENTATION q_with_l="T">
      <PP_Q>0.1 0.2 0.2 0.3</PP_Q>
      <PP_QIJL.1.1.0 angular_momentum="0">110.0 1.0</PP_QIJL.1.1.0>
      <PP_QIJL.1.1.2 angular_momentum="2">112.0 1.0</PP_QIJL.1.1.2>
      <PP_QIJL.1.2.0 angular_momentum="0">120.0 1.0</PP_QIJL.1.2.0>
      <PP_QIJL.1.2.2 angular_momentum="2">122.0 1.0</PP_QIJL.1.2.2>
      <PP_QIJL.2.2.0 angular_momentum="0">220.0 1.0</PP_QIJL.2.2.0>
      <PP_QIJL.2.2.2 angular_momentum="2">222.0 1.0</PP_QIJL.2.2.2>
    </PP_AUGMENTATION>
  </PP_NONLOCAL>
  <PP_PSWFC>
    <PP_CHI.1 l="1" occupation="1.5">0.5 0.25</PP_CHI.1>
  </PP_PSWFC>
  <PP_RHOATOM>1.0 2.0</PP_RHOATOM>
  <PP_SPIN_ORB>
    <PP_RELBETA.1 index="1" lll="1" jjj="0.5"/>
    <PP_RELBETA.2 index="2" lll="1" jjj="1.5"/>
    <PP_RELWFC.1 index="1" lchi="1" jchi="1.5" nn="2"/>
  </PP_SPIN_ORB>
</UPF>
)";

inline constexpr std::string_view paw_2 = R"(<UPF version="2.0.1">
  <PP_HEADER element="Z" pseudo_type="PAW" is_ultrasoft="T" has_so="F" core_correction="F" z_valence="1.0"
    mesh_size="2" number_of_wfc="0" number_of_proj="1"/>
  <PP_MESH><PP_R>1.0 2.0</PP_R></PP_MESH>
  <PP_LOCAL>-1.0 -0.5</PP_LOCAL>
  <PP_NONLOCAL>
    <PP_BETA.1 label="1S" angular_momentum="0" cutoff_radius_index="1">1.0 2.0</PP_BETA.1>
    <PP_DIJ>2.0</PP_DIJ>
    <PP_AUGMENTATION q_with_l="T" cutoff_r_index="2">
      <PP_Q>0.25</PP_Q>
      <PP_MULTIPOLES>0.75</PP_MULTIPOLES>
      <PP_QIJL.1.1.0 angular_momentum="0">5.0 6.0</PP_QIJL.1.1.0>
    </PP_AUGMENTATION>
  </PP_NONLOCAL>
  <PP_PSWFC/>
  <PP_FULL_WFC number_of_wfc="1">
    <PP_AEWFC.1 label="1S" l="0">7.0 8.0</PP_AEWFC.1>
    <PP_PSWFC.1 l="0">9.0 10.0</PP_PSWFC.1>
  </PP_FULL_WFC>
  <PP_RHOATOM>1.0 2.0</PP_RHOATOM>
  <PP_PAW core_energy="-3.0">
    <PP_OCCUPATIONS size="1">1.0</PP_OCCUPATIONS>
    <PP_AE_NLCC size="2">0.5 0.25</PP_AE_NLCC>
    <PP_AE_VLOC size="2">-2.0 -1.0</PP_AE_VLOC>
  </PP_PAW>
</UPF>
)";

inline constexpr std::string_view norm_conserving_1 = R"(<PP_INFO>
made by hand
</PP_INFO>
<PP_HEADER>
   0                   Version Number
   X                   Element
   NC                  Norm - Conserving pseudopotential
    T                  Nonlinear Core Correction
 SLA  PZ   NOGX NOGC   Exchange-Correlation functional
    4.00000000000      Z valence
   -7.00000000000      Total energy
    0.0   0.0          Suggested cutoff for wfc and rho
    1                  Max angular momentum component
    3                  Number of points in mesh
    1    2             Number of Wavefunctions, Number of Projectors
 Wavefunctions         nl  l   occ
                       3S  0  2.00
</PP_HEADER>
<PP_MESH>
  <PP_R>
   1.00000000000E-01  2.0D-01
   4.0E-1
  </PP_R>
  <PP_RAB>
   0.1 0.1 0.1
  </PP_RAB>
</PP_MESH>
<PP_NLCC>
  1.0 2.0 3.0
</PP_NLCC>
<PP_LOCAL>
  -4.0 -3.0 -2.0
</PP_LOCAL>
<PP_NONLOCAL>
  <PP_BETA>
    1    0             Beta    L
     2
   1.0 2.0
  </PP_BETA>
  <PP_BETA>
    2    1             Beta    L
     1
   -0.5
    1.5 1.5
  </PP_BETA>
  <PP_DIJ>
    2                  Number of nonzero Dij
    1    1  3.0
    1    2  -1.0D+00
  </PP_DIJ>
</PP_NONLOCAL>
<PP_PSWFC>
3S    0  2.00          Wavefunction
  0.5 0.25 0.125
</PP_PSWFC>
<PP_RHOATOM>
  0.0 1.0
  2.0
</PP_RHOATOM>
)";

inline constexpr std::string_view ultrasoft_1 = R"(<PP_INFO>
</PP_INFO>
<PP_HEADER>
   0                   Version Number
   Y                   Element
   US                  Ultrasoft pseudopotential
    F                  Nonlinear Core Correction
 SLA  PW   PBE  PBE    Exchange-Correlation functional
    3.0                Z valence
   -7.0                Total energy
    0.0   0.0          Suggested cutoff for wfc and rho
    1                  Max angular momentum component
    3                  Number of points in mesh
    0    2             Number of Wavefunctions, Number of Projectors
</PP_HEADER>
<PP_MESH>
  <PP_R>
   0.5 1.0 2.0
  </PP_R>
</PP_MESH>
<PP_LOCAL>
  -4.0 -3.0 -2.0
</PP_LOCAL>
<PP_NONLOCAL>
  <PP_BETA>
    1    0             Beta    L
     1
   1.0
  </PP_BETA>
  <PP_BETA>
    2    1             Beta    L
     1
   2.0
  </PP_BETA>
  <PP_DIJ>
    1                  Number of nonzero Dij
    1    2  3.0
  </PP_DIJ>
  <PP_QIJ>
    2     nqf. If not zero, Qij's inside rinner are computed using qfcoef's
    <PP_RINNER>
    1  1.0
    2  1.5
    3  2.5
    </PP_RINNER>
    1    1    0        i  j  (l(j))
   0.1                 Q_int
   10.0 11.0 12.0
    <PP_QFCOEF>
   1.0 2.0 3.0 4.0
   5.0 6.0
    </PP_QFCOEF>
    1    2    1        i  j  (l(j))
   0.2                 Q_int
   20.0 21.0 22.0
    <PP_QFCOEF>
   1.0 2.0 3.0 4.0 5.0 6.0
    </PP_QFCOEF>
    2    2    1        i  j  (l(j))
   0.3                 Q_int
   30.0 31.0 32.0
    <PP_QFCOEF>
   1.0 2.0 3.0 4.0 5.0 6.0
    </PP_QFCOEF>
  </PP_QIJ>
</PP_NONLOCAL>
<PP_PSWFC>
</PP_PSWFC>
<PP_RHOATOM>
  1.0 2.0 3.0
</PP_RHOATOM>
)";

}  // namespace restapi::test
