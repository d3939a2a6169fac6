#!/usr/bin/env python3
"""Pins Python packages by the hashes of their wheels: lock_requirements.py REQUIREMENTS...

For whoever changes a version. Each file names the packages that are wanted, with their versions, before the line
`# needed by those`; what follows it is written anew, and so are all hashes: those of the wheels that Debian 12's Python takes
on amd64 and on arm64. Nothing is downloaded but what pip needs to know. deploy/make-venv.sh takes no other wheel.
"""
import json
import re
import subprocess
import sys
import tempfile

NEEDED = "# needed by those"
GLIBC = range(36, 16, -1)  # Debian 12 has 2.36; wheels for older ones fit too
MACHINES = ("x86_64", "aarch64")


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            wanted = file.read().split(NEEDED)[0].replace("\\\n", " ").splitlines()
        comments = [line for line in wanted if line.startswith("#")]
        wanted = [line.split(" --hash")[0].strip() for line in wanted if line.strip() and not line.startswith("#")]
        locked = resolve(wanted)
        names = [plain(line.split("==")[0]) for line in wanted]
        rest = sorted(set(locked) - set(names))
        lines = comments + [entry(name, locked[name]) for name in names]
        lines += [NEEDED] * bool(rest) + [entry(name, locked[name]) for name in rest]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(wanted):
    """The version and the hashes of each package by name."""
    locked = {}
    for machine in MACHINES:
        options = [f"--platform=manylinux_2_{minor}_{machine}" for minor in GLIBC] + [f"--platform=manylinux2014_{machine}"]
        with tempfile.TemporaryDirectory() as folder:
            answer = subprocess.run(
                [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--report=-", f"--target={folder}",
                 "--only-binary=:all:", "--python-version=3.11", "--implementation=cp", *options, *wanted],
                check=True, stdout=subprocess.PIPE, text=True)
        for package in json.loads(answer.stdout)["install"]:
            data = package["metadata"]
            version, hashes = locked.setdefault(plain(data["name"]), (data["version"], set()))
            if version != data["version"]:
                sys.exit(f"{data['name']} would be {version} on {MACHINES[0]} and {data['version']} on {machine}: name a version")
            hashes.add(package["download_info"]["archive_info"]["hashes"]["sha256"])
    return locked


def entry(name, found):
    version, hashes = found
    return " \\\n".join([f"{name}=={version}", *(f"    --hash=sha256:{value}" for value in sorted(hashes))])


if __name__ == "__main__":
    main()
