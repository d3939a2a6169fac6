"""The shipped scenes. Each begins with a stretch of plain presence, in which the student's baseline is measured."""
import close
from camera import Camera
from cast import (
    ADA, AMPLIFIED, BEN, BIDEN, CHEAP, CLEAN, CLEO, COLD, COLLINS, DAN, EVE, EVERYBODY, FAY, GUS, HAL, HOPPER, IDA, JIM, KAI, LEA, LEAD,
    OBAMA, PLAIN, WARM, away, enters)
from presence import presence
from scene import Actor, Event, Scene, Track, pulse


def _with(look, **changes):
    return look._replace(**changes)


def _group(scene):
    look = scene.actors[0].look
    return f"face of {look.face.capitalize()}" + (", darkened" if look.skin < 1 else "")


def scenes():
    """All of them except the hour of presence."""
    found = [*_missing(), *_several(), *_looking(), *_covered(), *_frozen(), *_stopped(), *_page(), *_uneventful(), *_more(), *close.scenes()]
    for number, scene in enumerate(found):
        scene.seed = 100 + number
        scene.group = scene.group or _group(scene)
        for k, actor in enumerate(scene.actors):
            if actor.seed == 0:
                actor.__init__(**{**{f: getattr(actor, f) for f in actor.__dataclass_fields__}, "seed": scene.seed * 10 + k})
    return found


def hours():
    """At least an hour in which nothing happens that should raise an alert."""
    rooms = ("plaster", "books", "garage", "cafe", "bricks", "pictures", "kitchen", "window", "bare", "study", "gravel", "plaster")
    cameras = (PLAIN, CLEAN, CHEAP, WARM, COLD, AMPLIFIED)
    found = []
    for k in range(25):
        look = EVERYBODY[k % 16]
        if k >= 16:
            look = _with(look, mirrored=not look.mirrored, glasses=(None, "thin", "thick", "red")[k % 4], headset=k % 3 == 0)
        scene = presence(
            f"presence-{k + 1:02}", 150, look, rooms[k % 12], cameras[k % 6], seed=900 + k,
            light=(1.0, 0.8, 0.45, 1.15, 0.65)[k % 5], curtain=k % 4 == 1)
        scene.group = _group(scene)
        found.append(scene)
    for scene in (moving := close.moving()):
        scene.group = _group(scene)
    return found + moving


