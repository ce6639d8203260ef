# SPDX-License-Identifier: MIT
"""Who works where with what: users, computers, codes and pseudo-potentials, all invented."""

import hashlib
from dataclasses import dataclass, field

from . import files
from .graph import Computer, Graph, Node, User
from .materials import MATERIALS, elements
from .pseudopotential import upf


@dataclass
class Lab:
    ada: User
    noor: User
    alpha: Computer
    beta: Computer
    gamma: Computer
    pw_alpha: Node | None = None
    pw_beta: Node | None = None
    pseudos: dict[str, Node] = field(default_factory=dict)
    # what the story leaves for those who come later
    workflows: list[Node] = field(default_factory=list)
    eos_nodes: list[Node] = field(default_factory=list)
    failed: Node | None = None
    killed: tuple[Node, Node] | None = None  # a workflow and its calculation


def metadata(workdir: str, mpirun: list[str], processes: int) -> dict:
    return {
        "workdir": workdir,
        "shebang": "#!/bin/bash",
        "mpirun_command": mpirun,
        "default_mpiprocs_per_machine": processes,
        "prepend_text": "",
        "append_text": "",
    }


def open_lab(graph: Graph) -> Lab:
    lab = Lab(
        ada=graph.user("ada.ferrante@example.org", "Ada", "Ferrante", "Institute for Imaginary Materials"),
        noor=graph.user("noor.lindqvist@example.org", "Noor", "Lindqvist", "Nordhavn University of Applied Fiction"),
        alpha=graph.computer(
            "Alpha", hostname="alpha.example.org", description="The large cluster", scheduler_type="core.slurm",
            transport_type="core.ssh", metadata=metadata("/scratch/{username}/aiida",
                                                         ["srun", "-n", "{tot_num_mpiprocs}"], 16),
        ),
        beta=graph.computer(
            "Beta", hostname="beta.example.org", description="The old cluster: patient, but queued",
            scheduler_type="core.pbspro",
            transport_type="core.ssh", metadata=metadata("/home/{username}/aiida",
                                                         ["mpirun", "-np", "{tot_num_mpiprocs}"], 16),
        ),
        gamma=graph.computer(
            "Gamma", hostname="gamma.example.org", description="The workstation under the desk",
            scheduler_type="core.direct",
            transport_type="core.local", metadata=metadata("/tmp/aiida", [], 1),
        ),
    )
    lab.pw_alpha = installed_code(graph, lab.ada, lab.alpha, "pw", "/opt/espresso/7.2/bin/pw.x",
                                  "module load espresso/7.2")
    lab.pw_beta = installed_code(graph, lab.ada, lab.beta, "pw-old", "/usr/local/espresso-6.8/bin/pw.x", "")
    installed_code(graph, lab.noor, lab.gamma, "python3", "/usr/bin/python3", "")
    graph.node(
        "data.core.code.portable.PortableCode.", lab.noor, label="fit-eos",
        description="A script that travels with the job",
        attributes={
            "filepath_executable": "fit_eos.py", "input_plugin": "core.shell", "append_text": "", "prepend_text": "",
            "use_double_quotes": False, "with_mpi": False, "wrap_cmdline_params": False,
        },
        extras={"hidden": False},
        files={"fit_eos.py": files.FIT_SCRIPT},
    )
    for element in sorted({element for material in MATERIALS for element in elements(material)}):
        content = upf(element)
        lab.pseudos[element] = graph.node(
            "data.core.upf.UpfData.", lab.ada, label=element, description=f"Pseudo-potential header of {element}",
            attributes={"element": element, "filename": f"{element}.demo.UPF", "md5": hashlib.md5(content).hexdigest()},
            files={f"{element}.demo.UPF": content},
        )
    return lab


def installed_code(graph: Graph, user: User, computer: Computer, label: str, path: str, prepend: str) -> Node:
    return graph.node(
        "data.core.code.installed.InstalledCode.", user, computer=computer, label=label,
        description=f"{path.rsplit('/', 1)[-1]} on {computer.label}",
        attributes={
            "filepath_executable": path, "input_plugin": "quantumespresso.pw" if "pw" in label else None,
            "append_text": "", "prepend_text": prepend, "use_double_quotes": False, "with_mpi": "pw" in label,
            "wrap_cmdline_params": False,
        },
        extras={"hidden": False},
    )
