#!/bin/sh
# Makes the clips of the special students of a rehearsal out of the recording beside it: an empty room, and a camera whose
# lens is covered. Both keep the noise of a camera, or the server would call them frozen. Needs ffmpeg.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Seconds 6.8 to 8.3 of the recording show the room without anybody.
ffmpeg -v error -f mjpeg -framerate 10 -i jpeg_worker_320_q70.mjpeg \
  -vf "trim=start_frame=68:end_frame=83,setpts=PTS-STARTPTS,scale=480:360" -c:v ffv1 "$work/room.mkv"

clip() { # filter, file
  ffmpeg -v error -y -stream_loop 1 -i "$work/room.mkv" -vf "$1" -r 10 \
    -c:v libvpx -deadline good -cpu-used 2 -b:v 300k -g 15 -auto-alt-ref 0 -lag-in-frames 0 "$2"
}
clip "noise=c0s=9:c0f=t" empty_room_vp8.ivf
clip "lutyuv=y=16+(val-16)*0.02:u=128:v=128,noise=c0s=6:c0f=t" dark_vp8.ivf
