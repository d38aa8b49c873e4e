"""The command line: `diemcau …`. Every wrong input gets one sentence and an exit status other than 0."""

from diemcau.cli.app import app

__all__ = ["app"]
