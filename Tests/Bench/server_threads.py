"""CPU of the server's threads, by what they do, according to their names."""
import collections
import fnmatch
import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")
# GStreamer names a student's streaming thread after the pad that drives it, and Linux keeps the last or first 15 bytes of
# libdispatch's names.
GROUPS = {
    "pictures": ("streaming-*",),
    "checks": ("face-check-*",),
    "sockets": ("web-gateway",),
    "pipelines": ("pipelines",),
    "tasks": ("*default-qos*", "*overcommit*"),
}
OTHER = "other"


def group_of(name):
    return next((group for group, patterns in GROUPS.items() if any(fnmatch.fnmatchcase(name, p) for p in patterns)), OTHER)


def parse(stat):
    """Name and CPU seconds of a line of /proc/PID/task/TID/stat; names may hold blanks and brackets."""
    name = stat[stat.index("(") + 1 : stat.rindex(")")]
    fields = stat[stat.rindex(")") + 1 :].split()
    return name, (int(fields[11]) + int(fields[12])) / TICKS


def look(pid):
    """CPU seconds of each thread by its number, with its name, and those of the process."""
    process = pathlib.Path(f"/proc/{pid}")
    threads = {}
    for task in (process / "task").iterdir():
        try:
            threads[int(task.name)] = parse((task / "stat").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return threads, parse((process / "stat").read_text())[1]


def grown(before, after):
    """CPU seconds by group between two readings. What ended threads used is in `other`."""
    groups = collections.Counter({group: 0.0 for group in (*GROUPS, OTHER)})
    for number, (name, seconds) in after[0].items():
        groups[group_of(name)] += seconds - before[0].get(number, (name, 0))[1]
    groups[OTHER] += max(0, after[1] - before[1] - sum(groups.values()))
    return dict(groups)
