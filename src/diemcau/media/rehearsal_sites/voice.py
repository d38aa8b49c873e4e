"""The voice of a rehearsal site: syllables that sound like speech and mean nothing.

Each site has a pitch of its own, so that an ear knows who speaks. Not a microphone.
"""

import math
import zlib

import numpy as np

RATE = 48_000
_LOUDEST = 32_768
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
        said = self._part(self._at, samples)
        self._at = (self._at + samples) % len(self._samples)
        return said

    def heard(self) -> bytes:
        """Return the last second again."""
        return self._part(self._at - RATE, RATE)

    def _part(self, begin: int, samples: int) -> bytes:
        return np.take(self._samples, np.arange(begin, begin + samples), mode="wrap").tobytes()


def level(samples: bytes) -> float:
    """Return how loud the loudest of it is: 0 is -60 dB and below, 1 is -6 dB and above."""
    loudest = np.abs(np.frombuffer(samples, dtype=np.int16).astype(np.int32)).max(initial=0)
    if not loudest:
        return 0.0
    decibels = 20 * math.log10(float(loudest) / _LOUDEST)
    return round(min(1.0, max(0.0, (decibels + 60) / 54)), 2)


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
