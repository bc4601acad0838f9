"""What schemathesis, which loads this by itself, must not make up (see test_openapi.py)."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any

import schemathesis


_numbers = itertools.count()


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]
) -> None:
    """Gives each thing that is to be made a key of its own, as callers have to; what is no key
    stays as it is."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch("[!-~]([ -~]{0,253}[!-~])?", key):
        case.headers["Idempotency-Key"] = f"key {next(_numbers)}"
    if case.operation.label == "POST /v1/revocations" and isinstance(case.body, dict):
        name_jobs(case.body)
        if isinstance(case.body.get("jobs"), list):
            for job in case.body["jobs"]:
                if isinstance(job, dict):
                    name_jobs(job)


def name_jobs(body: dict[str, Any]) -> None:
    """Gives each revocation an id of its own as well; what is no id stays as it is."""
    job = body.get("job")
    if isinstance(job, str) and re.fullmatch("[ -~]{1,255}", job):
        body["job"] = f"job {next(_numbers)}"


@schemathesis.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:
    """Leaves out code points that are no characters yet: names cannot have them, and no schema
    can say so."""
    return all(unicodedata.category(one) != "Cn" for text in texts(body) for one in text)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for member in value.values() for text in texts(member)]
    if isinstance(value, list):
        return [text for element in value for text in texts(element)]
    return []