def _missing():
    s = LEAD
    yield Scene("missing-plain-left", "plain", 42, "plaster", [Actor(COLLINS, x=away(s, 9, -1))], PLAIN)
    yield Scene("missing-plain-right", "plain", 42, "books", [Actor(OBAMA, x=away(s + 2, 8))], CLEAN)
    yield Scene("missing-empty-long", "empty_room", 56, "garage", [Actor(BIDEN, x=away(s, 22, -1))], PLAIN)
    yield Scene("missing-empty-down", "empty_room", 44, "cafe", [Actor(ADA, y=pulse(165, 620, s, s + 10, 1.0))], WARM)
    yield Scene("missing-empty-twice", "empty_room", 60, "kitchen", [
        Actor(BEN, x=Track((s, 240), (s + 1, 660), (s + 7, 660), (s + 8, 240), (s + 22, 240), (s + 23, -180), (s + 30, -180), (s + 31, 240)))],
        COLD)
    yield Scene("missing-empty-bare-clean", "empty_room", 46, "bare", [Actor(CLEO, x=away(s, 13))], Camera(noise=0.6))
    yield Scene("missing-empty-curtain", "empty_room", 46, "window", [Actor(DAN, x=away(s, 12, -1))], PLAIN, curtain=True)
    yield Scene("missing-dim", "dim", 42, "books", [Actor(HOPPER, x=away(s, 9, -1))], AMPLIFIED, light=Track(0.25))
    yield Scene("missing-dim-dark", "dim", 42, "plaster", [Actor(OBAMA, x=away(s, 9))], AMPLIFIED, light=Track(0.16))
    yield Scene("missing-backlit", "backlit", 44, "plaster", [Actor(BIDEN, x=away(s, 10))], AMPLIFIED, backlit=True)
    yield Scene("missing-glasses", "glasses", 42, "pictures", [Actor(_with(COLLINS, glasses="thick"), x=away(s, 8))], PLAIN)
    yield Scene("missing-mask", "mask", 42, "study", [Actor(_with(OBAMA, mask="blue"), x=away(s, 9, -1))], PLAIN)
    yield Scene("missing-small", "small", 42, "gravel", [
        Actor(EVE, x=away(s, 9), y=Track(190), size=Track(16))], PLAIN)
    yield Scene("missing-small-dim", "small", 42, "kitchen", [
        Actor(JIM, x=away(s, 9, -1), y=Track(200), size=Track(17))], AMPLIFIED, light=Track(0.35))
    yield Scene("missing-tilted", "tilted", 42, "cafe", [Actor(FAY, x=away(s, 9), roll=Track(28))], WARM)
    yield Scene("missing-turned", "turned", 42, "bricks", [Actor(GUS, x=away(s, 9, -1), yaw=Track(22))], PLAIN)
    yield Scene("missing-partly-out", "partly_out", 44, "plaster", [
        Actor(KAI, x=Track((8, 240), (10, 14), (s, 14), (s + 1, -180), (s + 9, -180), (s + 10.2, 240)))], PLAIN)
    yield Scene("missing-hand", "plain", 44, "bricks", [
        Actor(LEA, hand=pulse(0, 1, s + 1, s + 11))], PLAIN, events=[Event("face_missing", s + 1, s + 11)],
        note="a hand lies over the whole face for ten seconds")


def _several():
    s = LEAD
    def other(look, at=s, seconds=9, to=385, side=1, size=32, y=130, **fields):
        return Actor(look, x=enters(at, seconds, to, side), y=Track(y), size=Track(size), is_behind=True, **fields)

    yield Scene("several-beside", "two_people", 44, "plaster", [Actor(OBAMA, x=Track(200)), other(COLLINS)], PLAIN)
    yield Scene("several-left", "two_people", 44, "books", [Actor(HOPPER, x=Track(280)), other(BIDEN, to=100, side=-1)], CLEAN)
    yield Scene("several-behind-small", "two_people", 44, "garage", [Actor(ADA, x=Track(210)), other(DAN, size=20, y=110)], PLAIN)
    yield Scene("several-long", "two_people", 56, "kitchen", [Actor(BEN, x=Track(210)), other(IDA, seconds=20)], WARM)
    yield Scene("several-twice", "two_people", 60, "pictures", [
        Actor(CLEO, x=Track(200)),
        Actor(GUS, x=Track((s - 1, 640), (s, 380), (s + 6, 380), (s + 7, 640), (s + 22, 640), (s + 23, 390), (s + 29, 390), (s + 30, 640)),
              y=Track(140), size=Track(34), is_behind=True)], PLAIN)
    yield Scene("several-three", "two_people", 46, "cafe", [
        Actor(KAI), other(COLLINS, to=400), other(BIDEN, at=s + 3, to=80, side=-1, seconds=6)], COLD)
    yield Scene("several-dim", "dim", 44, "plaster", [Actor(BIDEN, x=Track(200)), other(OBAMA)], AMPLIFIED, light=Track(0.25))
    yield Scene("several-backlit", "backlit", 44, "plaster", [Actor(LEA, x=Track(190)), other(HOPPER, to=350)], AMPLIFIED, backlit=True)
    yield Scene("several-mask", "mask", 44, "gravel", [
        Actor(_with(COLLINS, mask="white"), x=Track(200)), other(_with(DAN, mask="black"))], PLAIN)
    yield Scene("several-glasses", "glasses", 44, "study", [
        Actor(_with(JIM, glasses="thin"), x=Track(280)), other(_with(OBAMA, glasses="glare"), to=95, side=-1)], PLAIN)
    yield Scene("several-turned", "turned", 44, "bricks", [
        Actor(EVE, x=Track(200)), other(HAL, yaw=Track(-35))], PLAIN, note="the second person looks at the first one's screen")
    yield Scene("several-tilted", "tilted", 44, "window", [Actor(IDA, x=Track(190)), other(COLLINS, roll=Track(-30))], WARM)
    yield Scene("several-still", "two_people", 46, "bare", [
        Actor(FAY, x=Track(200)), other(BEN, seconds=12, size=30, sway=0.3)], CLEAN)
    yield Scene("passing-behind", "plain", 44, "plaster", [
        Actor(OBAMA, x=Track(220)),
        Actor(COLLINS, x=Track((s, -160), (s + 1.6, 640)), y=Track(110), size=Track(24), is_behind=True)], PLAIN,
        counts_faces=False, note="somebody passes behind within a second and a half: no alert")
    yield Scene("passing-glance", "plain", 44, "garage", [
        Actor(BIDEN, x=Track(220)),
        Actor(ADA, x=Track((s, 640), (s + .7, 410), (s + 1.3, 410), (s + 2, 640)), y=Track(140), size=Track(32), is_behind=True)],
        PLAIN, counts_faces=False, note="somebody looks in for a second: no alert")


