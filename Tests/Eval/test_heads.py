"""Rendered heads turn as specified: BlazeFace finds their points, from which the server's estimate is computed."""
import math
import pathlib

import cv2
import numpy as np
import pytest

from head import LEFT, TOP
from people import TORSO_LEFT, TORSO_TOP, Look, Person
from render import _paste

MODEL = pathlib.Path(__file__).resolve().parents[2] / "Models/blazeface_short_range.onnx"
# Eyes, nose, mouth, ears in distances between the pupils; see Networks.swift.
POINTS = np.array([
    [-0.5, 0.362, 0.12], [0.5, 0.362, 0.12], [0, -0.168, 0.75], [0, -0.688, 0.48], [-1.04, 0.065, -0.75], [1.04, 0.065, -0.75]])


@pytest.fixture(scope="module")
def estimate():
    if not MODEL.exists():
        pytest.skip("the face models are not there; `make models` fetches them")
    network = cv2.dnn.readNet(str(MODEL))
    anchors = np.array([
        ((column + 0.5) / cells * 128, (row + 0.5) / cells * 128)
        for cells, number in ((16, 2), (8, 6)) for row in range(cells) for column in range(cells) for _ in range(number)])
    solve = np.linalg.pinv(POINTS - POINTS.mean(0))

    def yaw_of(picture):
        network.setInput(cv2.dnn.blobFromImage(picture, 1 / 127.5, (128, 128), (127.5,) * 3, swapRB=True))
        values, scores = network.forward(["regressors", "classificators"])
        scores = scores[0, :, 0]
        best = int(scores.argmax())
        assert scores[best] > 0, "no face is found"
        points = values[0, best, 4:16].reshape(6, 2) + anchors[best]
        points = (points - points.mean(0)) * (1, -1)
        left, _, right = np.linalg.svd((solve @ points).T, full_matrices=False)
        rows = left @ right
        return math.degrees(math.atan2(rows[0, 2], np.cross(rows[0], rows[1])[2]))

    return yaw_of


def picture_of(person, yaw, pitch=0):
    large = np.full((360, 480, 3), (140, 150, 120), np.uint8)
    _paste(large, person.torso, 240, 150, 0.75, TORSO_LEFT, TORSO_TOP, 0, 1)
    _paste(large, person.head.sprite(yaw, pitch), 240, 150, 0.75, LEFT, TOP, 0, 1)
    return large[62:282, 130:350]  # twice the face, the area that the server examines


@pytest.mark.parametrize("glasses", [None, "thin"])
def test_a_turned_head_is_seen_as_turned(estimate, tmp_path, glasses):
    person = Person(Look("collins", "collins", glasses=glasses), tmp_path)
    ahead = estimate(picture_of(person, 0))
    for yaw in (-40, -30, -20, 20, 30, 40):
        assert estimate(picture_of(person, yaw)) - ahead == pytest.approx(yaw, abs=12)
    assert abs(estimate(picture_of(person, 50)) - ahead) > 32


def test_mirrored_turns_the_same_way(estimate, tmp_path):
    person = Person(Look("collins", "collins", mirrored=True), tmp_path)
    assert estimate(picture_of(person, 35)) > 20 and estimate(picture_of(person, -35)) < -20
