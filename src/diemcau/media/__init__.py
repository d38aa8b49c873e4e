"""Sound and picture: what cameras send up, and what every hall sees and hears.

It decides nothing about a conference: it shows what it is told to show.
"""
