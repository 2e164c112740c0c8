"""Errors keep their facts wherever they travel: the durable engine stores them by pickle."""

import pickle
from typing import TypeVar

import pytest

import bot.domain.checks
import bot.domain.command
import bot.domain.operation
from bot.domain.errors import Blame, CallNotSent, CallRefused, CallUnanswered, CloudError, Refusal

Error = TypeVar("Error", bound=Exception)


def tree(base: type[Error]) -> list[type[Error]]:
    children: list[type[Error]] = base.__subclasses__()
    return [base, *(below for child in children for below in tree(child))]


# Only the domain's own: what other rooms add is for their tests.
REFUSALS = [
    kind for kind in tree(Refusal)[1:] if kind.__module__.startswith(bot.domain.__name__) and hasattr(kind, "code")
]
CLOUD_ERRORS = [kind for kind in tree(CloudError) if kind.__module__.startswith(bot.domain.__name__)]


def test_the_trees_hold_what_this_file_means_to_test() -> None:
    assert bot.domain.checks.BackendNotBound in REFUSALS
    assert bot.domain.operation.PortOutOfRange in REFUSALS
    assert bot.domain.command.NotUnderstood in REFUSALS
    assert {CloudError, CallNotSent, CallRefused, CallUnanswered} <= set(CLOUD_ERRORS)


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_survives_pickling_with_its_facts(kind: type[Refusal]) -> None:
    refusal = kind(field="port", value=70000, have=("cpm-a:1 Alive",))

    copy = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - our own bytes

    assert type(copy) is kind
    assert copy.facts == {"field": "port", "value": 70000, "have": ("cpm-a:1 Alive",)}
    assert str(copy) == str(refusal)


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in REFUSALS]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", CLOUD_ERRORS)
def test_a_cloud_error_survives_pickling_with_its_facts(kind: type[CloudError]) -> None:
    error = kind(
        "-21001",
        action="ModifyBmL4ListenerBackendProbePort",
        blame=Blame.STATE,
        retryable=True,
        message="(-21001)busy",
        request_id="3683a122",
        skew=-1.5,
    )

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(copy) is kind
    assert vars(copy) == vars(error)
    assert str(copy) == "Request 3683a122: ModifyBmL4ListenerBackendProbePort: -21001 (-21001)busy"


def test_a_cloud_error_without_an_id_or_a_sentence_says_what_it_knows() -> None:
    error = CallUnanswered("timeout", action="DescribeL4Backends", blame=Blame.NETWORK)

    assert str(error) == "Request -: DescribeL4Backends: timeout"
    assert (error.retryable, error.skew) == (False, None)
