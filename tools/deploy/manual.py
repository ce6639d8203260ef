#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page and the shells' completions, made from what `restapi --help` says; nothing here names an option.

    manual.py RESTAPI FOLDER    writes restapi.1, restapi.bash, _restapi (zsh) and restapi.fish into FOLDER

The build makes them for the package (tools/deploy/CMakeLists.txt).
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Option:
    short: str  # "-P", or nothing
    long: str  # "--port"
    value: str  # "PORT", or nothing for a switch
    may_repeat: bool
    help: str
    variable: str  # "RESTAPI_PORT", or nothing

    @property
    def words(self) -> list:
        """The values, where the help begins with a list of them: "trace, debug or off [info]"."""
        found = re.match(r"([a-z-]+(?:, [a-z-]+)* or [a-z-]+)(?= \[|$|;)", self.help)
        return re.split(", | or ", found[1]) if found and self.value else []

    @property
    def takes_file(self) -> bool:
        return "FILE" in self.value or "FOLDER" in self.value or "PATH" in self.value

    @property
    def may_end_with_file(self) -> bool:
        """NAME=FILE."""
        return "=SOURCE" in self.value


@dataclass
class Help:
    version: str
    description: str
    positional: str
    positionals_repeat: bool
    options: list
    footer: list  # lines


def parse(text: str, version: str) -> Help:
    lines = text.rstrip("\n").split("\n")
    usage = next(line for line in lines if line.startswith("Usage: "))
    entries, end = [], 0
    for number, line in enumerate(lines):
        if re.match(r"  -\S", line):
            flags, _, words = line.strip().partition("  ")
            entries.append([flags, words.strip()])
        elif entries and re.match(r" {12,}\S", line):
            entries[-1][1] = (entries[-1][1] + " " + line.strip()).strip()
        else:
            continue
        end = number
    options = []
    for flags, words in entries:
        names, _, value = flags.partition(" ")
        *short, long = names.split(",")
        variable = re.search(r" \((RESTAPI_\w+)\)$", words)
        options.append(Option(short[0] if short else "", long, value.removesuffix("...").strip(), value.endswith("..."),
                              words[: variable.start()] if variable else words, variable[1] if variable else ""))
    if not options or not all(option.long.startswith("--") and option.help for option in options):
        raise SystemExit("manual.py: the help is not written as expected")
    positional = re.search(r"\[OPTIONS\] \[(.*)\](\.\.\.)?", usage)
    if not positional:
        raise SystemExit("manual.py: the usage is not written as expected")
    return Help(version, lines[0], positional[1], bool(positional[2]), options, lines[end + 1:])


# ---- manual page ---------------------------------------------------------------------------------------------------

HEAD = """\
.\\" Made from `restapi --help` by tools/deploy/manual.py.
.TH RESTAPI 1 "" "{version}" "User Commands"
.SH NAME
restapi \\- read\\-only REST server for AiiDA provenance databases
.SH SYNOPSIS
.B restapi
.RI [ OPTIONS ]
.RI [ {positional} ]{repeat}
.SH DESCRIPTION
{description}
"""

INHERITED = """\
.PP
Two more are set by systemd, or by another program that has opened a socket for this one:
.TP
.BR LISTEN_FDS ", " LISTEN_PID
One TCP socket that listens is inherited, as described in
.BR sd_listen_fds (3).
It is served, and
.BR \\-\\-hostname " and " \\-\\-port
have no effect.
"""

TAIL = """\
.SH SIGNALS
.TP
.BR SIGTERM ", " SIGINT ", " SIGQUIT
Stop: no new connections are accepted, requests in flight are answered, then the program exits with 0. A second signal ends it at
once.
.TP
.B SIGHUP
Reopen the access log. Without an access log: stop, unless started by
.BR nohup .
.SH EXIT STATUS
.TP
0
The program was stopped by a signal, or has printed its help or version; with
.BR --ready :
the server is ready.
.TP
1
With
.BR --ready :
the server is not ready, or there is none.
.TP
2
An option is wrong, a database does not exist, the only database cannot be opened, a file cannot be read, or an address is in
use. One sentence on standard error gives the reason.
.SH FILES
.TP
.I /etc/restapi/main.toml
Options of the service
.BR restapi.service ,
with a section for each profile if there are several. With
.B restapi.socket
its address is that of the socket.
.TP
.I /etc/restapi/NAME.toml
Options of the service
.BR restapi@NAME.service .
.TP
.IR ~/.aiida/config.json " (" $AIIDA_PATH )
The profiles of AiiDA.
.TP
.I ~/.pgpass
Passwords of PostgreSQL.
.TP
.IR /tmp " (" $TMPDIR )
Contains an unnamed copy of the database of each open archive.
.TP
.I /usr/share/doc/restapi
The API, its query language and its errors; deployment; example sites for Apache and nginx.
{examples}.SH SEE ALSO
.BR systemctl (1),
.BR systemd.socket (5),
.BR apache2 (8),
.BR psql (1)
"""


def roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("~", "\\(ti").replace("^", "\\(ha")
    return "\\&" + text if text.startswith((".", "'")) else text


def manual_page(help_: Help) -> str:
    page = HEAD.format(version=help_.version, positional=roff(help_.positional),
                       repeat="..." if help_.positionals_repeat else "", description=roff(help_.description))
    page += ".SH OPTIONS\n"
    for option in help_.options:
        flags = ", ".join(f"\\fB{roff(flag)}\\fR" for flag in (option.short, option.long) if flag)
        value = f" \\fI{roff(option.value)}\\fR" if option.value else ""
        page += f".TP\n{flags}{value}\n{roff(option.help)}\n"
    page += ".SH ENVIRONMENT\nEach variable corresponds to an option.\n"
    for option in help_.options:
        if option.variable:
            page += f".TP\n.B {roff(option.variable)}\n{roff(option.long)}\n"
    page += INHERITED
    notes, examples = sections_of(help_.footer)
    return page + text_section("NOTES", notes) + TAIL.format(examples=text_section("EXAMPLES", examples))


def sections_of(footer: list) -> tuple:
    """Its lines without the examples, and those: what stands under `Examples:`, up to an empty line."""
    begin = footer.index("Examples:") if "Examples:" in footer else len(footer)
    end = footer.index("", begin) if "" in footer[begin:] else len(footer)
    return footer[:begin] + footer[end:], footer[begin + 1:end]


def text_section(title: str, lines: list) -> str:
    """Paragraphs; what is indented stays as it is written."""
    text = f".SH {title}\n"
    in_example = False
    for line in lines:
        if line.startswith("  ") != in_example:
            in_example = not in_example
            text += ".nf\n" if in_example else ".fi\n"
        if line or in_example:
            text += roff(line) + "\n"
        elif not text.endswith((".PP\n", f".SH {title}\n")):
            text += ".PP\n"
    return text.removesuffix(".PP\n") + (".fi\n" if in_example else "")


# ---- completions ---------------------------------------------------------------------------------------------------


def bash(help_: Help) -> str:
    cases = ""
    for option in help_.options:
        names = "|".join(name for name in (option.short, option.long) if name)
        if option.words:
            cases += f'    {names}) COMPREPLY=($(compgen -W "{" ".join(option.words)}" -- "$current")); return ;;\n'
        elif option.takes_file:
            cases += f'    {names}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;\n'
        elif option.value:
            cases += f"    {names}) return ;;\n"
    names = " ".join(name for option in help_.options for name in (option.short, option.long) if name)
    return f"""\
# Completion of restapi for bash; made from `restapi --help` by tools/deploy/manual.py.
_restapi() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  # `--port=80` and `name=file` are three words.
  if [[ $current == = ]]; then current=; fi
  case $previous in
{cases}  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "{names}" -- "$current"))
  else
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}}
complete -F _restapi restapi
"""


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def zsh(help_: Help) -> str:
    def escaped(text):
        return re.sub(r"([\[\]:\\])", r"\\\1", text)

    specs = []
    for option in help_.options:
        action = f"({' '.join(option.words)})" if option.words else "_files" if option.takes_file else " "
        value = f":{escaped(option.value)}:{action}" if option.value else ""
        for name in filter(None, (option.short, option.long)):
            equals = "=" if option.value and name.startswith("--") else ""
            repeat = "*" if option.may_repeat else ""
            specs.append(quoted(f"{repeat}{name}{equals}[{escaped(option.help)}]{value}"))
    repeat = "*" if help_.positionals_repeat else ""
    specs.append(quoted(f"{repeat}:{escaped(help_.positional)}:_files"))
    arguments = " \\\n  ".join(specs)
    return ("#compdef restapi\n# Completion of restapi for zsh; made from `restapi --help` by tools/deploy/manual.py.\n"
            f"_arguments -s \\\n  {arguments}\n")


def fish(help_: Help) -> str:
    text = "# Completion of restapi for fish; made from `restapi --help` by tools/deploy/manual.py.\n"
    for option in help_.options:
        parts = ["complete -c restapi"]
        if option.short:
            parts.append(f"-s {option.short[1:]}")
        parts.append(f"-l {option.long[2:]}")
        if option.words:
            parts.append(f"-x -a {quoted(' '.join(option.words))}")
        elif option.value:
            parts.append("-r" if option.takes_file or option.may_end_with_file else "-x")
        help_text = option.help.replace("\\", "\\\\").replace("'", "\\'")
        parts.append(f"-d '{help_text}'")
        text += " ".join(parts) + "\n"
    return text


def ask(program: str, flag: str) -> str:
    return subprocess.run([program, flag], check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          encoding="utf-8").stdout


def main(program: str, folder: str):
    help_ = parse(ask(program, "--help"), ask(program, "--version").strip())
    for name, content in (("restapi.1", manual_page), ("restapi.bash", bash), ("_restapi", zsh), ("restapi.fish", fish)):
        (Path(folder) / name).write_text(content(help_), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
