"""Samples of perf, folded."""
import pytest

from hot_spots import fold, group_of

REPORT = """
# Overhead;Command;Shared Object;Symbol
 4.00%  ;streaming-1  ;libc.so.6                  ;[.] __memmove_avx512_unaligned_erms
 3.00%  ;face-check-1;libopencv_dnn.so.4.6.0     ;[.] 0x00000000001b2803
 2.50%  ;face-check-1;libopencv_dnn.so.4.6.0     ;[.] 0x000000000030c052
 2.00%  ;web-gateway ;[kernel.kallsyms]          ;[k] finish_task_switch.isra.0
 1.00%  ;streaming-1  ;libvpx.so.7.1.0            ;[.] 0x000000000029efb4
"""


@pytest.mark.parametrize("library, function, group", [
    ("libvpx.so.7.1.0", "vp8_decode_frame", "decode"),
    ("libgstvideo-1.0.so.0.2200.0", "0x00216d4", "scale and encode"),
    ("libgstbase-1.0.so.0", "gst_base_src_loop", "GStreamer"),
    ("libjpeg.so.62.3.0", "0x150ad", "scale and encode"),
    ("exam-monitoring", "scale_plane_avx2", "scale and encode"),
    ("libopencv_core.so.4.6.0", "cv::NAryMatIterator::operator++", "detector"),
    ("libc.so.6", "_int_malloc", "allocation"),
    ("libc.so.6", "cfree@GLIBC_2.2.5", "allocation"),
    ("libc.so.6", "pthread_mutex_lock", "other"),
    ("[kernel.kallsyms]", "finish_task_switch", "kernel"),
    ("libglib-2.0.so.0", "g_main_context_iterate", "sockets and GLib"),
    ("exam-monitoring", "swift_retain", "Swift runtime"),
    ("libswiftCore.so", "swift_release", "Swift runtime"),
    ("exam-monitoring", "$s10WebGateway0aB5ActorC", "the server's own code")])
def test_groups(library, function, group):
    assert group_of(library, function) == group


def test_fold():
    groups, largest = fold(REPORT)
    assert groups == pytest.approx({"detector": 0.055, "copying": 0.04, "kernel": 0.02, "decode": 0.01})
    # Addresses of one library count together.
    assert largest[0] == (pytest.approx(0.055), "detector", "libopencv_dnn.so.4.6.0", "(no symbols)")
    assert largest[1][3] == "__memmove_avx512_unaligned_erms"


def test_nothing_sampled():
    assert fold("# no samples\n") == ({}, [])
