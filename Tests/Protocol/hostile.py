"""Pictures and streams that would make a decoder allocate far more memory than an upload may use, or crash it.

All of them are generated here from the standards: a picture's header is a few bytes."""
import struct
import zlib

import media

SMALL, HUGE = (640, 480), (16320, 15000)


# JPEG (ITU-T T.81)

YCC_420 = ((1, 0x22), (2, 0x11), (3, 0x11))


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def tables():
    """Quantisation, and Huffman codes of one bit or two: a block contains only its mean."""
    codes = bytes([1]) + bytes(15) + b"\0"
    return segment(0xDB, b"\0" + bytes([16]) * 64) + segment(0xC4, b"\0" + codes) + segment(0xC4, b"\x10" + codes)


def frame_header(width, height, sof=0xC0, precision=8, components=YCC_420):
    return segment(sof, struct.pack(">BHHB", precision, height, width, len(components))
                   + b"".join(bytes([name, sampling, 0]) for name, sampling in components))


def scan(components=YCC_420, data=bytes(500), first=0, last=63, bits=0):
    return segment(0xDA, bytes([len(components)]) + b"".join(bytes([name, 0]) for name, _ in components)
                   + bytes([first, last, bits])) + data


def jpeg(*parts):
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9"


def hidden_jpeg(marker):
    """A picture after a marker without a length: a parser that assumes one believes the frame header at the end."""
    real = frame_header(30000, 30000) + tables() + scan()
    skipped = struct.unpack(">H", real[:2])[0]
    filler = skipped - len(real) - 4
    return b"\xff\xd8" + bytes([0xFF, marker]) + real + b"\xff\xfe" + struct.pack(">H", filler + 2) + bytes(filler) \
        + frame_header(16, 16) + b"\xff\xd9"


def jpegs():
    huge, small = frame_header(30000, 30000), frame_header(*SMALL)
    good = small + tables() + scan()
    full = frame_header(1920, 1080)
    thousand = b"".join(scan(((1, 0x22),), b"") for _ in range(2000))
    refinements = b"".join(scan(((1, 0x22),), b"", 1, 63, bits) for bits in [0x10 * 1] * 2000)
    return {
        "behind TEM": hidden_jpeg(0x01),
        "behind RST": hidden_jpeg(0xD3),
        "plain": jpeg(huge, tables(), scan()),
        "second header": jpeg(small, huge, tables(), scan()),
        "second header after the scan": jpeg(good, huge, tables(), scan()),
        "second start": jpeg(small, b"\xff\xd8", huge, tables(), scan()),
        "header after the scan": jpeg(tables(), scan(), huge),
        "reserved marker": jpeg(b"\xff\x02", huge, tables(), scan()),
        "height to come": jpeg(frame_header(1000, 0), tables(), scan(), segment(0xDC, b"\x75\x30")),
        "hierarchical": jpeg(segment(0xDE, huge[4:]), small, tables(), scan()),
        "thousands of scans": jpeg(full, tables(), thousand),
        "progressive": jpeg(frame_header(1920, 1080, 0xC2), tables(), scan(first=0, last=0), refinements),
        "arithmetic": jpeg(frame_header(1920, 1080, 0xC9), scan()),
        "lossless": jpeg(frame_header(1920, 1080, 0xC3), tables(), scan()),
        "twelve bits": jpeg(frame_header(1920, 1080, 0xC1, 12), tables(), scan()),
        "two hundred components": jpeg(frame_header(1920, 1080, components=[(n, 0x11) for n in range(200)]), tables(), scan()),
        "GIF": b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(200) + b"\xff\xd9",
        "PNG": png(30000, 30000),
    }


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(bytes(5000))) + chunk(b"IEND", b"")


# Bits

class Bits:
    def __init__(self):
        self.text = ""

    def put(self, count, value):
        self.text += format(value, f"0{count}b") if count else ""
        return self

    def golomb(self, value):
        digits = format(value + 1, "b")
        self.text += "0" * (len(digits) - 1) + digits
        return self

    def bytes(self, stop=False):
        text = self.text + ("1" if stop else "")
        text += "0" * (-len(text) % 8)
        return bytes(int(text[at:at + 8], 2) for at in range(0, len(text), 8))


# H.264 (ITU-T H.264)

