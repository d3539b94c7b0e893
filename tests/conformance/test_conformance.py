"""The part of `./go conformance` that needs no foreign library; the sheet itself is kept."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from keys.errors import MalformedBytes
from tests.conformance import edwards, encodings, lists, signatures
from tests.conformance.sheet import Check, page
from tests.conftest import ROOT

CHECKS = [
    signatures.rfc8032,
    signatures.scalars,
    signatures.small_order,
    signatures.non_canonical,
    signatures.cofactorless,
    signatures.lengths,
    encodings.rfc8949,
    encodings.rfc8392,
    encodings.rfc9285,
]


@pytest.mark.parametrize("run", CHECKS, ids=lambda run: run.__name__)
def test_every_case_comes_out_as_its_source_says(run: partial[Check]) -> None:
    check = run()
    assert check.failures == []
    assert check.cases > 2


def test_the_draft_s_long_lists_come_out_as_published() -> None:
    for check in lists.long_vectors():
        assert check.failures == []


def test_our_own_vectors_come_out_as_they_say() -> None:
    for check in (lists.shared_tokens(lists.OWN), lists.shared_packs(lists.OWN)):
        assert check.failures == []
        assert check.cases > 5


def test_the_shared_vectors_come_out_as_they_say(shared_dir: Path) -> None:
    for check in (
        lists.shared_tokens(shared_dir / "vectors"),
        lists.shared_packs(shared_dir / "vectors"),
    ):
        assert check.failures == []


def test_the_curve_that_makes_the_odd_cases_is_the_one_of_the_rfc() -> None:
    secret = edwards.secret_scalar(signatures.SEED)
    assert edwards.encode(edwards.times(secret, edwards.BASE)) == signatures.KEY.public_key
    points = edwards.torsion()
    assert len(set(points)) == 8
    assert edwards.times(edwards.ORDER, edwards.BASE) == edwards.NEUTRAL
    assert len(set(signatures.encodings_of(points))) == 14


def test_a_failure_is_counted_and_named() -> None:
    check = Check(source="a source", what="something")
    check.case(False, "the case that fails")
    check.refuses(lambda: None, "the case that is taken")

    def refuse() -> None:
        raise MalformedBytes

    check.accepts(refuse, "the case that is refused")
    assert "| a source | something | 3 | 0 |" in page([check], "")
    assert "- a source: the case that is refused" in page([check], "")


def test_the_sheet_in_the_docs_says_that_everything_holds() -> None:
    sheet = (ROOT / "docs" / "conformance.md").read_text("utf-8")
    counts = re.findall(r"\| (\d+) \| (\d+) \|$", sheet, re.MULTILINE)
    assert len(counts) >= 15
    assert all(cases == held for cases, held in counts)
