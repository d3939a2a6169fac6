"""What a camera makes of a scene: light, exposure, colour temperature, and noise that is new in every picture."""
import dataclasses
import functools

import cv2
import numpy as np

WIDTH, HEIGHT = 480, 360


@dataclasses.dataclass(frozen=True)
class Camera:
    """`noise`: standard deviation of the luma of a mid-grey, of 255, before amplification. A clean webcam has about 0.6,
    an ordinary one 1.5, a cheap one 3. `gain` multiplies it and not the picture: the picture is given as it comes out.
    """
    noise: float = 1.5
    gain: float = 1.0
    warmth: float = 0.0  # -1 bluish to 1 reddish
    contrast: float = 1.0
    drift: float = 0.02  # how far the automatic exposure wanders

    def take(self, picture, light, random, t):
        """I420 of a BGR picture. `light`: how bright it comes out, 1 as it is."""
        exposure = light * (1 + self.drift * np.sin(t * 0.37 + 1) + self.drift / 2 * np.sin(t * 1.9))
        picture = cv2.LUT(picture, self._curve(round(exposure, 3)))
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        luma, chroma = planes[:HEIGHT], planes[HEIGHT:]
        amount = self._noise_of_luma()
        noise = _grains(random, HEIGHT, WIDTH) * cv2.LUT(luma, amount)
        out = np.empty_like(planes)
        out[:HEIGHT] = np.clip(luma + noise + 0.5, 0, 255)
        colour_noise = _grains(random, HEIGHT // 2, WIDTH) * (0.6 * self.noise * self.gain)
        out[HEIGHT:] = np.clip(chroma + colour_noise + 0.5, 0, 255)
        return out

    @functools.lru_cache(maxsize=4096)
    def _curve(self, exposure):
        values = np.arange(256, dtype=np.float32)
        tinted = np.stack([
            values * exposure * (1 - 0.12 * self.warmth), values * exposure, values * exposure * (1 + 0.12 * self.warmth)],
            -1)
        return ((tinted - 110) * self.contrast + 110 if self.contrast != 1 else tinted).clip(0, 255).astype(np.uint8)[None]

    @functools.cache
    def _noise_of_luma(self):
        """Read noise and shot noise by luma."""
        luma = np.arange(256, dtype=np.float32)
        return (self.noise * self.gain * np.sqrt(0.35 + 0.65 * luma / 128)).astype(np.float32)


@functools.cache
def _bank():
    """Normal noise, slightly soft as demosaicing leaves it. A picture is cut out of it anywhere and turned any way, which
    never repeats within a lifetime of scenes."""
    random = np.random.default_rng(20)
    bank = cv2.GaussianBlur(random.standard_normal((1400, 1700), dtype=np.float32), (0, 0), 0.55)
    return bank / bank.std()


def _grains(random, height, width):
    bank = _bank()
    y, x = int(random.integers(bank.shape[0] - height)), int(random.integers(bank.shape[1] - width))
    cut = bank[y:y + height, x:x + width]
    turn = int(random.integers(8))
    if turn & 1:
        cut = cut[::-1]
    if turn & 2:
        cut = cut[:, ::-1]
    return -cut if turn & 4 else cut
