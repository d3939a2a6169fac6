"""Writes a recording of VP8 frames: NAME.vp8frames, one after the other, and NAME.index.json, which tells them apart."""
import json


def write(out, frames):
    """`frames`: bytes, whether a key frame, temporal layer and capture time in ms of each. Returns the index."""
    index, data = [], b""
    for payload, key, layer, captured in frames:
        index.append({"off": len(data), "len": len(payload), "key": key, "layer": layer, "cap_ms": captured})
        data += payload
    out.with_suffix(".vp8frames").write_bytes(data)
    out.with_suffix(".index.json").write_text(json.dumps(
        {"file": out.with_suffix(".vp8frames").name, "kind": "one message = one frame", "frames": index}) + "\n")
    return index
