"""The refusals of the air: the facts for which a command of `core.onair` is not allowed now."""

from diemcau.core.refusals import Refusal


class NotHolder(Refusal):
    """Only the site that holds the floor can be taken to the air."""

    code = "onair.not_holder"


class OnAirAlready(Refusal):
    """The site is on air already."""

    code = "onair.on_air_already"


class NobodyOnAir(Refusal):
    """No site but the main one is on air."""

    code = "onair.nobody_on_air"


class LineDown(Refusal):
    """The site's line is not up, so there is no picture to show."""

    code = "onair.line_down"


class GalleryImpossible(Refusal):
    """A gallery shows one to nine sites, each once."""

    code = "onair.gallery_impossible"


class GalleryEmpty(Refusal):
    """The gallery has no sites yet, so there is nothing to lay out."""

    code = "onair.gallery_empty"


class SlateTooLong(Refusal):
    """The sentence on a slate has at most 200 characters."""

    code = "onair.slate_too_long"


class NotShown(Refusal):
    """The site is neither the main one nor on air, so its lower third would stand under another's picture."""

    code = "onair.not_shown"


class NothingToUndo(Refusal):
    """Nothing was taken or chosen that could be undone."""

    code = "onair.nothing_to_undo"