def parameter_set(coded, shown=None, references=1, profile=66, level=40, unit=0x67):
    wide, high = (coded[0] + 15) // 16, (coded[1] + 15) // 16
    bits = Bits().put(8, profile).put(8, 0).put(8, level).golomb(0)
    if profile in (100, 144):
        bits.golomb(1).golomb(0).golomb(0).put(2, 0)
    bits.golomb(0).golomb(2).golomb(references).put(1, 0).golomb(wide - 1).golomb(high - 1).put(1, 1).put(1, 1)
    shown = shown or coded
    bits.put(1, 1).golomb(0).golomb((wide * 16 - shown[0]) // 2).golomb(0).golomb((high * 16 - shown[1]) // 2).put(1, 0)
    data = bytearray()
    for byte in bits.bytes(stop=True):
        if data[-2:] == b"\0\0" and byte <= 3:
            data.append(3)
        data.append(byte)
    return bytes([unit]) + bytes(data)


def units(frame):
    return [unit for unit in frame.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]]


def annex_b(parts):
    return b"".join(b"\0\0\0\1" + part for part in parts)


def h264_frame(parameters, after=()):
    """A recorded key frame with other parameter sets."""
    parts = units(media.h264()[0][0])
    return annex_b([new for part in parts for new in (list(parameters) if part[0] & 31 == 7 else [part])] + list(after))


def h264s():
    good = media.h264()[0][0]
    own = next(unit for unit in units(good) if unit[0] & 31 == 7)
    bomb = parameter_set(HUGE, SMALL)
    return {
        "cropped": [h264_frame([bomb])],
        "plain": [h264_frame([parameter_set(HUGE)])],
        "old profile": [h264_frame([parameter_set(HUGE, SMALL, profile=144)])],
        "high profile": [h264_frame([parameter_set(HUGE, SMALL, profile=100)])],
        "second set": [h264_frame([own, bomb])],
        "set behind the picture": [h264_frame([own], [bomb])],
        "subset": [h264_frame([own, parameter_set(HUGE, SMALL, unit=0x6F)])],
        "short start code": [b"\0\0\1" + bomb + good],
        "in the middle": [good, media.h264()[1][0], h264_frame([bomb])],
        "sixteen references": [h264_frame([parameter_set((1920, 1088), (1920, 1080), references=16)])],
        "damaged set": [h264_frame([own[:4]])],
    }


# VP9 (bitstream specification, section 6.2)

SYNC = 0x498342


def vp9_key(width, height, profile=0):
    bits = Bits().put(2, 2).put(1, profile & 1).put(1, profile >> 1).put(1, 0).put(1, 0).put(1, 1).put(1, 0)
    if profile == 2:
        bits = Bits().put(2, 2).put(2, 1).put(1, 0).put(1, 0).put(1, 1).put(1, 0)
    bits.put(24, SYNC)
    if profile == 2:
        bits.put(1, 0)
    bits.put(3, 1).put(1, 0).put(16, width - 1).put(16, height - 1).put(1, 0)
    return vp9_rest(bits)


def vp9_rest(bits):
    """Enough of the rest of a header for a decoder to continue to the picture."""
    bits.put(1, 1).put(1, 1).put(2, 0)  # refresh, parallel, context
    bits.put(6, 10).put(3, 0).put(1, 0)  # filter
    bits.put(8, 60).put(3, 0).put(1, 0)  # quantiser, segmentation
    bits.put(1, 0).put(1, 0).put(1, 0).put(16, 40)  # tiles, size of the next header
    return bits.bytes() + bytes(200)


def vp9_intra_only(width, height):
    return vp9_rest(Bits().put(2, 2).put(2, 0).put(1, 0).put(1, 1).put(1, 0).put(1, 1).put(1, 1).put(24, SYNC)
                    .put(8, 1).put(16, width - 1).put(16, height - 1).put(1, 0))


def vp9_inter(width, height):
    return vp9_rest(Bits().put(2, 2).put(2, 0).put(1, 0).put(1, 1).put(1, 1).put(1, 1).put(8, 1).put(12, 0)
                    .put(3, 0).put(16, width - 1).put(16, height - 1).put(1, 0))


def superframe(*frames, sizes=None):
    sizes = sizes or [len(frame) for frame in frames]
    marker = bytes([0xC0 | 1 << 3 | len(sizes) - 1])
    return b"".join(frames) + marker + b"".join(struct.pack("<H", size) for size in sizes) + marker


