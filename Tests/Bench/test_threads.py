"""Threads by name, and CPU between two readings."""
import os

import pytest

import server_threads
from server_threads import TICKS, grown, group_of, parse


@pytest.mark.parametrize("name, group", [
    ("streaming-1", "pictures"), ("face-check-1", "checks"), ("web-gateway", "sockets"), ("pipelines", "pipelines"),
    ("oot.default-qos", "tasks"), ("-qos.overcommit", "tasks"), ("pool-exam-monit", "other"), ("exam-monitoring", "other")])
def test_names(name, group):
    assert group_of(name) == group


def test_a_name_with_blanks_and_brackets():
    rest = " S 1 1 1 0 -1 4194304 0 0 0 0 {} {} 0 0 20 0".format(3 * TICKS, TICKS)
    assert parse(f"17 (a (b) c){rest}") == ("a (b) c", 4.0)


def test_cpu_by_group():
    before = ({1: ("streaming-1", 1.0), 2: ("web-gateway", 5.0), 4: ("gone", 1.0)}, 10.0)
    after = ({1: ("streaming-1", 1.5), 2: ("web-gateway", 5.25), 3: ("streaming-1", 0.25)}, 12.0)
    groups = grown(before, after)
    assert (groups["pictures"], groups["sockets"], groups["checks"]) == (0.75, 0.25, 0)
    # Threads that ended in between are missing from the second reading; their time is in the process.
    assert groups["other"] == 1.0
    assert sum(groups.values()) == 2.0


def test_this_process():
    threads, seconds = server_threads.look(os.getpid())
    assert os.getpid() in threads
    assert seconds > 0
