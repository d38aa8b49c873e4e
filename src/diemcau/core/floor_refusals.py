"""The refusals of the floor: the facts for which a command of `core.floor` is not allowed now."""

from diemcau.core.refusals import Refusal


class AlreadyWaiting(Refusal):
    """The site is waiting already; a site waits only once."""

    code = "floor.already_waiting"


class HoldsFloor(Refusal):
    """The site is speaking already."""

    code = "floor.holds_floor"


class HoldsNoFloor(Refusal):
    """The site is not speaking."""

    code = "floor.holds_no_floor"


class NobodySpeaks(Refusal):
    """Nobody holds the floor."""

    code = "floor.nobody_speaks"


class RequestUnknown(Refusal):
    """There is no such request."""

    code = "floor.request_unknown"


class RequestNotOpen(Refusal):
    """The request is not in a state in which this can be done."""

    code = "floor.request_not_open"


class NotYourRequest(Refusal):
    """The request is another site's."""

    code = "floor.not_your_request"


class NoTurnsLeft(Refusal):
    """The site has had its turns under this item of the agenda."""

    code = "floor.no_turns_left"


class NotNext(Refusal):
    """The regulations give the floor in the order of registration, and another site is next."""

    code = "floor.not_next"


class PositionImpossible(Refusal):
    """The queue has no such place."""

    code = "floor.position_impossible"


class TimeImpossible(Refusal):
    """A length of time must be more than nothing and at most two hours."""

    code = "floor.time_impossible"


class TopicMissing(Refusal):
    """A request names what the site will speak about, in at most 300 characters."""

    code = "floor.topic_missing"


class SpeakerUnknown(Refusal):
    """The speaker is not a delegate of that site."""

    code = "floor.speaker_unknown"