def _looking():
    s = LEAD
    def turned(look, yaw, seconds=9, base=0, at=s, **fields):
        return Actor(look, yaw=pulse(base, base + yaw, at + 0.6, at + 0.6 + seconds, 0.6), **fields)

    def looking(at=s, seconds=9):
        return [Event("looking_away", at + 0.6, at + 0.6 + seconds)]

    yield Scene("looking-right", "turned", 44, "plaster", [turned(COLLINS, 45)], PLAIN, events=looking())
    yield Scene("looking-left", "turned", 44, "books", [turned(OBAMA, -44)], CLEAN, events=looking())
    yield Scene("looking-far", "turned", 46, "kitchen", [turned(HOPPER, 52, 11)], PLAIN, events=looking(seconds=11))
    yield Scene("looking-biden-left", "turned", 46, "pictures", [turned(BIDEN, -48, 10)], WARM, events=looking(seconds=10))
    yield Scene("looking-long", "turned", 56, "garage", [turned(BEN, 42, 18)], PLAIN, events=looking(seconds=18))
    yield Scene("looking-twice", "turned", 60, "bare", [
        Actor(ADA, yaw=Track((s, 0), (s + .6, -46), (s + 7, -46), (s + 7.6, 0), (s + 20, 0), (s + 20.6, 48), (s + 28, 48), (s + 28.6, 0)))],
        PLAIN, events=[Event("looking_away", s + .6, s + 7), Event("looking_away", s + 20.6, s + 28)])
    yield Scene("looking-glasses", "glasses", 44, "cafe", [turned(_with(KAI, glasses="thin"), -45)], PLAIN, events=looking())
    yield Scene("looking-dim", "dim", 44, "plaster", [turned(FAY, 46)], AMPLIFIED, light=Track(0.3), events=looking())
    yield Scene("looking-backlit", "backlit", 44, "plaster", [turned(OBAMA, 45)], AMPLIFIED, backlit=True, events=looking())
    yield Scene("looking-mask", "mask", 44, "study", [turned(_with(COLLINS, mask="blue"), 50)], PLAIN, events=looking())
    yield Scene("looking-small", "small", 44, "gravel", [turned(IDA, 47, y=Track(190), size=Track(18))], PLAIN, events=looking())
    yield Scene("looking-from-aside", "turned", 46, "bricks", [turned(LEA, 42, 10, base=-18)], PLAIN, events=looking(seconds=10),
                note="the camera stands aside: the student's own baseline is 18 degrees to the left")
    yield Scene("looking-tilted", "tilted", 44, "window", [turned(DAN, -45, roll=Track(15))], WARM, events=looking())
    yield Scene("looking-short", "turned", 44, "plaster", [turned(GUS, 45, 2.6)], PLAIN, note="three seconds aside: no alert")
    yield Scene("looking-little", "turned", 46, "books", [turned(JIM, 16, 12, sway=0.6)], PLAIN, note="16 degrees for twelve seconds: no alert")
    yield Scene("looking-aside-steady", "turned", 46, "kitchen", [Actor(EVE, yaw=Track(24))], PLAIN,
                note="the camera stands aside all the time: no alert")
    yield Scene("looking-down-writing", "plain", 50, "cafe", [
        Actor(HAL, pitch=pulse(0, -24, s, s + 14, 0.8), y=pulse(165, 180, s, s + 14, 0.8))], PLAIN, note="writes for 14 seconds: no alert")


