"""Where the server's CPU goes: samples of `perf`, folded into groups of libraries and functions."""
import collections
import fnmatch
import pathlib
import shutil
import subprocess
import tempfile

SAMPLES_PER_SECOND = 499
ALLOCATION = ("malloc", "free", "calloc", "realloc", "_int_*", "malloc_*", "unlink_chunk*", "cfree*", "sysmalloc", "systrim*",
              "posix_memalign", "aligned_alloc", "operator new*", "operator delete*", "g_slice_*", "tcache_*")
COPYING = ("*memmove*", "*memcpy*", "*memset*")
# The first match by library and function counts. Symbols go before libraries: the C library and the server contain many things.
GROUPS = (
    ("allocation", "*", ALLOCATION),
    ("copying", "*", COPYING),
    ("decode", "libvpx*", "*"),
    ("scale and encode", ("libgstvideo*", "liborc*", "libjpeg*", "libturbojpeg*", "libgstjpeg*", "libgstvideoconvertscale*",
                          "libswscale*", "orcexec*"), "*"),
    ("scale and encode", "exam-monitoring*", ("*scale_plane*", "*plane_scaler*")),
    ("detector", ("libopencv*", "libopenblas*", "libm.so*"), "*"),
    ("detector", "exam-monitoring*", ("*examface*",)),
    ("kernel", ("[[]kernel*", "[[]guest.kernel*", "[[]vdso]"), "*"),
    ("GStreamer", "libgst*", "*"),
    ("sockets and GLib", ("libsoup*", "libgio*", "libglib*", "libgobject*", "libssl*", "libcrypto*", "libgnutls*"), "*"),
    ("Swift runtime", ("libswift*", "lib_*", "libdispatch*", "libBlocksRuntime*", "libFoundation*"), "*"),
    ("Swift runtime", "*", ("swift_*", "_swift_*", "*swift::*")),
    ("the server's own code", "exam-monitoring*", "*"),
)
OTHER = "other"


def group_of(library, function):
    for group, libraries, functions in GROUPS:
        if _fits(library, libraries) and _fits(function, functions):
            return group
    return OTHER


def _fits(name, patterns):
    return any(fnmatch.fnmatchcase(name, p) for p in ([patterns] if isinstance(patterns, str) else patterns))


def fold(report):
    """Shares by group, and the largest single costs as (share, group, library, function), of perf's report."""
    groups, single = collections.Counter(), collections.Counter()
    for line in report.splitlines():
        fields = [field.strip() for field in line.split(";", 3)]
        if len(fields) < 4 or not fields[0].endswith("%"):
            continue
        share, library, function = float(fields[0][:-1]) / 100, fields[2], fields[3].split("] ", 1)[-1]
        group = group_of(library, function)
        groups[group] += share
        # A library without symbols gives addresses, which mean nothing individually.
        single[group, library, "(no symbols)" if function.startswith("0x") else function] += share
    largest = [(share, *key) for key, share in single.most_common(20)]
    return dict(groups.most_common()), largest


def is_available():
    return shutil.which("perf") is not None


def record(pid, seconds):
    """Samples a process; perf's report as text, or None and the reason."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = pathlib.Path(folder) / "perf.data"
        recorded = subprocess.run(
            ["perf", "record", "-q", "-F", str(SAMPLES_PER_SECOND), "-o", data, "-p", str(pid), "--", "sleep", str(seconds)],
            capture_output=True, text=True)
        if not data.exists() or recorded.returncode:
            return None, recorded.stderr.strip().splitlines()[-1] if recorded.stderr.strip() else "perf record failed"
        return subprocess.run(
            ["perf", "report", "-i", data, "--stdio", "--no-children", "-s", "comm,dso,sym", "-t", ";"],
            capture_output=True, text=True).stdout, None
