"""Values from outside, a seed or a control call, checked where they come in."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

PORT_MAX = 65535

Text = Annotated[str, Field(strict=True)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Port = Annotated[int, Field(strict=True, ge=1, le=PORT_MAX)]
Switch = Annotated[int, Field(strict=True, ge=0, le=1)]


class Checked(BaseModel):
    """Values from outside: unknown names are refused with the names that exist."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, alias_generator=to_camel, loc_by_alias=False)

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, given: Any) -> Any:  # noqa: ANN401  # whatever the outside sent
        allowed = {name for field, info in cls.model_fields.items() for name in (field, info.alias)}
        unknown = sorted(set(given) - allowed) if isinstance(given, dict) else []
        if unknown:
            message = f"unknown: {', '.join(unknown)}; allowed: {', '.join(cls.model_fields)}"
            raise ValueError(message)
        return given

    def take(self, changes: dict[str, Any]) -> None:
        """Change some fields, checked as at first; nothing changes where one is wrong.

        Raises:
            pydantic.ValidationError: a name or a value that is not allowed.
        """
        checked = type(self).model_validate({**self.model_dump(), **self._by_field(changes)})
        for name in self._by_field(changes):
            setattr(self, name, getattr(checked, name))

    @classmethod
    def _by_field(cls, changes: dict[str, Any]) -> dict[str, Any]:
        fields = {info.alias: name for name, info in cls.model_fields.items()}
        return {fields.get(name, name): value for name, value in changes.items()}


def complaints(error: ValidationError) -> list[str]:
    """Return one line per bad value: where it stands, what is wrong, what is allowed."""
    return [_complaint(one["loc"], one["msg"], one["input"]) for one in error.errors(include_url=False)]


def _complaint(loc: tuple[int | str, ...], message: str, given: object) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
    what = message.removeprefix("Value error, ")
    told = what != message or isinstance(given, dict | list)  # our own checks name the value themselves
    return f"{where or 'here'}: {what}" + ("" if told else f" (given: {given!r})")
