"""The files for Prometheus and Grafana name what the server has."""
import json
import re
import subprocess

import pytest

from clients import request
from support.server import ROOT

FOLDER = ROOT / "deploy/monitoring"
RULES, DASHBOARD = FOLDER / "prometheus-rules.yml", FOLDER / "grafana-dashboard.json"


@pytest.fixture(scope="module")
def metrics(server):
    """The names of all samples and their labels: those of a histogram have endings."""
    names = {}
    for line in request(server.url, "GET", "/metrics").body.decode().splitlines():
        if line.startswith("# TYPE"):
            _, _, name, kind = line.split()
            for ending in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
                names.setdefault(name + ending, set())
        elif not line.startswith("#"):
            names.setdefault(re.split(r"[{ ]", line)[0], set()).update(re.findall(r'(\w+)="', line))
    return names


def expressions():
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    found = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    found += re.findall(r"(?m)^ +expr: (?:\|\n)?((?:.+\n)+?)(?= +(?:for|labels):)", RULES.read_text(encoding="utf-8"))
    return found


def test_every_metric_and_label_is_one_of_the_server(metrics):
    asked = set()
    for expression in expressions():
        for selector in re.finditer(r"\b((?:exam|process)_[a-z_]+)\b(?:\{([^}]*)\})?", expression):
            name, labels = selector[1], set(re.findall(r"(\w+)=", selector[2] or ""))
            assert name in metrics, f"{name} in {expression}"
            # Those without a sample yet are documented.
            known = metrics[name] or set(re.findall(r"`(\w+)`", next(
                line for line in (ROOT / "docs/operations.md").read_text().splitlines() if line.startswith(f"| `{name}`"))))
            assert labels - {"instance", "job"} <= known, f"{labels} of {name}"
            asked.add(re.sub("_(bucket|sum|count)$", "", name))
    assert len(asked) > 25 and len(expressions()) > 30


def test_prometheus_takes_the_rules():
    checked = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True)
    assert checked.returncode == 0 and "8 rules found" in checked.stdout, checked.stdout + checked.stderr


def test_prometheus_takes_the_metrics(server):
    text = request(server.url, "GET", "/metrics").body
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_rule_has_its_runbook():
    runbooks = re.findall(r'runbook: "(docs/\w+\.md), (.+)"', RULES.read_text(encoding="utf-8"))
    assert len(runbooks) == 8
    for page, title in runbooks:
        assert re.search(rf"(?m)^###? {re.escape(title)}$", (ROOT / page).read_text(encoding="utf-8")), title
