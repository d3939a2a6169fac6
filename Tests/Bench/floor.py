"""The floor: what the libraries alone would need for the work that a server was measured to do."""
import dataclasses
import statistics

# What can be compared with the server: the work on pictures, the face check, and what has no floor.
STAGES = ("pictures", "checks")


@dataclasses.dataclass(frozen=True)
class Work:
    """What a server did during `seconds`, all students together."""
    seconds: float
    frames: float
    decoded: float
    tiles: float
    focus_pictures: float
    tracked_checks: float
    whole_checks: float
    media: str = "video/x-vp8"

    @property
    def checks(self):
        return self.tracked_checks + self.whole_checks

    @property
    def scaled(self):
        """The minimum number of pictures to scale: a check uses the picture of a tile if there are enough of them."""
        return max(self.tiles, self.checks)


@dataclasses.dataclass(frozen=True)
class Costs:
    """CPU milliseconds of each operation of the libraries, by media type where it matters."""
    decode: dict
    tile_encode: dict
    scale: float
    focus_encode: float
    tracked_check: float
    whole_check: float

    @classmethod
    def of(cls, *measured, detector="opencv"):
        """From what the program `floor` printed, once or several times, with the models in OpenCV or in the server's `own`
        detector."""
        ms = {name: statistics.mean(one["cpu_ms"][name]["median"] for one in measured) for name in measured[0]["cpu_ms"]}
        suffix = {"opencv": "_opencv", "own": ""}[detector]
        return cls({"video/x-vp8": ms["vp8_decode"], "image/jpeg": ms["jpeg_decode_320"]},
                   {"video/x-vp8": ms["tile_encode"], "image/jpeg": ms["jpeg_tile_encode"]},
                   ms["scale"], ms["focus_encode"], ms["tracked_check" + suffix], ms["whole_check" + suffix])


def operations_per_frame(work, costs):
    """CPU milliseconds of each operation for one uploaded frame, on average.

    JPEG uploads of the recording are as small as a tile and are not scaled. A search of the whole picture is followed by
    one look closer at the face it found, for the direction of the head.
    """
    if work.frames <= 0:
        raise ValueError("no frame was uploaded")
    scaled = work.scaled if work.media == "video/x-vp8" else 0
    return {
        "decode": work.decoded * costs.decode[work.media] / work.frames,
        "scale": scaled * costs.scale / work.frames,
        "tile encode": work.tiles * costs.tile_encode[work.media] / work.frames,
        "focus encode": work.focus_pictures * costs.focus_encode / work.frames,
        "tracked checks": (work.tracked_checks + work.whole_checks) * costs.tracked_check / work.frames,
        "whole checks": work.whole_checks * costs.whole_check / work.frames,
    }


def stages_per_frame(work, costs):
    """The same by stage, as the server's threads divide it."""
    ms = operations_per_frame(work, costs)
    return {
        "pictures": ms["decode"] + ms["scale"] + ms["tile encode"] + ms["focus encode"],
        "checks": ms["tracked checks"] + ms["whole checks"],
    }


def ratios(server_ms, floor_ms):
    """The server's cost as a multiple of the floor: for each stage that has a floor, and for everything together."""
    result = {stage: server_ms.get(stage, 0) / floor for stage, floor in floor_ms.items() if floor > 0}
    total = sum(floor_ms.values())
    if total > 0:
        result["all"] = sum(server_ms.values()) / total
    return result
