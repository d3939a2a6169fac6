"""Labels of cameras as they stand in logs, issues, and tests of public projects."""

# Chromium adds the USB identifiers on Linux and macOS, Firefox does not.
REAL = """
1.3M WebCam (04f2:b1d8)
300k Pixel Camera
AVerMedia Live Streamer CAM 313
BisonCam,NB Pro
BRIO 4K Stream Edition (046d:086b)
BRIO Ultra HD Webcam
C270 HD WEBCAM (046d:0825)
c922 Pro Stream Webcam (046d:085c)
camera2 0, facing back
camera2 1, facing front
Dell E5570 integrated webcam
DELL Monitor RGB Webcam
DC-S1M2 (04da:2385)
EasyCamera
EMEET SmartCam S800
FaceTime HD Camera
FaceTime HD Camera (05ac:8514)
FaceTime HD Camera (Built-in)
FHD Camera
FHD Camera Microphone
HD Pro Webcam C920 (046d:082d)
HD Webcam C525
HD Webcam C615 (046d:082c)
HP HD Camera (05c8:0383)
HP High Definition 1MP Webcam (04f2:b34a)
HP True Vision 5MP Camera (0408:545e)
HP TrueVision HD Camera (0408:5365)
HP TrueVision HD Integrated Webcam
HP Webcam-101 (0bda:58e0)
HP Wide Vision HD Camera (04ca:707f)
HP Wide Vision HD Integrated Webcam
iBridge (05ac:8600)
Insta360 Link (2e1a:4c01)
Integrated Camera (04f2:b6d9)
Integrated Camera: Integrated C
Integrated HP HD Webcam
Integrated RGB Camera
Integrated Webcam
Integrated_Webcam_FHD
Integrated_Webcam_HD (0c45:6a15)
Intel MIPI Camera
Intel RealSense 3D Camera (Front F200)
Intel(R) RealSense(TM) Depth Camera 435
IPEVO Point 2 View (1778:0214)
IPEVO Ziggi-HD Plus
Laptop_Integrated_Webcam_0.3M
Laptop_Integrated_Webcam_HD
Lenovo EasyCamera (13d3:5727)
Lenovo UVC Camera
Logi C270 HD WebCam (046d:0825)
Logitech BRIO
Logitech StreamCam
Microsoft LifeCam Front (045e:07be)
OBSBOT Meet 2
OBSBOT Tiny 2 StreamCamera
ov9734_techfront_camera
Razer Kiyo Pro
Elgato 4K X (0fd9:009c)
Realtek DMFT - RGB
RICOH THETA X
Surface Camera Front
ThinkPad T490 Webcam
TOSHIBA Web Camera - HD
UVC Camera (046d:0825)
USB Camera
USB Video (534d:2109)
USB Video Device
USB2.0 FHD UVC WebCam
USB2.0 HD UVC WebCam
USB2.0 VGA UVC WebCam
Xiaomi Mi 8 (18d1:4eee)
""".strip().splitlines()

# Made up, or the browser's own: whole words count.
LIKE_THEM = ["", "fake_device_0", "Anna’s iPhone Camera", "Obscura Cam", "Snapcam USB", "Camera of Snap"]

# What passes on a real camera: phones, camera makers' tools, other backgrounds.
PASSED_ON = """
Camera (NVIDIA Broadcast)
Camo
CyberLink Webcam Splitter
DroidCam Source 3
DroidCam Video
e2eSoft iVCam
Elgato Virtual Camera
EOS Webcam Utility Pro
EpocCam Camera
Iriun Webcam
My Phone (Windows Virtual Camera)
Logi Capture
OBSBOT Virtual Camera
Reincubate Camo
XSplit VCam
""".strip().splitlines()

# Label: what the server calls the program.
OF_PROGRAMS = {
    "AkVCam": "akvcam",
    "AlterCam Virtual Webcam": "altercam",
    "CamTwist": "camtwist",
    "CyberLink YouCam 10": "youcam",
    "Dummy video device (0x0000)": "v4l2loopback",
    "e2eSoft VCam": "vcam",
    "e2eSoft VCam 03": "vcam",
    "Ecamm Live Virtual Cam": "ecamm",
    "ManyCam Virtual Webcam": "manycam",
    "ManyCam Virtual Webcam (pleV:ideo)": "manycam",
    "mmhmm Camera": "mmhmm",
    "NDI Virtual Input": "ndi",
    "NDI Webcam Video 1": "ndi",
    "NewTek NDI Video": "ndi",
    "OBS Virtual Camera": "obs",
    "OBS Virtual Camera (m-de:vice)": "obs",
    "obs-camera": "obs",
    "OBS-Camera2": "obs",
    "screen-capture-recorder": "screen_capture",
    "Snap Camera": "snap",
    "SparkoCam Video": "sparkocam",
    "SplitCam Video Driver": "splitcam",
    "Streamlabs Desktop Virtual Webcam": "streamlabs",
    "Streamlabs OBS Virtual Camera": "streamlabs",
    "Unity Video Capture #2": "unity_capture",
    "vMix Video": "vmix",
    "VTubeStudioCam": "vtube_studio",
    "WebcamMax Capture": "webcammax",
    "Wirecast Virtual Camera": "wirecast",
    "XSplitBroadcaster": "xsplit",
}
