"""The recording of a conference: from the frames on air to one file that plays anywhere."""
