"""Problems: every answer that is not what was asked for, as RFC 9457 problem details.

An answer names a code, a sentence in the asker's language and nothing of the inside. What is
logged names the code and the kind of fault, never what somebody sent.
"""

import logging
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from diemcau.web.wording import INSIDE, NOT_FOUND, OF_STATUS, PROBLEMS, Language, choose_language, shown

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 (an answer, not an error)
    """What was asked can't be done; `code` is one of `wording.PROBLEMS`, `about` fills its sentence."""

    def __init__(self, code: str, *, headers: Mapping[str, str] | None = None, **about: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.headers = dict(headers or {})
        self.about = about


class ProblemAnswer(JSONResponse):
    """A response of the type `application/problem+json`."""

    media_type = MEDIA_TYPE


def answer(problem: Problem, language: Language) -> ProblemAnswer:
    """Return the response that tells of `problem`."""
    wording = PROBLEMS[problem.code]
    return ProblemAnswer(
        {
            "type": f"urn:diemcau:problem:{problem.code}",
            "title": wording.title[language],
            "status": wording.status,
            "detail": wording.detail[language].format_map(problem.about),
            "code": problem.code,
            **problem.about,
        },
        status_code=wording.status,
        headers={**problem.headers, "Content-Language": language.value},
    )


def language_of(connection: HTTPConnection) -> Language:
    """Return the language that whoever asks prefers."""
    return choose_language(connection.headers.get("accept-language", ""))


def install(app: FastAPI) -> None:
    """Answer every refusal of the framework in this way too."""
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(Exception, _inside)


def log_fault(fault: BaseException, where: str) -> None:
    """Log a bug with its kind and its places in the code, but nothing of what somebody sent."""
    if isinstance(fault, BaseExceptionGroup):
        for one in fault.exceptions:
            log_fault(one, where)
        return
    places = "".join(f"\n  {one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(fault.__traceback__))
    LOG.error("%s ended by a fault: %s%s", where, type(fault).__name__, places)


async def _told(request: Request, problem: Exception) -> ProblemAnswer:
    if not isinstance(problem, Problem):
        raise problem
    return answer(problem, language_of(request))


async def _of_framework(request: Request, fault: Exception) -> ProblemAnswer:
    if not isinstance(fault, HTTPException):
        raise fault
    ours = fault.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = OF_STATUS.get(fault.status_code, INSIDE if ours else NOT_FOUND)
    headers = fault.headers or {}
    about = {"allow": headers["Allow"]} if code == "method_wrong" and "Allow" in headers else {}
    if code == "method_wrong" and not about:
        about = {"allow": "GET"}
    return answer(Problem(code, headers=headers, **about), language_of(request))


async def _inside(request: Request, _fault: Exception) -> ProblemAnswer:
    """Answer to a fault; the framework raises it on, and the guard logs it."""
    return answer(Problem(INSIDE), language_of(request))


async def _unfit(request: Request, fault: Exception) -> ProblemAnswer:
    if not isinstance(fault, RequestValidationError):
        raise fault
    language = language_of(request)
    return answer(_first_unfit(fault.errors(), language), language)


def _first_unfit(errors: Sequence[Any], language: Language) -> Problem:
    first = errors[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    found = _KINDS[language].get(type(first.get("input")), "?")
    if first["type"] == "missing":
        found = _KINDS[language][type(None)]
    mend = _MENDS[language].get(first["type"], _MENDS[language][""])
    field = ".".join(place) or "body"
    if first["type"] == "json_invalid":
        field = "body"
    return Problem("unfit", field=shown(field), found=found, mend=mend)


_KINDS: dict[Language, dict[type, str]] = {
    Language.VI: {
        type(None): "không có",
        str: "một chuỗi ký tự",
        int: "một số",
        float: "một số",
        bool: "đúng/sai",
        list: "một danh sách",
        dict: "một đối tượng",
    },
    Language.EN: {
        type(None): "nothing",
        str: "a text",
        int: "a number",
        float: "a number",
        bool: "true or false",
        list: "a list",
        dict: "an object",
    },
}
_MENDS: dict[Language, dict[str, str]] = {
    Language.VI: {
        "missing": "hãy gửi kèm trường này.",
        "extra_forbidden": "hãy bỏ trường này.",
        "json_invalid": "hãy gửi JSON đúng cú pháp.",
        "string_type": "hãy gửi một chuỗi ký tự.",
        "string_too_long": "hãy gửi ngắn hơn.",
        "string_too_short": "hãy gửi dài hơn.",
        "string_pattern_mismatch": "hãy kiểm tra từng ký tự.",
        "bool_type": "hãy gửi true hoặc false.",
        "int_parsing": "hãy gửi một số nguyên.",
        "greater_than_equal": "hãy gửi số lớn hơn.",
        "less_than_equal": "hãy gửi số nhỏ hơn.",
        "": "hãy xem tài liệu giao thức.",
    },
    Language.EN: {
        "missing": "send this field too.",
        "extra_forbidden": "leave this field out.",
        "json_invalid": "send well-formed JSON.",
        "string_type": "send a text.",
        "string_too_long": "send a shorter one.",
        "string_too_short": "send a longer one.",
        "string_pattern_mismatch": "check each character.",
        "bool_type": "send true or false.",
        "int_parsing": "send a whole number.",
        "greater_than_equal": "send a larger number.",
        "less_than_equal": "send a smaller number.",
        "": "see the protocol's page.",
    },
}
