"""What the student's page sends, the server has a pipeline for. Needs no browser."""
import re

from support.server import ROOT


def test_each_way_of_sending_has_a_pipeline_file():
    media = re.findall(r"\w+: '(\w+/[^']+)'", (ROOT / "Web/student/uplink/media.js").read_text())
    assert len(media) > 2
    for one in media:
        name, _, codec = one.replace("/", "-").partition(";codecs=")
        files = [ROOT / f"Pipelines/{name}.launch"] + [ROOT / f"Pipelines/{name}.{codec}.launch"] * bool(codec)
        assert any(file.exists() for file in files), f"no file in Pipelines takes {one}"
