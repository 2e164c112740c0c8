import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cloud.answers import Record, Reply, printable, read_v2, read_v3
from bot.cloud.call import Call
from bot.domain.errors import Blame, CallRefused, CallUnanswered, CloudError

READ = Call(action="DescribeBmListeners")
WRITE = Call(action="ModifyBmL4ListenerBackendProbePort", writes=True)
READERS = [read_v2, read_v3]
Reader = Callable[[Reply, Call], Record]


def reply(answer: object, status: int = 200, skew: float | None = None) -> Reply:
    return Reply(status=status, body=json.dumps(answer).encode(), skew=skew)


def raised(read: Reader, answer: Reply, call: Call) -> CloudError:
    with pytest.raises(CloudError) as caught:
        read(answer, call)
    return caught.value


def v3_failure(code: object, message: str = "") -> dict[str, Any]:
    return {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "d401377c"}}


def test_a_refused_write_names_its_code_its_action_and_whose_turn_it_is() -> None:
    answer = {"code": 5100, "message": "(-21001)状态不允许", "codeDesc": "InvalidStatus.LBInvalidStatus"}

    error = raised(read_v2, reply(answer, skew=-420.0), WRITE)

    assert isinstance(error, CallRefused)
    assert (error.code, error.action, error.blame) == ("-21001", WRITE.action, Blame.STATE)
    assert (error.message, error.skew, error.request_id) == ("(-21001)状态不允许", -420.0, "")


def test_a_3_0_failure_carries_the_request_id() -> None:
    error = raised(read_v3, reply(v3_failure("AuthFailure.SignatureExpire", "expired"), skew=600.0), WRITE)

    assert isinstance(error, CallRefused)
    assert (error.code, error.blame, error.request_id) == ("AuthFailure.SignatureExpire", Blame.AUTH, "d401377c")
    assert (error.message, error.skew, error.retryable) == ("expired", 600.0, False)


@pytest.mark.parametrize("code", [4500, 5100, 5400, 6000, 9006, 11060, 14100, 28000, 77777, "6000"])
def test_a_v2_code_that_may_follow_a_done_write_is_no_refusal(code: object) -> None:
    answer = reply({"code": code, "message": "", "codeDesc": ""})

    assert isinstance(raised(read_v2, answer, WRITE), CallUnanswered)
    assert isinstance(raised(read_v2, answer, READ), CallRefused)


@pytest.mark.parametrize("code", ["FailedOperation", "InternalError", "InternalError.New", "ServiceUnavailable", "Odd"])
def test_a_3_0_code_that_may_follow_a_done_write_is_no_refusal(code: str) -> None:
    answer = reply(v3_failure(code))

    assert isinstance(raised(read_v3, answer, WRITE), CallUnanswered)
    assert isinstance(raised(read_v3, answer, READ), CallRefused)


@pytest.mark.parametrize("code", [4000, 4100, 4104, 4200, 4400, 6100, 6200, 9003, 11041, 12003, -21001, 30011])
def test_a_clear_no_to_a_write_is_a_refusal(code: int) -> None:
    assert isinstance(raised(read_v2, reply({"code": code, "message": ""}), WRITE), CallRefused)


def test_a_module_code_outweighs_the_common_code_that_carries_it() -> None:
    server_fault = raised(read_v2, reply({"code": 4000, "message": "(9006)CCDB"}), WRITE)
    refusal = raised(read_v2, reply({"code": 6000, "message": "(30011)host"}), WRITE)

    assert isinstance(server_fault, CallUnanswered)
    assert isinstance(refusal, CallRefused)


def test_an_unknown_code_stops_a_read_and_leaves_a_write_open() -> None:
    read, write = (raised(read_v2, reply({"code": 77777, "message": ""}), call) for call in (READ, WRITE))

    assert (type(read), read.retryable, read.code) == (CallRefused, False, "77777")
    assert isinstance(write, CallUnanswered)


@pytest.mark.parametrize("code", [0, "0", "-0"])
def test_code_0_is_yes_as_a_number_and_as_text(code: object) -> None:
    assert read_v2(reply({"code": code, "requestId": 1234}), WRITE).text("requestId") == "1234"


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b'{"code": 0', b"[1]", b"null", b'"yes"', b"[" * 100_000, b"\xff"]
)
def test_a_body_that_is_no_json_object_says_neither_yes_nor_no(read: Reader, body: bytes) -> None:
    error = raised(read, Reply(status=200, body=body), WRITE)

    assert (type(error), error.code, error.blame) == (CallUnanswered, "not_json", Blame.NETWORK)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(("status", "retryable"), [(502, True), (503, True), (429, True), (403, False), (302, False)])
