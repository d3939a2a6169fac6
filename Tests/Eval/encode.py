"""VP8 as Chromium's WebCodecs encodes it in real time, in IVF files, and back to frames."""
import struct
import subprocess

import numpy as np

FILE_HEADER = struct.Struct("<4sHH4sHHIIII")
FRAME_HEADER = struct.Struct("<IQ")
OPTIONS = (
    "-c:v libvpx -b:v 300k -deadline realtime -cpu-used 8 -lag-in-frames 0 -error-resilient 1 -g 50 -qmin 2 -qmax 58 "
    "-threads 1 -pix_fmt yuv420p").split()


class EncodingFailed(Exception):
    """ffmpeg's own words."""


def encode(pictures, path, key_frames_at=(), size=(480, 360), rate=10):
    """Raw I420 pictures to an IVF file, with key frames also at these times."""
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "-"]
    process = subprocess.Popen(
        _command(source, [], path, key_frames_at), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        for picture in pictures:
            process.stdin.write(picture.tobytes())
    except BrokenPipeError:
        pass
    said = process.communicate()[1].decode()
    if process.returncode != 0:
        raise EncodingFailed(said)


def transcode(video, path, key_frames_at=(), size=(480, 360), rate=10):
    """Any video to the same, as a browser would upload it: fitted into the size, black where it does not fill it."""
    done = subprocess.run(
        _command(["-i", str(video)], ["-map", "0:v:0", "-an", "-vf", _fit(size, rate)], path, key_frames_at),
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise EncodingFailed(done.stderr.strip())


def pictures_of(video, cut=None, rate=10, size=(480, 360)):
    """The pictures of a video, or of a part of it in seconds, as raw I420, fitted like those of `transcode`."""
    part = ["-ss", str(cut[0]), "-t", str(cut[1] - cut[0])] if cut else []
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", *part, "-i", str(video), "-map", "0:v:0", "-vf", _fit(size, rate),
         "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise EncodingFailed(done.stderr.decode(errors="replace").strip())
    each = size[0] * size[1] * 3 // 2
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, each)


def _fit(size, rate):
    width, height = size
    return f"fps={rate},scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1,setsar=1"


def _command(source, filters, path, key_frames_at):
    keys = ["-force_key_frames", ",".join(f"{t:.3f}" for t in key_frames_at)] if key_frames_at else []
    return ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *source, *filters, *OPTIONS, *keys, "-f", "ivf",
            str(path)]


def frames(path):
    """The frames of an IVF file: (payload, is key frame)."""
    data = path.read_bytes()
    header_size = FILE_HEADER.unpack_from(data)[2]
    found, at = [], header_size
    while at < len(data):
        size, _ = FRAME_HEADER.unpack_from(data, at)
        at += FRAME_HEADER.size
        payload = data[at:at + size]
        # The lowest bit of a VP8 frame is clear in key frames.
        found.append((payload, not payload[0] & 1))
        at += size
    return found
