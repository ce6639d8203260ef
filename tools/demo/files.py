# SPDX-License-Identifier: MIT
"""The files in the nodes' repositories: inputs, outputs, scripts, CIF, pseudo-potentials, NumPy arrays.

Shortened to what shows their format. Nothing is copied from a program or a library of pseudo-potentials.
"""

import json
import struct

from .materials import MASS, VALENCE, Material, cartesian, cell, electrons, elements, total_energy, volume

RYDBERG = 13.605693123  # eV


def npy(rows: list) -> bytes:
    """A C-ordered float64 array in NumPy's format 1.0; `rows` is nested up to three deep and rectangular."""
    shape, level = [], rows
    while isinstance(level, (list, tuple)):
        shape.append(len(level))
        level = level[0]
    flat = rows
    for _ in shape[1:]:
        flat = [value for row in flat for value in row]
    shape_text = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape_text}, }}"
    padding = -(10 + len(header) + 1) % 64
    header += " " * padding + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(flat)}d",
                                                                                                 *flat)


def cif(material: Material) -> bytes:
    number, symbol = material.space_group
    lengths = {"fcc": (material.a,) * 3, "tetragonal": (material.a, material.a, material.c),
               "layer": (material.a, material.a, material.c)}[material.lattice]
    lines = [
        f"data_{material.name.replace(' ', '_')}",
        f"_chemical_name_common           '{material.name}'",
        *(f"_cell_length_{axis}                  {length:.4f}" for axis, length in zip("abc", lengths)),
        "_cell_angle_alpha               90.0",
        "_cell_angle_beta                90.0",
        f"_cell_angle_gamma               {120.0 if material.lattice == 'layer' else 90.0}",
        f"_space_group_name_H-M_alt       '{symbol}'",
        f"_space_group_IT_number          {number}",
        "loop_",
        "_atom_site_label",
        "_atom_site_fract_x",
        "_atom_site_fract_y",
        "_atom_site_fract_z",
    ]
    seen: list[str] = []
    for element, position in material.sites:
        if element not in seen:  # the space group makes the others
            seen.append(element)
            lines.append(f"{element}1  " + "  ".join(f"{x:.5f}" for x in position))
    return ("\n".join(lines) + "\n").encode()


def upf(element: str) -> bytes:
    return (
        '<UPF version="2.0.1">\n'
        "  <PP_INFO>\n"
        "    A header without a potential: made for a demonstration, of no use in a calculation.\n"
        "  </PP_INFO>\n"
        f'  <PP_HEADER element="{element}" pseudo_type="NC" relativistic="scalar" core_correction="F"\n'
        f'             functional="PBE" z_valence="{VALENCE[element]:.2f}" l_max="2" mesh_size="0"/>\n'
        "</UPF>\n"
    ).encode()


def pw_input(material: Material, calculation: str, mesh: tuple[int, int, int], scale: float) -> bytes:
    rows = cell(material, scale)
    lines = [
        "&CONTROL",
        f"  calculation = '{calculation}'",
        "  outdir = './out/'",
        "  prefix = 'aiida'",
        "  pseudo_dir = './pseudo/'",
        "/",
        "&SYSTEM",
        "  ecutwfc = 50.0",
        "  ecutrho = 400.0",
        "  ibrav = 0",
        f"  nat = {len(material.sites)}",
        f"  ntyp = {len(elements(material))}",
        "/",
        "&ELECTRONS",
        "  conv_thr = 1.0d-09",
        "/",
        "ATOMIC_SPECIES",
        *(f"{e:<3} {MASS[e]:.4f} {e}.demo.UPF" for e in elements(material)),
        "ATOMIC_POSITIONS angstrom",
        *(f"{e:<3}" + "".join(f" {x:14.8f}" for x in cartesian(p, rows)) for e, p in material.sites),
        "K_POINTS " + ("crystal" if calculation == "bands" else "automatic"),
        "(path: see the k-points node)" if calculation == "bands" else " ".join(map(str, mesh)) + " 0 0 0",
        "CELL_PARAMETERS angstrom",
        *("".join(f" {x:14.8f}" for x in row) for row in rows),
    ]
    return ("\n".join(lines) + "\n").encode()


def pw_output(material: Material, calculation: str, scale: float, seconds: int, converged: bool = True) -> bytes:
    energy = total_energy(material, scale) / RYDBERG
    lines = [
        "",
        "     Program PWSCF (demonstration) starts",
        "",
        f"     number of atoms/cell      = {len(material.sites):12d}",
        f"     number of electrons       = {electrons(material):12.2f}",
        f"     unit-cell volume          = {volume(cell(material, scale)) / 0.529177211**3:12.4f} (a.u.)^3",
        "",
    ]
    for iteration in range(1, 6):
        accuracy = 10.0 ** (-2 * iteration if converged else -1)
        lines.append(f"     iteration #{iteration:3d}     total energy = {energy + accuracy / 3:16.8f} Ry")
        lines.append(f"     estimated scf accuracy    <  {accuracy:16.8f} Ry")
    if converged:
        lines += [
            f"!    total energy              = {energy:16.8f} Ry",
            "",
            f"     PWSCF        : {seconds}s CPU {seconds + 3}s WALL ({calculation})",
            "",
            "     JOB DONE.",
        ]
    else:
        lines += ["     convergence NOT achieved after 5 iterations: stopping"]
    return ("\n".join(lines) + "\n").encode()


def submit_script(scheduler: str, job: int, command: str, prepend: str) -> bytes:
    header = {
        "core.slurm": f'#SBATCH --job-name="aiida-{job}"\n#SBATCH --nodes=1\n#SBATCH --ntasks-per-node=16\n'
        "#SBATCH --time=01:00:00",
        "core.pbspro": f'#PBS -N aiida-{job}\n#PBS -l select=1:mpiprocs=16\n#PBS -l walltime=01:00:00',
        "core.direct": "ulimit -t 3600",
    }[scheduler]
    return f"#!/bin/bash\n{header}\n\n{prepend}\n\n{command}\n".encode()


def job_template(job: int, computer: str) -> bytes:
    template = {"job_name": f"aiida-{job}", "computer": computer,
                "job_resource": {"num_machines": 1, "num_mpiprocs_per_machine": 16}}
    return json.dumps(template, indent=2).encode()


FIT_SCRIPT = b'''"""Fit a parabola to energies over volumes and print its minimum."""

import json
import sys

points = json.load(sys.stdin)
volumes = [v for v, _ in points]
lowest = min(points, key=lambda point: point[1])
print(json.dumps({"volume": lowest[0], "energy": lowest[1], "points": len(volumes)}))
'''

FUNCTIONS = b'''"""The calculation and work functions of the demonstration."""

from aiida.engine import calcfunction, workfunction


@calcfunction
def structure_from_cif(cif):
    """The primitive cell that a CIF describes."""
    return cif.get_structure(converter="ase", primitive_cell=True)


@calcfunction
def rescale(structure, scale):
    """The same structure in a larger or smaller cell."""
    return scaled_copy(structure, scale.value)


@workfunction
def equation_of_state(structure, scales):
    """Energies of a structure at several volumes."""
    return fit([energy_of(rescale(structure, scale)) for scale in scales])
'''
