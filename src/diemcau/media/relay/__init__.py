"""A province's relay: a node that carries a conference once for its own halls, and their cameras up to the centre.

`relay` keeps the door, `upstream` is the session with the node above, `program` and `carried` are
what halls below read of it, `tether` is the way up of one camera, `presence` is how the centre
knows which relays are there. It decides nothing of the conference.
"""
