// The media types in which pictures are sent, best first, each under a short name that restricts the page to it (for support).
// The server has a pipeline file for each. WebM is recorded (recorder.js), the others are encoded frame by frame (encoders.js).

export const MEDIA = { vp8: 'video/x-vp8', jpeg: 'image/jpeg', webm: 'video/webm;codecs=vp8' };
