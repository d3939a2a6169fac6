"""Writes docs/alert-kinds.json: the kinds of alerts of a server with the default rules."""
import json
import pathlib
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.server import ROOT, Server  # noqa: E402

FILE = ROOT / "docs/alert-kinds.json"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            with urllib.request.urlopen(f"{server.url}/api/alert-kinds") as answer:
                told = json.load(answer)
        finally:
            server.stop()
    FILE.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
