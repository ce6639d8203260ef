# SPDX-License-Identifier: MIT
"""The materials of the demonstration, one row each, and what follows from a row: cells, sites, k-points, energies.

Lattice constants are textbook values in Å. Energies are made up to be plausible: bands are those of free electrons in
the same lattice, with a gap put above the occupied ones.
"""

import math
from dataclasses import dataclass

MASS = {
    "Al": 26.9815385, "As": 74.921595, "C": 12.0107, "Cl": 35.453, "Ga": 69.723, "Mg": 24.305, "Na": 22.98976928,
    "O": 15.9994, "Si": 28.0855, "Ti": 47.867,
}
VALENCE = {"Al": 3, "As": 5, "C": 4, "Cl": 7, "Ga": 3, "Mg": 2, "Na": 1, "O": 6, "Si": 4, "Ti": 4}
ATOM_ENERGY = {"Al": -57.2, "As": -172.4, "C": -155.6, "Cl": -410.3, "Ga": -60.1, "Mg": -23.6, "Na": -7.1,
               "O": -432.9, "Si": -107.3, "Ti": -118.8}
FREE_ELECTRON = 3.80998  # ħ²/2m in eV Å²


@dataclass(frozen=True)
class Material:
    name: str  # as a person says it
    formula: str
    lattice: str  # fcc, tetragonal, hexagonal layer
    a: float
    c: float
    sites: tuple[tuple[str, tuple[float, float, float]], ...]  # element and fractional position
    gap: float  # eV; 0 for metals
    mesh: tuple[int, int, int]
    space_group: tuple[int, str]
    note: str


QUARTER = (0.25, 0.25, 0.25)
HALF = (0.5, 0.5, 0.5)
ORIGIN = (0.0, 0.0, 0.0)
U = 0.3053  # the free parameter of rutile

MATERIALS = (
    Material("silicon", "Si2", "fcc", 5.431, 0, (("Si", ORIGIN), ("Si", QUARTER)), 0.61, (8, 8, 8), (227, "F d -3 m"),
             "Diamond structure; the first calculation of everybody"),
    Material("gallium arsenide", "GaAs", "fcc", 5.653, 0, (("Ga", ORIGIN), ("As", QUARTER)), 0.52, (8, 8, 8),
    (216, "F -4 3 m"),
             "Zincblende structure"),
    Material("magnesium oxide", "MgO", "fcc", 4.212, 0, (("Mg", ORIGIN), ("O", HALF)), 4.45, (6, 6, 6),
    (225, "F m -3 m"),
             "Rock salt structure, periclase"),
    Material("graphene", "C2", "layer", 2.461, 15.0, (("C", (1 / 3, 2 / 3, 0.5)), ("C", (2 / 3, 1 / 3, 0.5))), 0.0,
    (12, 12, 1),
             (191, "P 6/m m m"), "One layer of carbon, with 15 Å of nothing above it"),
    Material("diamond", "C2", "fcc", 3.567, 0, (("C", ORIGIN), ("C", QUARTER)), 4.15, (8, 8, 8), (227, "F d -3 m"),
             "Diamond itself"),
    Material("titanium dioxide", "O4Ti2", "tetragonal", 4.594, 2.959,
             (("Ti", ORIGIN), ("Ti", HALF), ("O", (U, U, 0.0)), ("O", (1 - U, 1 - U, 0.0)),
              ("O", (0.5 + U, 0.5 - U, 0.5)), ("O", (0.5 - U, 0.5 + U, 0.5))), 1.88, (4, 4, 6), (136, "P 42/m n m"),
             "Rutile"),
    Material("aluminium", "Al", "fcc", 4.046, 0, (("Al", ORIGIN),), 0.0, (12, 12, 12), (225, "F m -3 m"),
             "The metal among the demonstration materials"),
    Material("sodium chloride", "ClNa", "fcc", 5.640, 0, (("Na", ORIGIN), ("Cl", HALF)), 5.02, (6, 6, 6),
    (225, "F m -3 m"),
             "Rock salt itself"),
)

PATHS = {  # the way through the Brillouin zone, in fractions of the reciprocal vectors
    "fcc": (("L", HALF), ("GAMMA", ORIGIN), ("X", (0.5, 0.0, 0.5)), ("K", (0.375, 0.375, 0.75))),
    "tetragonal": (("GAMMA", ORIGIN), ("X", (0.0, 0.5, 0.0)), ("M", (0.5, 0.5, 0.0)), ("Z", (0.0, 0.0, 0.5))),
    "layer": (("GAMMA", ORIGIN), ("M", (0.5, 0.0, 0.0)), ("K", (1 / 3, 1 / 3, 0.0)), ("GAMMA", ORIGIN)),
}
STEPS = 7  # k-points from one label to the next


