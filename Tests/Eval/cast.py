"""Who plays in the shipped scenes, the cameras they have, and how people come and go."""
from camera import Camera
from people import Look
from scene import Track

LEAD = 24  # seconds before anything happens

# Cameras as students have them.
CLEAN, PLAIN, CHEAP = Camera(noise=0.7), Camera(noise=1.5), Camera(noise=3, contrast=0.9)
WARM, COLD = Camera(noise=1.5, warmth=0.8), Camera(noise=1.8, warmth=-0.8)
AMPLIFIED = Camera(noise=1.5, gain=2.2)  # typical of low light

COLLINS, HOPPER = Look("collins", "collins", clothes=(60, 50, 120)), Look("hopper", "hopper", clothes=(80, 60, 50))
OBAMA, BIDEN = Look("obama", "obama", clothes=(70, 60, 50)), Look("biden", "biden", clothes=(120, 110, 100))
# Composites: the face of the first in the hair of the second.
ADA = Look("obama", "collins", clothes=(110, 160, 90), pattern="stripes")
BEN = Look("collins", "obama", clothes=(90, 90, 160))
CLEO = Look("biden", "collins", mirrored=True, clothes=(170, 130, 90))
DAN = Look("obama", "biden", clothes=(60, 90, 60), pattern="check")
EVE = Look("hopper", "biden", mirrored=True, clothes=(140, 100, 140))
FAY = Look("collins", "hopper", clothes=(50, 50, 55))
GUS = Look("biden", "obama", skin=0.75, clothes=(150, 150, 155), pattern="print")
HAL = Look("hopper", "obama", mirrored=True, clothes=(45, 70, 120))
IDA = Look("hopper", "collins", clothes=(90, 140, 160), pattern="stripes")
JIM = Look("collins", "biden", clothes=(75, 75, 80), pattern="print")
KAI = Look("obama", "obama", mirrored=True, skin=0.65, clothes=(100, 90, 170), pattern="check")
LEA = Look("collins", "collins", mirrored=True, skin=0.6, clothes=(130, 90, 70))
EVERYBODY = (COLLINS, HOPPER, OBAMA, BIDEN, ADA, BEN, CLEO, DAN, EVE, FAY, GUS, HAL, IDA, JIM, KAI, LEA)


def away(at, seconds, side=1, home=240, ramp=1.2):
    """Gets up and walks out of the picture."""
    out = 240 + side * 420
    return Track((at - ramp, home), (at, out), (at + seconds, out), (at + seconds + ramp, home))


def enters(at, seconds, to, side=1, ramp=1.5):
    out = 240 + side * 420
    return Track((at - ramp, out), (at, to), (at + seconds, to), (at + seconds + ramp, out))
