"""How the program is built: bugs in C or C++ must be hard to exploit."""
import os
import re
import subprocess

from support.server import BINARY, ROOT, NotReady, Server


def readelf(option):
    return subprocess.run(["readelf", "-W", option, BINARY], check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_the_program_lies_anywhere_in_memory():
    assert re.search(r"Type:\s+DYN", readelf("-h"))
    assert "PIE" in readelf("-d")


def test_addresses_of_other_libraries_cannot_be_changed():
    dynamic = readelf("-d")
    assert "GNU_RELRO" in readelf("-l")
    assert re.search(r"FLAGS.*\bNOW\b", dynamic) or "BIND_NOW" in dynamic
    stack = next(line for line in readelf("-l").splitlines() if "GNU_STACK" in line)
    assert " RWE " not in stack


def test_the_stack_is_checked():
    assert "__stack_chk_fail" in readelf("--dyn-syms")


def test_every_file_of_c_is_compiled_with_checked_calls():
    """Checks the build flags: whether a checked call remains in a program depends on what the compiler can prove."""
    folder = (ROOT / BINARY).parent
    commands = (folder.parent / f"{folder.name}.yaml").read_text().split("\n\n")
    sources = {str(path) for name in ("CGLibShims", "CPictureScaler", "CPictureStatistics", "CFaceDetector")
               for path in (ROOT / "Sources" / name).iterdir() if path.suffix in (".c", ".cpp")}
    assert sources
    for source in sources:
        [command] = [c for c in commands if f'inputs: ["{source}"]' in c]
        for flag in ("-O2", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong"):
            assert flag in command, f"{source}: {flag}"


def test_a_folder_without_pages_is_an_error_at_the_start(tmp_path):
    try:
        Server(tmp_path / "data", "--web-dir", str(tmp_path)).stop()
        raise AssertionError("it started")
    except NotReady as refused:
        assert refused.code == 1 and "web_dir" in refused.output and "index.html" in refused.output


def test_root_is_warned(server):
    warned = [line for line in server.log_lines if " warning running as root " in line]
    assert len(warned) == (1 if os.geteuid() == 0 else 0)
    assert all("a user of its own" in line for line in warned)


def test_a_setting_that_is_none_is_an_error_at_the_start(tmp_path):
    try:
        Server(tmp_path / "data", environment={"EXAM_MONITORING_RETENTION_DAY": "3"}).stop()
        raise AssertionError("it started")
    except NotReady as refused:
        assert "did you mean EXAM_MONITORING_RETENTION_DAYS?" in refused.output


def test_every_python_package_is_known_by_the_hashes_of_its_wheels():
    files = [ROOT / "deploy/requirements-models.txt", *ROOT.glob("Tests/*/requirements.txt")]
    assert len(files) == 5
    for file in files:
        entries = re.split(r"(?<!\\)\n", file.read_text().rstrip())
        for entry in entries:
            if not entry.startswith("#"):
                assert re.fullmatch(r"[a-z0-9-]+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+", entry), f"{file}: {entry}"
    assert "--require-hashes" in (ROOT / "deploy/make-venv.sh").read_text()