def vp9s():
    good = vp9_frames()[0]
    huge = vp9_key(*HUGE)
    show = b"\x88"  # an existing frame, the first
    return {
        "plain": [huge],
        "two in one": [good + huge],
        "shown again and more": [good, show + huge],
        "superframe": [superframe(good, huge)],
        "forged superframe": [superframe(good, huge, sizes=[len(good), 0x7FFF])],
        "superframe of part": [superframe(good + huge, sizes=[len(good)])],
        "intra only": [good, vp9_intra_only(*HUGE)],
        "new size": [good, vp9_inter(*HUGE)],
        "ten bits": [vp9_key(1920, 1080, profile=2)],
    }


def vp9_frames():
    """The frames of the recorded WebM: blocks of clusters without lacing."""
    return [block[4:] for block in blocks(b"".join(piece for piece, _ in media.vp9_webm()))]


# VP8 (RFC 6386)

def vp8s():
    good = media.vp8()[0][0]
    return {
        "plain": [media.resized_vp8(16383, 16383)],
        "in the middle": [good, media.vp8()[1][0], media.resized_vp8(16383, 16383)],
        "truncated": [media.resized_vp8(16383, 16383)[:12]],
    }


# WebM (RFC 8794, RFC 9559)

def element(identifier, content, size=None):
    name = bytes.fromhex(identifier)
    return name + struct.pack(">Q", (len(content) if size is None else size) | 1 << 56) + content


def number(identifier, value):
    return element(identifier, struct.pack(">I", value))


UNKNOWN = (1 << 56) - 1


def webm(codec, frames, size=SMALL, private=None, encoding=b""):
    video = element("E0", number("B0", size[0]) + number("BA", size[1]))
    track = number("D7", 1) + number("73C5", 1) + number("83", 1) + element("86", codec.encode()) + video + encoding
    if private:
        track += element("63A2", private)
    head = element("1A45DFA3", element("4282", b"webm") + number("4287", 4) + number("4285", 2))
    cluster = b"".join(element("A3", b"\x81" + struct.pack(">HB", 100 * at, 0x80) + frame)
                       for at, frame in enumerate(frames))
    return head + element("18538067", b"", UNKNOWN) + element("1549A966", number("2AD7B1", 1_000_000)) \
        + element("1654AE6B", element("AE", track)) + element("1F43B675", b"", UNKNOWN) + number("E7", 0) + cluster


def inflating():
    """Compressed blocks: 100 MB each, from a hundred kilobytes."""
    packing = element("6D80", element("6240", number("5031", 0) + number("5032", 1) + number("5033", 0)
                                      + element("5034", number("4254", 0))))
    return webm("V_VP8", [zlib.compress(media.vp8()[0][0] + bytes(100_000_000), 9)], encoding=packing)


def blocks(data, masters=("18538067", "1F43B675", "A0")):
    """The simple blocks of a WebM."""
    found, at = [], 0
    while at < len(data):
        width = 9 - data[at].bit_length()
        name = data[at:at + width].hex().upper()
        at += width
        width = 9 - data[at].bit_length()
        size = int.from_bytes(data[at:at + width], "big") & ~(1 << 7 * width)
        at += width
        if name in masters:
            continue
        if name == "A3":
            found.append(data[at:at + size])
        at += size
    return found


# All of them

# Their first frame is a good picture, and what follows it in the block is ignored.
HARMLESS = ("WebM of VP9 two in one", "WebM of VP9 shown again and more", "WebM of VP9 superframe of part")


def corpus():
    """What is sent, by name: the media type and the messages, each with its key frame flag."""
    files = {}
    for name, picture in jpegs().items():
        files[f"JPEG {name}"] = "image/jpeg", [(picture, True)]
    for name, frames in h264s().items():
        files[f"H.264 {name}"] = "video/x-h264", [(frame, True) for frame in frames]
    for name, frames in vp8s().items():
        files[f"VP8 {name}"] = "video/x-vp8", [(frame, number == 0) for number, frame in enumerate(frames)]
    for codec, kinds in (("VP8", vp8s()), ("VP9", vp9s())):
        for name, frames in kinds.items():
            files[f"WebM of {codec} {name}"] = f"video/webm;codecs={codec.lower()}", [(webm(f"V_{codec}", frames), True)]
    files["WebM of VP8 in the header"] = "video/webm;codecs=vp8", [(webm("V_VP8", [media.vp8()[0][0]], HUGE), True)]
    files["WebM of VP8 packed"] = "video/webm;codecs=vp8", [(inflating(), True)]
    return files