def test_another_status_than_200_is_a_gateway_speaking(read: Reader, status: int, *, retryable: bool) -> None:
    error = raised(read, reply({"code": 0, "Response": {}}, status), WRITE)

    assert (type(error), error.code, error.retryable) == (CallUnanswered, "http_status", retryable)
    assert error.message.startswith(f"HTTP {status}: ")


@pytest.mark.parametrize(
    ("read", "answer", "field"),
    [
        (read_v2, {}, "code"),
        (read_v2, {"code": None}, "code"),
        (read_v2, {"code": True}, "code"),
        (read_v2, {"code": 0.0}, "code"),
        (read_v2, {"code": "zero"}, "code"),
        (read_v3, {}, "Response"),
        (read_v3, {"Response": []}, "Response"),
        (read_v3, {"Response": {"RequestId": {}}}, "Response.RequestId"),
        (read_v3, {"Response": {"Error": "no"}}, "Response.Error"),
        (read_v3, {"Response": {"Error": {}}}, "Response.Error.Code"),
    ],
)
def test_an_envelope_without_its_fields_names_the_missing_one(read: Reader, answer: object, field: str) -> None:
    error = raised(read, reply(answer), READ)

    assert (type(error), error.code, error.message, error.retryable) == (CallUnanswered, "unreadable", field, False)


def test_a_missing_field_is_named_by_its_whole_place_in_the_spelling_of_its_api() -> None:
    v2 = read_v2(reply({"code": 0, "listenerSet": [{"listenerId": "lbl-a"}]}), READ)
    v3 = read_v3(reply({"Response": {"ListenerSet": [{}, {"HealthSwitch": "on"}]}}), READ)

    with pytest.raises(CallUnanswered, match="unreadable") as without:
        v2.records("listenerSet")[0].number("healthSwitch")
    with pytest.raises(CallUnanswered, match="unreadable") as wrong:
        v3.records("listenerSet")[1].number("healthSwitch")

    assert without.value.message == "listenerSet[0].healthSwitch"
    assert wrong.value.message == "Response.ListenerSet[1].HealthSwitch"


@pytest.mark.parametrize("answer", [{"data": {"status": "2"}}, {"data": {"status": 2}}])
def test_a_number_may_come_as_text(answer: dict[str, Any]) -> None:
    assert read_v2(reply({"code": "0", **answer}), READ).record("data").number("status") == 2


def test_a_text_is_kept_printable_for_terminals_and_databases() -> None:
    answer = read_v2(Reply(status=200, body=rb'{"code": 0, "alias": "a\u0000b\ud800c"}'), READ)

    assert answer.text("alias") == "ab?c"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
V3_ERROR = st.fixed_dictionaries({}, optional={"Code": JSON, "Message": JSON})
RESPONSE = st.fixed_dictionaries({}, optional={"RequestId": JSON, "Error": JSON | V3_ERROR})
ENVELOPES = st.fixed_dictionaries(
    {}, optional={"code": JSON, "message": JSON, "codeDesc": JSON, "Response": JSON | RESPONSE}
)


def outcome(read: Reader, answer: Reply, call: Call) -> Record | CloudError:
    try:
        return read(answer, call)
    except CloudError as error:
        return error


@given(st.binary(max_size=200) | ENVELOPES.map(lambda answer: json.dumps(answer).encode()), st.integers(100, 599))
@example(b'{"code": ' + b"9" * 5000 + b"}", 200)
@example(b'{"code": NaN}', 200)
@pytest.mark.parametrize("call", [READ, WRITE])
@pytest.mark.parametrize("read", READERS)
def test_an_answer_whatever_it_holds_is_a_record_or_a_cloud_error(
    read: Reader, call: Call, body: bytes, status: int
) -> None:
    result = outcome(read, Reply(status=status, body=body), call)

    if isinstance(result, CloudError):
        assert result.code
        assert printable(result.code + result.message) == result.code + result.message
