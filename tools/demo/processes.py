# SPDX-License-Identifier: MIT
"""How a process starts and ends: the node, its input and call links, its output links, and what its attributes say."""

import hashlib

from . import files
from .graph import Graph, Node, User, fraction
from .materials import Material, bands, cell, electrons, total_energy, volume

VERSION = {"core": "2.6.3", "plugin": "1.0.0"}
RELAXED = 1.006  # by how much the functional makes a lattice larger
NOT_CONVERGED = {"convergence_info": {"scf_conv": {"convergence_achieved": False, "n_scf_steps": 5}}}


def start(graph: Graph, user: User, node_type: str, kind: str, inputs: dict[str, Node], caller: Node | None, call: str,
          **columns) -> Node:
    """The node, what goes into it, and who called it; `kind` is calc or work, as in the names of the links."""
    process = graph.node(node_type, user, **columns)
    for label, data in inputs.items():
        graph.link(data, process, label, f"input_{kind}")
    if caller:
        graph.link(caller, process, call, f"call_{kind}")
    return process


def call_function(graph: Graph, user: User, name: str, inputs: dict[str, Node], caller: Node | None = None,
                  call: str = "CALL") -> Node:
    """A calculation function: runs where it is called, so it has no computer."""
    return start(
        graph, user, "process.calculation.calcfunction.CalcFunctionNode.", "calc", inputs, caller, call, label=name,
        process_type=f"demo.functions.{name}",
        attributes={
            "version": VERSION, "process_label": name, "function_name": name, "function_namespace": "demo.functions",
            "function_starting_line_number": 7 + len(name), "function_number_of_lines": 3, "metadata_inputs": None,
        },
        files={"source_file": files.FUNCTIONS},
    )


def start_workflow(graph: Graph, user: User, entry_point: str | None, name: str, inputs: dict[str, Node],
                   caller: Node | None = None, call: str = "CALL", **columns) -> Node:
    """A work chain, or a work function where there is no entry point."""
    if entry_point:
        node_type, attributes = "process.workflow.workchain.WorkChainNode.", {"stepper_state_info": "4:results"}
    else:
        node_type = "process.workflow.workfunction.WorkFunctionNode."
        attributes = {"function_name": name, "function_namespace": "demo.functions"}
        columns["files"] = {"source_file": files.FUNCTIONS}
    workflow = start(
        graph, user, node_type, "work", inputs, caller, call, process_type=entry_point or f"demo.functions.{name}",
        attributes={"version": VERSION, "process_label": name, **attributes}, **columns,
    )
    if entry_point:
        structure = inputs["structure"]
        graph.log(workflow, "REPORT", f"[{workflow.id}|{name}|setup]: starting with structure<{structure.id}>")
    return workflow


def pw_calculation(graph: Graph, user: User, material: Material, task: str, inputs: dict[str, Node],
                   caller: Node, call: str, converged: bool = True,
                   killed: bool = False) -> tuple[Node, dict[str, Node]]:
    """A job on the computer of its code, and the outputs that each such job has; its caller adds more and finishes."""
    code = inputs["code"]
    computer = code.computer
    scale = 1.0 if task == "vc-relax" else RELAXED
    job = start(
        graph, user, "process.calculation.calcjob.CalcJobNode.", "calc", inputs, caller, call, computer=computer,
        process_type="aiida.calculations:quantumespresso.pw", label=f"{task} {material.name}",
    )
    number = str(204000 + 17 * job.id) + (".beta" if computer.scheduler_type == "core.pbspro" else "")
    home = computer.metadata["workdir"].format(username=user.first_name.lower())
    workdir = f"{home}/{job.uuid[:2]}/{job.uuid[2:4]}/{job.uuid[4:]}"
    seconds = int(120 + 1800 * fraction("seconds", job.id))
    job.attributes = {
        "version": VERSION, "process_label": "PwCalculation", "job_id": number,
        "scheduler_state": "undetermined" if killed else "done",
        "withmpi": True, "resources": {"num_machines": 1, "num_mpiprocs_per_machine": 16},
        "max_wallclock_seconds": 3600,
        "parser_name": "quantumespresso.pw", "input_filename": "aiida.in", "output_filename": "aiida.out",
        "remote_workdir": workdir,
        "retrieve_list": ["aiida.out", "_scheduler-stdout.txt", "_scheduler-stderr.txt"], "environment_variables": {},
        "scheduler_stdout": "_scheduler-stdout.txt", "scheduler_stderr": "_scheduler-stderr.txt", "priority": None,
    }
    job.extras = {"_aiida_hash": hashlib.sha256(job.uuid.encode()).hexdigest()}
    run = " ".join(computer.metadata["mpirun_command"]).format(tot_num_mpiprocs=16)
    command = f"{run} '{code.attributes['filepath_executable']}' -in aiida.in > aiida.out"
    prepend = code.attributes["prepend_text"]
    job.files = {
        "aiida.in": files.pw_input(material, task, material.mesh, scale),
        "_aiidasubmit.sh": files.submit_script(computer.scheduler_type, job.id, command, prepend),
        ".aiida/job_tmpl.json": files.job_template(job.id, computer.label),
        ".aiida/calcinfo.json": files.calculation_info(
            job, code, [node for label, node in inputs.items() if label.startswith("pseudos__")]),
    }
    graph.wait(25)
    remote = graph.node("data.core.remote.RemoteData.", user, computer=computer, attributes={"remote_path": workdir})
    outputs = {"remote_folder": remote}
    if killed:
        return job, outputs
    graph.wait(seconds)
    outputs["retrieved"] = graph.node(
        "data.core.folder.FolderData.", user,
        files={
            "aiida.out": files.pw_output(material, task, scale, seconds, converged),
            "out/energies.dat": files.energy_table(material, scale, converged),
            "_scheduler-stdout.txt": b"", "_scheduler-stderr.txt": b"" if converged else b"slow convergence\n",
        },
    )
    attributes = results(material, task, scale, seconds) if converged else NOT_CONVERGED
    outputs["output_parameters"] = graph.node("data.core.dict.Dict.", user, attributes=attributes)
    return job, outputs


def results(material: Material, task: str, scale: float, seconds: int) -> dict:
    energies, fermi = bands(material)
    values = {
        "energy": total_energy(material, scale), "energy_units": "eV", "fermi_energy": fermi,
        "fermi_energy_units": "eV",
        "number_of_atoms": len(material.sites), "number_of_electrons": float(electrons(material)),
        "number_of_bands": len(energies[0]), "volume": round(volume(cell(material, scale)), 8),
        "wall_time_seconds": float(seconds), "creator_name": "pwscf", "warnings": [],
    }
    if task == "vc-relax":
        pressure = round(-9.3 * fraction(material.name), 4)
        values |= {"total_force": 0.0, "total_force_units": "ev / angstrom", "pressure": pressure}
    return values


def finish(graph: Graph, process: Node, outputs: dict[str, Node], status: int = 0, message: str | None = None,
           state: str = "finished", exception: str | None = None) -> None:
    """Link what came out, and write how it ended. A calculation creates, a workflow returns."""
    graph.wait(2)
    for label, data in outputs.items():
        graph.link(process, data, label, "create" if process.is_calculation else "return")
    process.attributes |= {"process_state": state, "sealed": True}
    if state == "finished":
        process.attributes |= {"exit_status": status} | ({"exit_message": message} if message else {})
    if state == "killed":
        process.attributes["process_status"] = "Killed through `verdi process kill`"
    if exception:
        process.attributes["exception"] = exception
    process.mtime = graph.now
