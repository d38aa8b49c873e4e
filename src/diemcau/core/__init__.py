"""The rules of a conference, pure: no clock, no random, no input or output.

Everything that decides lives here. Nothing here knows who is on the line, nor how.
"""
