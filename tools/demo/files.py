# SPDX-License-Identifier: MIT
"""The files in the nodes' repositories: inputs, outputs, scripts, CIF, NumPy arrays.

Shortened to what shows their format. Nothing is copied from a program.
"""

import json
import struct

from .graph import Node
from .materials import MASS, Material, cartesian, cell, electrons, elements, k_path, total_energy, volume

RYDBERG = 13.605693123  # eV


def npy(rows: list) -> bytes:
    """A C-ordered array in NumPy's format 1.0, int64 if all values are integers, else float64; `rows` is nested up to
    three deep and rectangular."""
    shape, level = [], rows
    while isinstance(level, (list, tuple)):
        shape.append(len(level))
        level = level[0]
    flat = rows
    for _ in shape[1:]:
        flat = [value for row in flat for value in row]
    shape_text = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
    kind = "i" if all(isinstance(value, int) for value in flat) else "f"
    header = f"{{'descr': '<{kind}8', 'fortran_order': False, 'shape': {shape_text}, }}"
    padding = -(10 + len(header) + 1) % 64
    header += " " * padding + "\n"
    values = struct.pack(f"<{len(flat)}{'q' if kind == 'i' else 'd'}", *flat)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values


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
        *kpoints_card(material, calculation, mesh),
        "CELL_PARAMETERS angstrom",
        *("".join(f" {x:14.8f}" for x in row) for row in rows),
    ]
    return ("\n".join(lines) + "\n").encode()


def kpoints_card(material: Material, calculation: str, mesh: tuple[int, int, int]) -> list[str]:
    if calculation != "bands":
        return ["K_POINTS automatic", " ".join(map(str, mesh)) + " 0 0 0"]
    points = k_path(material)[0]
    return ["K_POINTS crystal", str(len(points)), *("".join(f"{x:11.6f}" for x in point) + " 1" for point in points)]


def iterations(material: Material, scale: float, converged: bool) -> list[tuple[int, float, float]]:
    """Number, energy and accuracy in Ry of each step towards self-consistency."""
    energy = total_energy(material, scale) / RYDBERG
    accuracies = [10.0 ** (-2 * number if converged else -1) for number in range(1, 6)]
    return [(number, energy + accuracy / 3, accuracy) for number, accuracy in enumerate(accuracies, 1)]


def energy_table(material: Material, scale: float, converged: bool = True) -> bytes:
    lines = ["# iteration  energy (Ry)  accuracy (Ry)"]
    lines += [f"{number:3d} {energy:16.8f} {accuracy:12.2E}"
              for number, energy, accuracy in iterations(material, scale, converged)]
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
    for number, energy_so_far, accuracy in iterations(material, scale, converged):
        lines.append(f"     iteration #{number:3d}     total energy = {energy_so_far:16.8f} Ry")
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


def calculation_info(job: Node, code: Node, pseudos: list[Node]) -> bytes:
    """What the plugin told the engine: what to run, what to send along, what to bring back."""
    info = {
        "uuid": job.uuid,
        "codes_info": [{"code_uuid": code.uuid, "cmdline_params": ["-in", "aiida.in"], "stdout_name": "aiida.out"}],
        "local_copy_list": [[pseudo.uuid, name, f"./pseudo/{name}"]
                            for pseudo in pseudos for name in [pseudo.attributes["filename"]]],
        "remote_copy_list": [],
        "retrieve_list": ["aiida.out", "out/energies.dat"],
        "provenance_exclude_list": [f"pseudo/{pseudo.attributes['filename']}" for pseudo in pseudos],
    }
    return json.dumps(info, indent=2).encode()


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
