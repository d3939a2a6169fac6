"""What students send: recorded uploads of a browser, and clips encoded on the fly."""
import functools
import json
import pathlib
import struct
import subprocess
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Recordings"


@functools.cache
def recorded(name):
    """The messages of a recording as (payload, flags of the header: key frame and temporal layer)."""
    index = json.loads((FIXTURES / f"{name}.index.json").read_text())
    data = (FIXTURES / index["file"]).read_bytes()
    return [(data[f["off"]:f["off"] + f["len"]], f["key"] | f.get("layer", 0) << 1) for f in index["frames"]]


def vp8():
    return recorded("wc_vp8_480x360_300_10")


def layered_vp8():
    """Three temporal layers: 2.5, 5 and 10 pictures a second."""
    return recorded("vp8_l1t3_480x360_300_10")


def jpeg():
    return recorded("jpeg_worker_320_q70")


def webm():
    return recorded("mr_webm_vp8_400")


def pieces(data, count):
    """Pieces as made by MediaRecorder: of any size, split anywhere."""
    size = len(data) // count + 1
    return [(data[at:at + size], False) for at in range(0, len(data), size)]


@functools.cache
def webm_blocks():
    """The recorded WebM up to its first frame, and each frame as a function that returns its block with a time in
    milliseconds from the cluster's, of another track, or with noise in its place."""
    data = b"".join(payload for payload, _ in webm())
    at = data.index(b"\xa3", data.index(b"\x1f\x43\xb6\x75"))
    header, blocks = data[:at], []
    while at < len(data):
        if data[at] == 0x1f:  # a cluster of unknown length, and its timestamp
            at += 4 + 8
            assert data[at] == 0xe7
            at += 2 + (data[at + 1] & 0x7f)
            continue
        assert data[at] == 0xa3, data[at:at + 8].hex()
        length = 9 - data[at + 1].bit_length()
        size = int.from_bytes(data[at + 1:at + 1 + length]) & ((1 << 7 * length) - 1)
        whole = data[at:at + 1 + length + size]
        at += len(whole)

        def block(time, track=1, junk=False, whole=whole, start=1 + length):
            body = b"\xff" * (len(whole) - start - 4) if junk else whole[start + 4:]
            return whole[:start] + struct.pack(">Bh", 0x80 | track, time) + whole[start + 3:start + 4] + body
        blocks.append(block)
    return header, blocks


# The recordings show a face for 6 s, an empty room for 3 s and the face again, ten pictures a second. A second is left
# out at either side of a change.
def face():
    return jpeg()[:50]


def absent():
    return jpeg()[67:83]


@functools.cache
def black():
    """The picture of a camera whose shutter is closed."""
    data = _make(
        "videotestsrc num-buffers=10 pattern=black ! video/x-raw,format=I420,width=320,height=240,framerate=10/1",
        "! jpegenc quality=70")
    return [(b"\xff\xd8" + picture, True) for picture in data.split(b"\xff\xd8")[1:]]


def _make(*pipeline):
    # A file: some muxers seek back to its beginning.
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(
            ["gst-launch-1.0", "-q", *" ".join(pipeline).split(), "!", "filesink", f"location={file.name}"], check=True,
            timeout=60)
        return pathlib.Path(file.name).read_bytes()


@functools.cache
def vp9_webm(frames=80):
    data = _make(
        f"videotestsrc num-buffers={frames} pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=10/1",
        "! vp9enc deadline=1 cpu-used=8 threads=1 lag-in-frames=0 keyframe-max-dist=30 ! webmmux streamable=true")
    return pieces(data, frames)


@functools.cache
def vp8_clip(width, height, frames=20):
    """Frames of a different size from the recording; the first is a key frame."""
    data = _make(
        f"videotestsrc num-buffers={frames} ! video/x-raw,format=I420,width={width},height={height},framerate=10/1",
        "! vp8enc deadline=1 cpu-used=8 threads=1 keyframe-max-dist=10 ! avmux_ivf")
    messages, at = [], 32
    while at < len(data):
        size, = struct.unpack_from("<I", data, at)
        payload = data[at + 12:at + 12 + size]
        messages.append((payload, payload[0] & 1 == 0))
        at += 12 + size
    return messages


@functools.cache
def jpeg_clip(width, height, frames=20):
    data = _make(
        f"videotestsrc num-buffers={frames} ! video/x-raw,format=I420,width={width},height={height},framerate=10/1",
        "! jpegenc quality=70")
    return [(b"\xff\xd8" + picture, True) for picture in data.split(b"\xff\xd8")[1:]]


@functools.cache
def h264(frames=80, width=320, height=240):
    data = _make(
        f"videotestsrc num-buffers={frames} pattern=ball",
        f"! video/x-raw,format=I420,width={width},height={height},framerate=10/1",
        "! x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=10 byte-stream=true aud=true",
        "! video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline")
    # Each picture begins with an access unit delimiter, and only key frames come with a sequence parameter set.
    delimiter = b"\0\0\0\1\x09"
    return [(delimiter + unit, b"\0\0\0\1\x67" in unit) for unit in data.split(delimiter)[1:]]


CLIPS = {
    "video/x-vp8": vp8,
    "image/jpeg": jpeg,
    "video/webm;codecs=vp8": webm,
    "video/webm;codecs=vp9": vp9_webm,
    "video/x-h264": h264,
}


def jpeg_size(data):
    """Width and height of a complete JPEG; raises ValueError for anything else."""
    if data[:2] != b"\xff\xd8" or data[-2:] != b"\xff\xd9":
        raise ValueError("does not begin and end as a JPEG")
    at = 2
    while True:
        marker, length = struct.unpack_from(">HH", data, at)
        if marker in (0xFFC0, 0xFFC1, 0xFFC2):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker < 0xFFC0 or marker == 0xFFDA:
            raise ValueError(f"no frame header before {marker:04x}")
        at += 2 + length


def resized_jpeg(width, height):
    """A recorded JPEG whose header claims another size."""
    data = bytearray(jpeg()[0][0])
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, height, width)
    return bytes(data)


def resized_vp8(width, height):
    """A recorded VP8 key frame whose header claims another size."""
    data = bytearray(vp8()[0][0])
    assert data[3:6] == b"\x9d\x01\x2a"
    struct.pack_into("<HH", data, 6, width, height)
    return bytes(data)


def resized_webm(width, height):
    """The recorded WebM from its beginning, with another size in the track's header and in the first frame."""
    data = bytearray(b"".join(payload for payload, _ in webm()[:4]))
    video = data.index(b"\xe0", data.index(b"V_VP8"))
    for tag, value in ((b"\xb0\x82", width), (b"\xba\x82", height)):
        struct.pack_into(">H", data, data.index(tag, video) + 2, value)
    frame = data.index(b"\x9d\x01\x2a")
    struct.pack_into("<HH", data, frame + 3, width, height)
    return bytes(data)
