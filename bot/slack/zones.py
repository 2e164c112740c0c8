"""What somebody means by a moment they wrote: their Slack profile says in which time zone."""

from bot.domain.command import Begin, Opening
from bot.domain.command.moments import Moment
from bot.domain.errors import Refusal
from bot.domain.starts import Start
from bot.slack.people import People


class SkippedTime(Refusal):
    """The clocks of somebody's time zone skip the time they wrote. Facts: ``value``, ``zone`` (its IANA name)."""

    code = "skipped_time"


async def meant(moment: Moment, user: str, people: People, *, now: float) -> float:
    """Return what ``user`` means by ``moment``, in seconds since the epoch; it may have passed where it has a day.

    Raises:
        CannotIdentify: Slack didn't say who this is.
        NoTimeZone: nor in which time zone they are, which the moment leaves open.
        SkippedTime: there is no such time there.
    """
    zone = moment.zone or await people.zone_of(user)
    at = moment.after(now, zone)
    if at is None:
        raise SkippedTime(value=str(moment), zone=str(zone))
    return at


async def start_of(begin: Begin, user: str, people: People, *, now: float) -> Start | None:
    """Return when ``user``, who wrote at ``now``, wants a change to start, None: at once.

    Raises:
        Refusal: as ``meant``.
    """
    if begin is None:
        return None
    if isinstance(begin, Opening):
        return Start(at=now, window=begin.window)
    return Start(at=await meant(begin, user, people, now=now))
