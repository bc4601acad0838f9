"""Documents of the whole store that a generator thinks of, from what OpenAPI says of their lines."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from accounts import FILE_PERMISSIONS, Place
from gate import Gate

EXAMPLES = 150
LINES = {"type": "array", "maxItems": 6, "items": {"$ref": "#/components/schemas/SnapshotLine"}}


def made_up_lines(document: dict[str, Any], mode: GenerationMode) -> st.SearchStrategy[Any]:
    """Lists of lines that follow the document, or do not."""
    changed = copy.deepcopy(document)
    operation = changed["paths"]["/v1/snapshot"]["put"]
    operation["requestBody"]["content"] = {"application/json": {"schema": LINES}}
    schema = schemathesis.openapi.from_dict(changed)
    return schema["/v1/snapshot"]["PUT"].as_strategy(generation_mode=mode).map(lambda c: c.body)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_documents_get_the_answers_that_openapi_has(
    make_gate: Callable[..., Gate], mode: GenerationMode
) -> None:
    gate = make_gate().start()
    Place(gate).subuser(FILE_PERMISSIONS)
    real = gate.control.exchange("GET", "/v1/snapshot")[1].splitlines()[1:]
    answers: Counter[int] = Counter()

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )
    @given(
        made_up=made_up_lines(gate.control.description.document, mode),
        kept=st.sets(st.sampled_from(real)),
        query=st.sampled_from(["", "?dryRun=true"]),
    )
    def put(made_up: Any, kept: set[bytes], query: str) -> None:
        elements = made_up if isinstance(made_up, list) else [made_up]
        lines = sorted(kept) + [json.dumps(one, default=str).encode() for one in elements]
        # The answer is held against the document where it arrives.
        status, _ = gate.control.exchange("PUT", f"/v1/snapshot{query}", b"\n".join(lines))
        answers[status] += 1

    put()
    assert set(answers) <= {200, 422}, answers
    assert answers[422] > 0
    assert answers[200] > 0 or mode is GenerationMode.NEGATIVE, answers