def _covered():
    s = LEAD
    def covered(name, condition, look, room, what, camera=PLAIN, seconds=9, others=(), light=1.0, **fields):
        return Scene(name, condition, s + seconds + 9, room, [Actor(look)], camera, light=Track(light), cover=pulse(0, 1, s + .5, s + .5 + seconds, .5),
                     cover_with=what, events=[Event("camera_covered", s + .5, s + .5 + seconds, others)], **fields)

    yield covered("covered-thumb", "covered", COLLINS, "plaster", "thumb")
    yield covered("covered-glowing-thumb", "covered", OBAMA, "books", "glowing_thumb")
    yield covered("covered-tape", "covered", BIDEN, "garage", "tape", CLEAN)
    yield covered("covered-shutter-long", "covered", HOPPER, "kitchen", "shutter", PLAIN, 20)
    yield covered("covered-note", "covered", ADA, "cafe", "note", WARM)
    yield covered("covered-hand", "covered", BEN, "bricks", "hand")
    yield covered("covered-thumb-noisy", "covered", KAI, "pictures", "thumb", CHEAP)
    yield covered("covered-dim", "dim", LEA, "plaster", "thumb", AMPLIFIED, light=0.3)
    yield covered("covered-tape-noisy", "covered", DAN, "study", "tape", AMPLIFIED)
    yield covered("covered-leak", "covered", EVE, "window", "leaking_thumb", others=("face_missing",),
                  note="light leaks in beside the thumb: that the face is missing is as good an answer")
    yield covered("covered-lid", "covered", GUS, "plaster", "lid", others=("face_missing",),
                  note="the lid nearly closed shows a keyboard: that the face is missing is as good an answer")
    yield Scene("covered-short", "covered", 44, "plaster", [Actor(FAY)], PLAIN, cover=pulse(0, 1, s + .3, s + 1.3, .3), cover_with="thumb",
                note="a second's touch of the lens: no alert")
    yield Scene("light-blinks", "plain", 44, "kitchen", [Actor(IDA)], PLAIN, light=Track((s, 1), (s + .1, .03), (s + .9, .03), (s + 1, 1)),
                note="the light goes out for a second: no alert")
    yield Scene("greasy-lens", "plain", 40, "books", [Actor(JIM)], PLAIN, cover=Track((3, 0), (4, 1)), cover_with="breath",
                note="a greasy lens, through which the face can be seen: no alert")


