/// The programs that make a picture for a camera of their own, and can show anything in it: a recording, a still, a screen.
///
/// The student's page recognises them by the label of the camera it uses (`Web/student/camera/camera-programs.js`) and
/// reports one of these names and never the label. Programs that pass on what a real camera sees are none of them: phones
/// as webcams, the tools of camera makers, those that only change the background.
public enum CameraProgram: String, Sendable, CaseIterable {
  /// The camera is that of none of them.
  case noProgram = "none"
  case akvcam
  case altercam
  case camtwist
  case e2eSoftVCam = "vcam"
  case ecamm
  case loopback = "v4l2loopback"
  case manycam
  case mmhmm
  case ndi
  case obs
  case screenCapture = "screen_capture"
  case snap
  case sparkocam
  case splitcam
  case streamlabs
  case unityCapture = "unity_capture"
  case vmix
  case vTubeStudio = "vtube_studio"
  case webcamMax = "webcammax"
  case wirecast
  case xsplit
  case youcam
}
