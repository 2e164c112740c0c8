"""Lines to copy: an operation as one line of text, with a placeholder wherever only the person knows the value."""

from collections.abc import Mapping

from bot.domain.command.fields import REASON
from bot.domain.command.normalise import escaped
from bot.domain.operation import Description, Operation

EMERGENCY = "emergency"  # before the verb: nobody is asked
PREVIEW = "preview"  # before the verb: nothing is sent


def values_of(operation: Operation) -> dict[str, str]:
    """Return the operation's values as text, by field."""
    return {name: str(value) for name, value in operation.to_json().items()}


def line(
    description: Description, values: Mapping[str, str], reason: str = "", *, option: str = "", marker: str = ""
) -> str:
    """Return ``probe-port lb-… lbl-… cpm-…:1234 12345 reason…``; what is not in ``values`` is a ``<placeholder>``.

    ``option`` says when it starts. ``marker`` stands before a reason that would be read otherwise.
    """
    words = [description.verb]
    for field in description.fields:
        value = values.get(field.name, f"<{field.name}>")
        if field.name == "port":
            words[-1] += f":{value}"
        else:
            words.append(value)
    said = escaped(reason) if reason else f"<{REASON}>"
    return " ".join(word for word in (*words, option, marker, said) if word)


def broken(written: str, *, emergency: bool) -> str:
    """Return the line ``written``, as it is written where it is an ``emergency``."""
    return f"{EMERGENCY} {written}" if emergency else written


def previewed(written: str) -> str:
    """Return the line that shows what would come of the line ``written``."""
    return f"{PREVIEW} {written}"


def usage(description: Description) -> str:
    """Return the line with a placeholder for everything."""
    return line(description, {})


def example(description: Description) -> str:
    """Return the line with the example of every field; its reason is a placeholder."""
    return line(description, {field.name: field.example for field in description.fields})
