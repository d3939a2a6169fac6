"""What the tests of the real server have in common."""
import pytest

from support.server import NotReady, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    try:
        server = Server(tmp_path_factory.mktemp("data"))
    except (NotReady, FileNotFoundError) as problem:
        pytest.exit(str(problem), returncode=1)
    yield server
    server.stop()
