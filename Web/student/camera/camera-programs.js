// Virtual cameras: programs that make a picture of whatever one likes and offer it as a camera, by the words in its label.
//
// Not among them are programs that pass on what a real camera sees: phones as webcams (Camo, DroidCam, EpocCam, Iriun,
// iVCam, Continuity Camera), the tools of camera makers (EOS Webcam Utility, Logi Capture, OBSBOT Virtual Camera), and
// those that only change the background (NVIDIA Broadcast, XSplit VCam).

/** What the server calls the program, and words that follow one another in labels of its cameras. The first that fits is the one. */
const WORDS = {
  streamlabs: ['streamlabs'],
  obs: ['obs'],
  manycam: ['manycam'],
  snap: ['snap_camera'],
  xsplit: ['xsplitbroadcaster', 'xsplit_broadcaster'],
  splitcam: ['splitcam'],
  vcam: ['e2esoft_vcam'],
  camtwist: ['camtwist'],
  mmhmm: ['mmhmm'],
  youcam: ['youcam'],
  sparkocam: ['sparkocam'],
  altercam: ['altercam'],
  webcammax: ['webcammax'],
  vmix: ['vmix'],
  ndi: ['ndi_video', 'ndi_virtual', 'ndi_webcam'],
  wirecast: ['wirecast'],
  ecamm: ['ecamm_live'],
  vtube_studio: ['vtubestudiocam'],
  unity_capture: ['unity_video_capture'],
  screen_capture: ['screen_capture_recorder'],
  akvcam: ['akvcam', 'webcamoid'],
  v4l2loopback: ['v4l2loopback', 'dummy_video_device'],
};

/** The name of the program that a camera with this label belongs to; "none" for all others. Only whole words count. */
export function programOf(label) {
  const words = `_${label.toLowerCase().split(/[^\p{L}\p{N}]+/u).join('_')}_`;
  const found = Object.entries(WORDS).find(([, phrases]) => phrases.some(phrase => words.includes(`_${phrase}_`)));
  return found?.[0] ?? 'none';
}