def _frozen():
    s = LEAD
    def frozen(name, condition, look, room, camera=PLAIN, seconds=16, **fields):
        return Scene(name, condition, s + seconds + 8, room, [Actor(look)], camera, frozen=((s, s + seconds),),
                     events=[Event("picture_frozen", s, s + seconds)] if seconds > 10 else [], **fields)

    yield frozen("frozen-plain", "frozen", COLLINS, "plaster")
    yield frozen("frozen-clean", "frozen", OBAMA, "bare", CLEAN)
    yield frozen("frozen-noisy", "frozen", BIDEN, "garage", CHEAP)
    yield frozen("frozen-long", "frozen", HOPPER, "books", PLAIN, 27)
    yield frozen("frozen-fine-grained", "frozen", ADA, "gravel", PLAIN, 18)
    yield frozen("frozen-cafe", "frozen", BEN, "cafe", COLD)
    yield frozen("frozen-dim", "dim", DAN, "study", AMPLIFIED, light=Track(0.3))
    yield frozen("frozen-glasses", "glasses", KAI._replace(glasses="thick"), "kitchen")
    yield frozen("frozen-backlit", "backlit", JIM, "plaster", AMPLIFIED, backlit=True)
    yield frozen("frozen-short", "frozen", CLEO, "pictures", PLAIN, 5, note="hangs for five seconds: no alert")
    yield Scene("statue", "plain", 50, "bare", [Actor(EVE, sway=0.25)], CLEAN, note="sits as still as a person can: no alert")
    yield Scene("statue-dim", "dim", 50, "bare", [Actor(GUS, sway=0.25)], Camera(noise=0.9, gain=1.5), light=Track(0.25),
                note="sits as still as a person can, with little light: no alert")


def _stopped():
    s = LEAD
    def stopped(name, look, room, how, seconds, condition="stopped", **fields):
        events = [Event("video_stopped", s, s + seconds)] if seconds > 5 else []
        return Scene(name, condition, s + seconds + 9, room, [Actor(look)], events=events,
                     upload=[{"from": s, "to": s + seconds, "how": how}], **fields)

    yield stopped("stopped-silent", COLLINS, "plaster", "silent", 9)
    yield stopped("stopped-silent-long", OBAMA, "books", "silent", 18)
    yield stopped("stopped-silent-glasses", _with(IDA, glasses="red"), "cafe", "silent", 8, "glasses")
    yield stopped("stopped-dropped", BIDEN, "garage", "dropped", 9)
    yield stopped("stopped-dropped-long", HOPPER, "kitchen", "dropped", 16)
    yield stopped("stopped-dropped-dim", BEN, "plaster", "dropped", 9, "dim", light=Track(0.3), camera=AMPLIFIED)
    yield stopped("stopped-short", DAN, "bricks", "silent", 3, note="the network is away for three seconds: no alert")
    yield stopped("stopped-dropped-short", LEA, "pictures", "dropped", 3, note="the connection breaks and is back after three seconds: no alert")


def _page():
    s = LEAD
    def page(name, look, room, field, bad, good, kind, seconds, window=1):
        events = [Event(kind, s, s + seconds)] if seconds > window else []
        return Scene(name, "page", s + max(seconds, 2) + 8, room, [Actor(look)], events=events,
                     status=[{"at": s, field: bad}, {"at": s + seconds, field: good}])

    yield page("page-hidden", COLLINS, "plaster", "page", "hidden", "visible", "page_hidden", 5)
    yield page("page-hidden-long", KAI, "books", "page", "hidden", "visible", "page_hidden", 12)
    yield page("page-hidden-flicker", FAY, "cafe", "page", "hidden", "visible", "page_hidden", 0.5)
    yield page("page-hidden-two", DAN, "bare", "page", "hidden", "visible", "page_hidden", 3)
    for name, look, room in (("camera-off", OBAMA, "garage"), ("camera-off-two", IDA, "kitchen")):
        scene = page(name, look, room, "camera", "ended", "live", "camera_off", 8)
        scene.upload = [{"from": s, "to": s + 8, "how": "silent"}]
        yield scene
    yield page("virtual-camera", BIDEN, "study", "program", "obs", "none", "virtual_camera", 15, window=10)
    yield page("virtual-camera-two", CLEO, "books", "program", "manycam", "none", "virtual_camera", 20, window=10)
    yield page("virtual-camera-short", LEA, "cafe", "program", "obs", "none", "virtual_camera", 6, window=10)