def cell(material: Material, scale: float = 1.0) -> list[list[float]]:
    a, c = material.a * scale, material.c * scale
    if material.lattice == "fcc":
        rows = [[0.0, a / 2, a / 2], [a / 2, 0.0, a / 2], [a / 2, a / 2, 0.0]]
    elif material.lattice == "tetragonal":
        rows = [[a, 0.0, 0.0], [0.0, a, 0.0], [0.0, 0.0, c]]
    else:
        rows = [[a, 0.0, 0.0], [-a / 2, a * math.sqrt(3) / 2, 0.0], [0.0, 0.0, material.c]]
    return [[round(value, 8) for value in row] for row in rows]


def cross(p: list[float], q: list[float]) -> list[float]:
    return [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]]


def volume(rows: list[list[float]]) -> float:
    return abs(sum(x * y for x, y in zip(rows[0], cross(rows[1], rows[2]))))


def cartesian(position, rows: list[list[float]]) -> list[float]:
    return [round(sum(position[i] * rows[i][axis] for i in range(3)), 8) for axis in range(3)]


def elements(material: Material) -> list[str]:
    return sorted({element for element, _ in material.sites})


def structure_attributes(material: Material, scale: float = 1.0) -> dict:
    rows = cell(material, scale)
    layer = material.lattice == "layer"
    return {
        "pbc1": True,
        "pbc2": True,
        "pbc3": not layer,
        "cell": rows,
        "kinds": [
            {"name": e, "symbols": [e], "weights": [1.0], "mass": MASS[e]} for e in elements(material)
        ],
        "sites": [{"kind_name": e, "position": cartesian(p, rows)} for e, p in material.sites],
    }


def total_energy(material: Material, scale: float = 1.0) -> float:
    """eV; least at scale 1.006, as a functional that makes things a little too large would have it."""
    atoms = sum(ATOM_ENERGY[element] for element, _ in material.sites)
    cohesion = 3.4 * len(material.sites)
    return round(atoms - cohesion * (1 - 9.0 * (scale - 1.006) ** 2), 8)


def electrons(material: Material) -> int:
    return sum(VALENCE[element] for element, _ in material.sites)


def k_path(material: Material) -> tuple[list[tuple[float, float, float]], list[str], list[int]]:
    """Points, labels, and the number of the point that has the label."""
    corners = PATHS[material.lattice]
    points: list[tuple[float, float, float]] = []
    labels, numbers = [], []
    for index, (label, corner) in enumerate(corners):
        labels.append(label)
        numbers.append(len(points))
        steps = STEPS if index + 1 < len(corners) else 1
        end = corners[min(index + 1, len(corners) - 1)][1]
        for step in range(steps):
            points.append(tuple(round(s + (e - s) * step / STEPS, 6) for s, e in zip(corner, end)))
    return points, labels, numbers


def bands(material: Material) -> tuple[list[list[float]], float]:
    """Energies in eV per k-point and band, and the Fermi energy."""
    rows = cell(material)
    inverse_volume = 2 * math.pi / volume(rows)
    reciprocal = [[value * inverse_volume for value in cross(rows[i - 2], rows[i - 1])] for i in range(3)]
    reach = range(-2, 3)
    depth = (0,) if material.lattice == "layer" else reach
    lattice = [(i, j, k) for i in reach for j in reach for k in depth]
    occupied = (electrons(material) + 1) // 2
    count = occupied + 3
    energies = []
    for point in k_path(material)[0]:
        squares = []
        for vector in lattice:
            q = cartesian([p + g for p, g in zip(point, vector)], reciprocal)
            squares.append(FREE_ELECTRON * sum(x * x for x in q))
        energies.append([round(energy, 3) for energy in sorted(squares)[:count]])
    if material.gap == 0:
        return energies, round(sorted(row[occupied - 1] for row in energies)[len(energies) // 2], 3)
    top = max(row[occupied - 1] for row in energies)
    bottom = min(row[occupied] for row in energies)
    shift = top - bottom + material.gap
    energies = [row[:occupied] + [round(e + shift, 3) for e in row[occupied:]] for row in energies]
    return energies, round(top + material.gap / 2, 3)
