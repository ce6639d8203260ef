# SPDX-License-Identifier: MIT
"""The processes of the story: a bands workflow, an equation of state, and the three ways in which things end badly.

Link rules kept here (and checked by tests/fixtures/demo_test.py): data enters a calculation by input_calc and a
workflow by input_work, only a calculation creates data, a workflow returns what its calculations created, and calls
go from a workflow to a process with one caller each.
"""

import hashlib

from . import files
from .graph import Graph, Node, User
from .materials import (Material, bands, cartesian, cell, electrons, elements, k_path, structure_attributes,
                        total_energy, volume)
from .people import Lab
from .processes import RELAXED, call_function, finish, pw_calculation, start_workflow

PROTOCOL = "aiida.workflows:quantumespresso.pw."


def bands_workflow(graph: Graph, lab: Lab, material: Material, user: User, code: Node) -> tuple[Node, Node]:
    """From the CIF to the bands; returns the structure that went in and the workflow."""
    text = files.cif(material)
    name = f"{material.name.replace(' ', '_')}.cif"
    cif = graph.node(
        "data.core.cif.CifData.", user, label=material.name, description=material.note,
        attributes={
            "filename": name, "md5": hashlib.md5(text).hexdigest(), "scan_type": "standard", "parse_policy": "lazy",
            "formulae": [material.formula], "spacegroup_numbers": [str(material.space_group[0])],
        },
        files={name: text},
    )
    reader = call_function(graph, user, "structure_from_cif", {"cif": cif})
    structure = graph.node(
        "data.core.structure.StructureData.", user, label=material.name,
        description=f"{material.formula}: {material.note}",
        attributes=structure_attributes(material),
    )
    finish(graph, reader, {"result": structure})

    graph.wait(900)
    parameters = graph.node(
        "data.core.dict.Dict.", user, label="parameters", description="Cutoffs in Ry, thresholds in Ry",
        attributes={"SYSTEM": {"ecutwfc": 50.0, "ecutrho": 400.0,
                               "occupations": "smearing" if material.gap == 0 else "fixed"},
                    "ELECTRONS": {"conv_thr": 1e-09, "mixing_beta": 0.7}},
    )
    distance = graph.node("data.core.float.Float.", user, label="kpoints_distance", attributes={"value": 0.2})
    clean = graph.node("data.core.bool.Bool.", user, attributes={"value": False})
    pseudos = {f"pseudos__{element}": lab.pseudos[element] for element in elements(material)}

    inputs = {"structure": structure, "code": code, "parameters": parameters, "kpoints_distance": distance, **pseudos}
    workflow = start_workflow(
        graph, user, PROTOCOL + "bands", "PwBandsWorkChain", {**inputs, "clean_workdir": clean},
        label=f"bands of {material.name}",
        description=f"Relaxation and band structure of {material.name}",
    )
    relaxation = start_workflow(
        graph, user, PROTOCOL + "relax", "PwRelaxWorkChain", inputs, caller=workflow, call="relax",
        label=f"relax {material.name}"
    )
    maker = call_function(graph, user, "create_kpoints_from_distance", {"structure": structure, "distance": distance},
                          caller=relaxation, call="create_kpoints")
    kpoints = graph.node(
        "data.core.array.kpoints.KpointsData.", user, label=f"mesh for {material.name}",
        attributes={"mesh": list(material.mesh), "offset": [0.0, 0.0, 0.0], "cell": cell(material),
                    "pbc1": True, "pbc2": True, "pbc3": material.lattice != "layer"},
    )
    finish(graph, maker, {"result": kpoints})

    common = {"code": code, "parameters": parameters, **pseudos}
    relax, outputs = pw_calculation(graph, user, material, "vc-relax",
                                    {**common, "structure": structure, "kpoints": kpoints},
                                    caller=relaxation, call="iteration_01")
    relaxed, trajectory = relaxation_data(graph, user, material)
    finish(graph, relax, {**outputs, "output_structure": relaxed, "output_trajectory": trajectory})
    graph.log(relaxation, "REPORT", f"[{relaxation.id}|PwRelaxWorkChain|inspect_relax]: relaxed after 1 iteration")
    finish(graph, relaxation, {"output_structure": relaxed, "output_parameters": outputs["output_parameters"]})

    path, path_parameters = seek_path(graph, user, material, relaxed, workflow)
    scf, outputs = pw_calculation(graph, user, material, "scf", {**common, "structure": relaxed, "kpoints": kpoints},
                                  caller=workflow, call="scf")
    finish(graph, scf, outputs)
    band, band_outputs = pw_calculation(
        graph, user, material, "bands",
        {**common, "structure": relaxed, "kpoints": path, "parent_folder": outputs["remote_folder"]}, caller=workflow,
        call="bands",
    )
    energies, fermi = bands(material)
    points, labels, numbers = k_path(material)
    band_data = graph.node(
        "data.core.array.bands.BandsData.", user, label=f"bands of {material.name}", description="Energies in eV",
        attributes={
            "units": "eV", "labels": labels, "label_numbers": numbers, "array|bands": [len(energies), len(energies[0])],
            "array|kpoints": [len(points), 3], "cell": cell(material, RELAXED), "pbc1": True, "pbc2": True,
            "pbc3": material.lattice != "layer",
        },
        files={"bands.npy": files.npy(energies), "kpoints.npy": files.npy(points)},
    )
    finish(graph, band, {**band_outputs, "output_band": band_data})
    finder = call_function(graph, user, "find_gap", {"bands": band_data}, caller=workflow, call="find_gap")
    gap = graph.node(
        "data.core.dict.Dict.", user, label=f"gap of {material.name}",
        attributes={"gap": material.gap, "unit": "eV", "fermi_energy": fermi, "is_metal": material.gap == 0,
                    "occupied_bands": (electrons(material) + 1) // 2},
    )
    finish(graph, finder, {"gap": gap})
    graph.log(workflow, "REPORT", f"[{workflow.id}|PwBandsWorkChain|results]: completed, the gap is {material.gap} eV")
    finish(graph, workflow, {"band_structure": band_data, "gap": gap, "primitive_structure": relaxed,
                             "seekpath_parameters": path_parameters})
    return structure, workflow


def relaxation_data(graph: Graph, user: User, material: Material) -> tuple[Node, Node]:
    scales = [1.0, 1.004, RELAXED]
    relaxed = graph.node(
        "data.core.structure.StructureData.", user, label=f"{material.name}, relaxed",
        attributes=structure_attributes(material, RELAXED)
    )
    positions = [[cartesian(p, cell(material, scale)) for _, p in material.sites] for scale in scales]
    trajectory = graph.node(
        "data.core.array.trajectory.TrajectoryData.", user, label=f"relaxation of {material.name}",
        attributes={
            "symbols": [element for element, _ in material.sites], "array|steps": [3], "array|cells": [3, 3, 3],
            "array|positions": [3, len(material.sites), 3], "array|energy": [3], "units|energy": "eV",
        },
        files={
            "steps.npy": files.npy([0, 1, 2]),
            "cells.npy": files.npy([cell(material, scale) for scale in scales]),
            "positions.npy": files.npy(positions),
            "energy.npy": files.npy([total_energy(material, scale) for scale in scales]),
        },
    )
    return relaxed, trajectory


def seek_path(graph: Graph, user: User, material: Material, relaxed: Node, workflow: Node) -> tuple[Node, Node]:
    seeker = call_function(graph, user, "seekpath_structure_analysis", {"structure": relaxed}, caller=workflow,
                           call="seekpath")
    points, labels, numbers = k_path(material)
    path = graph.node(
        "data.core.array.kpoints.KpointsData.", user, label=f"path for {material.name}", description="-".join(labels),
        attributes={"array|kpoints": [len(points), 3], "labels": labels, "label_numbers": numbers,
                    "cell": cell(material, RELAXED), "pbc1": True, "pbc2": True, "pbc3": material.lattice != "layer"},
        files={"kpoints.npy": files.npy(points)},
    )
    parameters = graph.node(
        "data.core.dict.Dict.", user,
        attributes={"spacegroup_number": material.space_group[0],
                    "spacegroup_international": material.space_group[1].replace(" ", ""),
                    "volume_original_prim": round(volume(cell(material, RELAXED)), 6),
                    "has_inversion_symmetry": material.formula != "GaAs"},
    )
    finish(graph, seeker, {"explicit_kpoints": path, "parameters": parameters})
    return path, parameters


def equation_of_state(graph: Graph, lab: Lab, material: Material, structure: Node) -> None:
    """A work function that calls calculation functions."""
    scales = [0.98, 1.0, 1.02]
    factors = {f"scale_{number}": graph.node("data.core.float.Float.", lab.ada, attributes={"value": scale})
               for number, scale in enumerate(scales)}
    work = start_workflow(graph, lab.ada, None, "equation_of_state", {"structure": structure, **factors},
                          label="equation of state")
    energies = {}
    for (name, factor), scale in zip(factors.items(), scales):
        rescale = call_function(graph, lab.ada, "rescale", {"structure": structure, "scale": factor}, caller=work,
                                call="CALL")
        scaled = graph.node("data.core.structure.StructureData.", lab.ada, label=f"silicon × {scale}",
                            attributes=structure_attributes(material, scale))
        finish(graph, rescale, {"result": scaled})
        model = call_function(graph, lab.ada, "energy_of", {"structure": scaled}, caller=work, call="CALL")
        energies[name] = graph.node("data.core.float.Float.", lab.ada, label="energy", description="eV",
                                    attributes={"value": total_energy(material, scale)})
        finish(graph, model, {"result": energies[name]})
        lab.eos_nodes += [scaled, energies[name]]
    fit = call_function(graph, lab.ada, "fit", energies, caller=work, call="CALL")
    result = graph.node("data.core.dict.Dict.", lab.ada, label="equation of state of silicon",
                        attributes={"scale": 1.006, "bulk_modulus": 88.6, "unit": "GPa"})
    finish(graph, fit, {"result": result})
    finish(graph, work, {"result": result})
    lab.eos_nodes.append(work)


def failures(graph: Graph, lab: Lab, material: Material, structure: Node) -> None:
    """Not converged (and the workflow above it fails), raised, killed."""
    user = lab.noor
    parameters = graph.node("data.core.dict.Dict.", user, label="bad parameters",
                            description="Too few iterations on purpose",
                            attributes={"ELECTRONS": {"electron_maxstep": 5, "conv_thr": 1e-12}})
    kpoints = graph.node("data.core.array.kpoints.KpointsData.", user, label="coarse mesh",
                         attributes={"mesh": [2, 2, 2], "offset": [0.5, 0.5, 0.5]})
    pseudos = {f"pseudos__{element}": lab.pseudos[element] for element in elements(material)}
    inputs = {"code": lab.pw_beta, "structure": structure, "parameters": parameters, "kpoints": kpoints, **pseudos}

    relaxation = start_workflow(graph, user, PROTOCOL + "relax", "PwRelaxWorkChain", inputs,
                                label="relax, too impatient")
    calculation, outputs = pw_calculation(graph, user, material, "vc-relax", inputs, caller=relaxation,
                                          call="iteration_01", converged=False)
    finish(graph, calculation, outputs, status=410,
           message="The electronic minimization cycle did not reach self-consistency.")
    graph.log(calculation, "ERROR", "convergence NOT achieved after 5 iterations")
    graph.log(relaxation, "REPORT",
              f"[{relaxation.id}|PwRelaxWorkChain|inspect_relax]: relax PwCalculation failed with exit status 410")
    finish(graph, relaxation, {}, status=401, message="The relax sub process failed")
    lab.failed = calculation

    graph.wait(4000)
    raised = call_function(graph, user, "find_gap", {"bands": structure})
    graph.log(raised, "REPORT", f"[{raised.id}|find_gap|on_except]: Traceback (most recent call last):\n"
              "  File \"functions.py\", line 31, in find_gap\n    energies = bands.get_bands()\n"
              "AttributeError: 'StructureData' object has no attribute 'get_bands'\n")
    finish(graph, raised, {}, state="excepted",
           exception="AttributeError: 'StructureData' object has no attribute 'get_bands'")

    graph.wait(9000)
    long = start_workflow(graph, user, PROTOCOL + "bands", "PwBandsWorkChain", inputs, label="bands, killed")
    job, outputs = pw_calculation(graph, user, material, "scf", inputs, caller=long, call="scf", killed=True)
    finish(graph, job, outputs, state="killed")
    finish(graph, long, {}, state="killed")
    lab.killed = long, job