def _uneventful():
    yield Scene("calm-plain", "plain", 30, "plaster", [Actor(BIDEN)], PLAIN)
    yield Scene("calm-dim", "dim", 40, "books", [Actor(OBAMA)], AMPLIFIED, light=Track(0.15))
    yield Scene("calm-dim-cloud", "dim", 40, "kitchen", [Actor(CLEO)], PLAIN, light=Track((20, 1), (24, 0.3), (30, 0.3), (34, 0.9)))
    yield Scene("calm-backlit", "backlit", 40, "plaster", [Actor(HAL)], AMPLIFIED, backlit=True)
    yield Scene("calm-glasses-glare", "glasses", 40, "garage", [Actor(_with(COLLINS, glasses="glare"))], PLAIN)
    yield Scene("calm-mask-black", "mask", 40, "pictures", [Actor(_with(BEN, mask="black"))], PLAIN)
    yield Scene("calm-mask-cloth", "mask", 40, "cafe", [Actor(_with(HOPPER, mask="cloth"))], WARM)
    yield Scene("calm-turned", "turned", 40, "bare", [Actor(DAN, yaw=Track(-22))], PLAIN)
    yield Scene("calm-tilted", "tilted", 40, "study", [Actor(ADA, roll=Track((24, -20), (26, -35)))], PLAIN)
    yield Scene("calm-small", "small", 40, "gravel", [Actor(JIM, y=Track(190), size=Track(16))], PLAIN)
    yield Scene("calm-small-glasses", "small", 40, "kitchen", [Actor(_with(IDA, glasses="thick"), y=Track(200), size=Track(18))], PLAIN)
    yield Scene("calm-partly-out", "partly_out", 44, "books", [Actor(EVE, x=Track((24, 240), (26, 16)))], PLAIN, note="half of the face stays in the picture: present")
    yield Scene("calm-partly-out-right", "partly_out", 44, "bricks", [Actor(GUS, x=Track((24, 240), (26, 464)))], PLAIN, note="half of the face stays in the picture: present")
    yield Scene("calm-partly-out-top", "partly_out", 44, "plaster", [Actor(FAY, y=Track((24, 165), (26, 20)))], PLAIN, note="the forehead is out of the picture: present")
    poster = Event("several_faces", 0, 50)
    yield Scene("poster", "poster", 50, "plaster", [Actor(COLLINS, x=Track(200))], PLAIN, poster="biden", tolerated=[poster], counts_faces=False,
                note="a poster with a face hangs on the wall: several_faces is neither right nor wrong")
    yield Scene("poster-left-alone", "poster", 50, "plaster", [Actor(OBAMA, x=away(LEAD, 12, -1, home=200))], PLAIN, poster="biden",
                tolerated=[poster, Event("face_missing", LEAD, LEAD + 12)], counts_faces=False,
                note="the student leaves, the poster stays: whatever is said is neither right nor wrong")


