"""Controls a server's clocks while it runs."""
import functools
import pathlib
import struct
import subprocess
import tempfile

from support.server import Server

DAY = 86_400


@functools.cache
def library():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="shifted-clock-"))
    built = folder / "shifted_clock.so"
    source = pathlib.Path(__file__).with_name("shifted_clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", built, source], check=True)
    return built


class Clocks:
    """Those of all programs that it starts."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / "clock-shift"
        self.file.write_bytes(bytes(16))

    def set(self, seconds, since_boot=0):
        """The system's clock is this far ahead of the true time, and the clock since boot ahead of its true value."""
        with self.file.open("r+b") as file:
            file.write(struct.pack("=qq", int(seconds * 1e9), int(since_boot * 1e9)))

    @property
    def environment(self):
        """Makes a program see these clocks."""
        return {"LD_PRELOAD": str(library()), "CLOCK_SHIFT": str(self.file)}

    def server(self, data, *options):
        return Server(data, *options, environment=self.environment)
