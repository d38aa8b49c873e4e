"""Who may write and read under which name, whatever carries it: by the pass, never by the name alone.

A name that is not allowed is as good as one that does not exist. What is found under an allowed
name is the studio's matter.
"""

from diemcau.media import paths
from diemcau.media.fabric import Admission, Part


def may_publish(who: Admission, path: str, *, as_camera: bool) -> bool:
    """Whether a session may publish under a name: its own camera, its own way of seeing, its own voice."""
    if who.part is Part.RELAY:
        return paths.read_relay(path) == who.conference
    if who.conference in (paths.read_watch(path), paths.read_checking(path)):
        return True
    name = paths.read_up(path) or paths.read_talk(path)
    if name is None or name.conference != who.conference:
        return False
    is_own = name.site == who.site
    if path.startswith(f"{paths.UP}/"):
        return as_camera and is_own
    return is_own or who.part is Part.OPERATOR


def read_prefixes(who: Admission) -> tuple[str, ...]:
    """Return the beginnings of the names under which a session may read; each name is asked for when it is read."""
    conference = who.conference
    everyones = (paths.program(conference), paths.line(conference), paths.check(conference))
    match who.part:
        case Part.OPERATOR:
            return (*everyones, paths.previews(conference), paths.wall(conference), paths.talks(conference))
        case Part.SITE if who.site is not None:
            return (*everyones, paths.talk(conference, who.site))
        case _:
            return everyones