def _more():
    """More of each kind, so that a single outlier is not all of the last twentieth. At the end, since a scene's number
    is its seed: those before stay the same."""
    s = LEAD
    for name, look, yaw, room, camera in (
            ("hopper", HOPPER, -46, "garage", PLAIN), ("collins", COLLINS, -47, "cafe", CHEAP), ("obama", OBAMA, 48, "kitchen", WARM),
            ("cleo", CLEO, 45, "bare", COLD), ("eve", EVE, -45, "study", PLAIN), ("headset", _with(ADA, headset=True), 44, "pictures", CLEAN),
            ("thick", _with(FAY, glasses="thick"), 46, "window", PLAIN), ("kai", KAI, 50, "gravel", PLAIN)):
        yield Scene(f"looking-more-{name}", "turned", 46, room, [Actor(look, yaw=pulse(0, yaw, s + .6, s + 10.6, .6))], camera,
                    events=[Event("looking_away", s + .6, s + 10.6)])
    for name, first, second, to, size, ramp, room in (
            ("quick", COLLINS, BIDEN, 385, 34, 0.7, "plaster"), ("slow", OBAMA, HOPPER, 390, 30, 3.0, "garage"),
            ("tall", BIDEN, BEN, 100, 40, 1.5, "bare"), ("far", KAI, COLLINS, 400, 18, 1.5, "kitchen"),
            ("glasses", LEA, _with(EVE, glasses="red"), 385, 32, 1.0, "pictures"), ("low", IDA, DAN, 90, 30, 1.5, "study"),
            ("dark", HAL, OBAMA, 390, 32, 1.2, "cafe"), ("twin", GUS, GUS, 385, 33, 1.5, "window")):
        side = 1 if to > 240 else -1
        yield Scene(f"several-more-{name}", "two_people", 46, room, [
            Actor(first, x=Track(240 - side * 45)),
            Actor(second, x=enters(s + 1, 10, to, side, ramp), y=Track(190 if name == "low" else 130), size=Track(size), is_behind=True)],
            PLAIN if name != "dark" else AMPLIFIED, light=Track(0.35 if name == "dark" else 1.0))
    for name, look, room, what, camera, light in (
            ("thumb-clean", OBAMA, "bare", "thumb", CLEAN, 1.0), ("tape", IDA, "bricks", "tape", PLAIN, 1.0),
            ("glow", HAL, "gravel", "glowing_thumb", CHEAP, 1.0), ("note", JIM, "plaster", "note", COLD, 1.0),
            ("shutter-dim", CLEO, "books", "shutter", AMPLIFIED, 0.3), ("hand", FAY, "kitchen", "hand", WARM, 1.0),
            ("thumb-dim", BIDEN, "study", "thumb", AMPLIFIED, 0.5), ("note-bare", COLLINS, "bare", "note", PLAIN, 1.0),
            ("hand-dim", DAN, "garage", "hand", PLAIN, 0.6)):
        yield Scene(f"covered-more-{name}", "covered", 42, room, [Actor(look)], camera, light=Track(light),
                    cover=pulse(0, 1, s + .5, s + 9.5, .5), cover_with=what, events=[Event("camera_covered", s + .5, s + 9.5)])
    for k, (look, room, camera) in enumerate((
            (LEA, "window", PLAIN), (GUS, "bricks", CHEAP), (EVE, "pictures", WARM), (FAY, "study", CLEAN), (IDA, "garage", PLAIN),
            (HAL, "cafe", AMPLIFIED), (CLEO, "kitchen", CLEAN), (OBAMA, "books", PLAIN), (BIDEN, "bare", COLD), (COLLINS, "gravel", CHEAP),
            (KAI, "plaster", PLAIN))):
        yield Scene(f"frozen-more-{k + 1:02}", "frozen", 48, room, [Actor(look)], camera, frozen=((s + k * .3, s + k * .3 + 16),),
                    events=[Event("picture_frozen", s + k * .3, s + k * .3 + 16)])
    for k, look in enumerate((LEA, GUS, EVE, FAY, HAL, CLEO, KAI, JIM, ADA, DAN, BEN, COLLINS, OBAMA, BIDEN)):
        yield Scene(f"stopped-more-{k + 1:02}", "stopped", 42, ("plaster", "books", "cafe", "bare")[k % 4], [Actor(look)],
                    events=[Event("video_stopped", s + k * .1, s + k * .1 + 9)],
                    upload=[{"from": round(s + k * .1, 1), "to": round(s + k * .1 + 9, 1), "how": ("silent", "dropped")[k % 2]}])
    for k, (look, room) in enumerate(((EVE, "kitchen"), (HAL, "window"), (_with(GUS, headset=True), "bare"))):
        yield Scene(f"missing-more-{k + 1}", "empty_room", 44, room, [Actor(look, x=away(s, 10, (-1, 1)[k % 2]))], (CHEAP, PLAIN, COLD)[k])
