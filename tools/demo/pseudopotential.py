# SPDX-License-Identifier: MIT
"""The file of a pseudo-potential in the format UPF 2: complete, small, and of no use in a calculation.

All numbers come from a few formulas that look like what such a file holds: one projector and one orbital for each of
two angular momenta, on a mesh of twenty points. Lengths in Bohr, energies in Rydberg.
"""

import math

from .graph import fraction
from .materials import VALENCE

ORBITALS = {  # the outermost two of an atom
    "Al": ("3S", "3P"), "As": ("4S", "4P"), "C": ("2S", "2P"), "Cl": ("3S", "3P"), "Ga": ("4S", "4P"),
    "Mg": ("3S", "3P"), "Na": ("3S", "3P"), "O": ("2S", "2P"), "Si": ("3S", "3P"), "Ti": ("4S", "3D"),
}
WITH_CORE = ("As", "Ga", "Na", "Ti")  # have a charge of the core
MOMENTUM = "SPD"
MESH = 20
FIRST, RATIO = 0.01, 1.42  # the first point, and each by the one before
CUTOFF = 1.8  # projectors are zero from here on


def upf(element: str) -> bytes:
    orbitals, core = ORBITALS[element], element in WITH_CORE
    momenta = [MOMENTUM.index(label[1]) for label in orbitals]
    occupations = [min(2, VALENCE[element]), max(0, VALENCE[element] - 2)]
    mesh = [FIRST * RATIO**point for point in range(MESH)]
    waves = [orbital(element, label, momentum, mesh) for label, momentum in zip(orbitals, momenta)]
    inside = sum(r < CUTOFF for r in mesh)

    lines = [
        '<UPF version="2.0.1">',
        "  <PP_INFO>",
        "    Made for a demonstration from invented numbers: of no use in a calculation.",
        "  </PP_INFO>",
        '  <PP_HEADER generated="demonstration" author="nobody" date="240902" comment="invented"',
        f'    element="{element}" pseudo_type="NC" relativistic="scalar" functional="PBE"',
        '    is_ultrasoft="F" is_paw="F" is_coulomb="F" has_so="F" has_wfc="F" has_gipaw="F" paw_as_gipaw="F"',
        f'    core_correction="{"T" if core else "F"}" z_valence="{VALENCE[element]:.2f}"',
        f'    l_max="{max(momenta)}" l_local="-1" mesh_size="{MESH}" number_of_wfc="2" number_of_proj="2"/>',
        f'  <PP_MESH mesh="{MESH}" dx="{math.log(RATIO):.6E}" xmin="{math.log(FIRST):.6E}" rmax="{mesh[-1]:.6E}">',
        *section("PP_R", mesh),
        *section("PP_RAB", [r * math.log(RATIO) for r in mesh]),
        "  </PP_MESH>",
    ]
    if core:
        lines += section("PP_NLCC", [0.8 * math.exp(-4 * r * r) for r in mesh])
    lines += section("PP_LOCAL", [-2 * VALENCE[element] * math.erf(r) / r for r in mesh])
    lines.append("  <PP_NONLOCAL>")
    for number, (label, momentum) in enumerate(zip(orbitals, momenta), 1):
        beta = [r ** (momentum + 1) * (1 - (r / CUTOFF) ** 2) ** 2 if r < CUTOFF else 0.0 for r in mesh]
        lines += section(f"PP_BETA.{number}", beta, f'index="{number}" label="{label}" angular_momentum="{momentum}" '
                         f'cutoff_radius_index="{inside}" cutoff_radius="{CUTOFF:.6E}"')
    strengths = [round(8 * fraction(element, label) - 3, 4) for label in orbitals]
    lines += section("PP_DIJ", [strengths[0], 0.0, 0.0, strengths[1]], columns=2)
    lines += ["  </PP_NONLOCAL>", "  <PP_PSWFC>"]
    for number, (label, momentum) in enumerate(zip(orbitals, momenta), 1):
        lines += section(f"PP_CHI.{number}", waves[number - 1], f'index="{number}" label="{label}" l="{momentum}" '
                         f'occupation="{occupations[number - 1]:.2f}"')
    lines.append("  </PP_PSWFC>")
    lines += section("PP_RHOATOM", [sum(n * wave[point] ** 2 for n, wave in zip(occupations, waves))
                                    for point in range(MESH)])
    lines.append("</UPF>")
    return ("\n".join(lines) + "\n").encode()


def orbital(element: str, label: str, momentum: int, mesh: list[float]) -> list[float]:
    """r times a Slater function, so that its square is the charge of one electron."""
    power = momentum + 1
    decay = 1 + fraction(element, label, "decay")
    norm = math.sqrt((2 * decay) ** (2 * power + 1) / math.factorial(2 * power))
    return [norm * r**power * math.exp(-decay * r) for r in mesh]


def section(tag: str, values: list[float], attributes: str = "", columns: int = 4) -> list[str]:
    rows = [values[begin : begin + columns] for begin in range(0, len(values), columns)]
    return [
        f'    <{tag} type="real" size="{len(values)}" columns="{columns}"{" " if attributes else ""}{attributes}>',
        *("    " + " ".join(f"{value:14.6E}" for value in row) for row in rows),
        f"    </{tag}>",
    ]
