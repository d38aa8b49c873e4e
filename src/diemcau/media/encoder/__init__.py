"""An encoder as a site's camera: what comes by SRT, UDP, RTMP or from a file, carried to the server unchanged."""
