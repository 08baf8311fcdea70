"""Shows that the parity suites catch mistakes: builds all of mutants.py at once, runs each alone.

usage: python3 Tools/mutants/run.py [--check | PART OF A NAME...]

The sources are copied to .build-mutants/tree, where every mistake stands beside what is right and
the environment variable XRUN_MUTANT chooses: 0 none, N the Nth. One build, then a run of the
named suites for each. Exit code 1 where a mistake is not caught, or where a suite is red without
one.

(Mutants behind switches in one program: Untch, Offutt and Harrold 1993, "Mutation analysis using
mutant schemata".)
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / ".build-mutants" / "tree"

SWIFT_SWITCH = """
/// The mistake that this run makes; 0 for none.
private let xrunMutant = getenv("XRUN_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0
"""
C_SWITCH = """
#ifndef XRUN_MUTANT
#include <stdlib.h>
static int xrun_mutant(void) {
  static int number = -1;
  if (number < 0) {
    const char *text = getenv("XRUN_MUTANT");
    number = text ? atoi(text) : 0;
  }
  return number;
}
#define XRUN_MUTANT xrun_mutant()
#endif
"""


def copy_tree():
    """The files of the work tree that git knows or would add; builds stay, so that they go on."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0")
    names = {os.fsdecode(name) for name in listed if name}
    for path in TREE.rglob("*"):
        relative = str(path.relative_to(TREE))
        if path.is_file() and not relative.startswith(".build") and relative not in names:
            path.unlink()
    return names


def planted(text, suffix, plants, path):
    """The text with every plant (number, old, new) beside what is right."""
    is_swift = suffix == ".swift"
    switch = "xrunMutant" if is_swift else "XRUN_MUTANT"
    for number, old, new in plants:
        if text.count(old) != 1:
            sys.exit(f"mutants: '{old}' occurs {text.count(old)} times in {path}, not once")
        condition = f"{switch} == {number}"
        text = text.replace(
            old, new.replace("MUTANT", condition) if "MUTANT" in new
            else f"({condition} ? ({new}) : ({old}))")
    if is_swift:
        return f"import Glibc\n{text}{SWIFT_SWITCH}"
    return C_SWITCH + text


def plant(names):
    by_file = {}
    for number, (_, path, old, new, _) in enumerate(MUTANTS, 1):
        by_file.setdefault(path, []).append((number, old, new))
    for path in set(by_file) - names:
        sys.exit(f"mutants: no file '{path}'")
    for name in sorted(names):
        source, target = ROOT / name, TREE / name
        if not source.is_file():
            continue
        content = source.read_bytes()
        if name in by_file:
            content = planted(
                content.decode(), source.suffix, by_file[name], name).encode()
        # What did not change keeps its time, so that it is not built again.
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        shutil.copymode(source, target)


def run_suites(number, suites):
    """Names of the tests that failed, and of those that ran, of a list of suites."""
    patterns, _, experiments = zip(*(part.partition("@") for part in suites))
    environment = dict(
        os.environ, XRUN_MUTANT=str(number),
        XRUN_SHARED=os.environ.get("XRUN_SHARED", str(ROOT / ".." / "shared")),
        XRUN_TRAJECTORY=",".join(name for name in experiments if name))
    result = subprocess.run(
        ["swift", "test", "-c", "release", "--skip-build", "--disable-swift-testing", "--filter",
         "|".join(sorted(set(patterns)))],
        cwd=TREE, env=environment, text=True, errors="replace", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    cases = re.findall(r"^Test Case '(\S+)' (passed|failed|started|skipped)", result.stdout, re.M)
    ended = {name for name, end in cases if end in ("passed", "skipped")}
    ran = {name for name, end in cases if end == "started"}
    # A crash ends the process: whatever started and did not end failed.
    return ran - ended, ran


def check():
    """Whether the text of each mistake stands once in its file."""
    lost = [f"mutants: '{old}' occurs {count} times in {path}, not once"
            for _, path, old, _, _ in MUTANTS
            if (count := (ROOT / path).read_text().count(old)) != 1]
    sys.exit("\n".join(lost) or 0)


def main():
    if sys.argv[1:] == ["--check"]:
        check()
    names = copy_tree()
    TREE.mkdir(parents=True, exist_ok=True)
    plant(names)
    print(f"{len(MUTANTS)} mutants: building them all", flush=True)
    build = subprocess.run(
        ["swift", "build", "-c", "release", "--build-tests"], cwd=TREE, text=True,
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if build.returncode:
        errors = [line for line in build.stdout.splitlines() if "error:" in line]
        sys.exit("mutants: the build failed\n" + "\n".join(errors[:10]))

    chosen = [(number, mutant) for number, mutant in enumerate(MUTANTS, 1)
              if len(sys.argv) == 1 or any(part in mutant[0] for part in sys.argv[1:])]
    failed, ran = run_suites(0, [mutant[4] for _, mutant in chosen])
    if failed or not ran:
        sys.exit(f"mutants: red without any mistake: {', '.join(sorted(failed)) or 'no test ran'}")
    print(f"without a mistake: {len(ran)} tests green", flush=True)

    escaped = []
    for number, (name, path, _, _, suites) in chosen:
        begun = time.monotonic()
        failed, ran = run_suites(number, [suites])
        if not ran:
            sys.exit(f"mutants: no test of '{suites}' ran for '{name}'")
        verdict = f"caught by {len(failed)} of {len(ran)}" if failed else "NOT CAUGHT"
        print(
            f"{number:3}  {name:55} {verdict:20} {sorted(failed)[0] if failed else path}"
            f"  ({time.monotonic() - begun:.0f} s)", flush=True)
        if not failed:
            escaped.append(name)
    print(f"{len(chosen) - len(escaped)} of {len(chosen)} mutants caught")
    if escaped:
        sys.exit(1)


main()
