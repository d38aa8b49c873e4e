"""The voice of a rehearsal site: syllables that sound like speech and mean nothing.

Each site has a pitch of its own, so that an ear knows who speaks. Not a microphone.
"""

import zlib

import numpy as np

RATE = 48_000
_SYLLABLES = 16
_SYLLABLE_SECONDS = 0.25
_VOWELS = ((700, 1200), (400, 2000), (300, 2300), (500, 900), (350, 800))


class Voice:
    """A few seconds of invented speech, repeated."""

    def __init__(self, name: str) -> None:
        seed = zlib.crc32(name.encode())
        self._samples = _speech(np.random.default_rng(seed), pitch=100 + seed % 120)
        self._at = 0

    def speak(self, samples: int) -> bytes:
        """Return the next samples: signed 16 bit, mono, 48 kHz."""
        taken = np.take(self._samples, range(self._at, self._at + samples), mode="wrap")
        self._at = (self._at + samples) % len(self._samples)
        return taken.tobytes()


def _speech(chance: np.random.Generator, *, pitch: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    time = np.arange(int(RATE * _SYLLABLE_SECONDS)) / RATE
    envelope = np.sin(np.pi * np.minimum(time / (_SYLLABLE_SECONDS * 0.8), 1.0)) ** 0.5
    said = []
    for _ in range(_SYLLABLES):
        low, high = _VOWELS[chance.integers(len(_VOWELS))]
        tone = pitch * chance.uniform(0.9, 1.25)
        glottis = 2 * ((time * tone) % 1.0) - 1
        vowel = glottis * (0.5 + 0.3 * np.sin(2 * np.pi * low * time))
        vowel += 0.15 * np.sin(2 * np.pi * high * time)
        said.append(vowel * envelope * (chance.random() > 1 / 8))
    return (np.concatenate(said) * 9000).astype(np.int16)
