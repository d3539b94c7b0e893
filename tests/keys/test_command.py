"""`python -m keys`: one answer a line whatever comes in; files whole or untouched; codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.command import LINE_MAX_BYTES, main, read_line
from keys.dense import write_digits
from keys.rotating import tail_for
from keys.token import mint
from tests.conftest import ROOT
from tests.keys.commandline import Inside, run
from tests.keys.makers import (
    NOW,
    PASS_KEY,
    PASS_KID,
    X0,
    keyring,
    pass_claims,
    rotating_claims,
)

MINTED = mint(PASS_KEY, pass_claims())

KEYS = json.dumps({str(PASS_KID): PASS_KEY.public_key.hex()})


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(KEYS, "utf-8")
    return path


def read(keys_file: Path, lines: bytes, *more: object, **environment: str) -> list[dict[str, Any]]:
    code, out, err = run("read", "--keys", keys_file, *more, lines=lines, **environment)
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_both_carriers_are_read(keys_file: Path) -> None:
    dense, full = read(keys_file, f"{MINTED.dense}\n{MINTED.full}".encode())
    claims = {
        "profile": 1,
        "kid": PASS_KID,
        "kind": 0,
        "status": 0,
        "iat": NOW,
        "exp": NOW + 86400,
        "list": 3,
        "index": 777_777,
        "name": "王*明",
        "id_tail": "123X",
    }
    same = {"ok": True, "claims": claims, "cose": MINTED.cose.hex()}
    assert dense == same | {"carrier": "dense"}
    assert full == same | {"carrier": "full"}


def test_every_line_has_one_answer_whatever_it_holds(keys_file: Path) -> None:
    good = str(MINTED.dense).encode()
    lines = [
        (good, None),
        (b"", "not_a_pass"),
        (b"\xff\xfe\x00garbage", "not_a_pass"),
        (good + b"\r", None),
        (b"  ", "not_a_pass"),
        (b"A" * (LINE_MAX_BYTES + 1), "malformed_code"),
        (b"1" * (5 << 20), "malformed_code"),
        (good[:-1], "malformed_code"),
        (b"KK1:" + b"\xff" * 100, "malformed_code"),
        (good, None),
    ]
    answers = read(keys_file, b"\n".join(line for line, _ in lines))
    assert [answer.get("code") for answer in answers] == [code for _, code in lines]
    assert all(
        answer["ok"] is (code is None) for answer, (_, code) in zip(answers, lines, strict=True)
    )


def test_no_lines_have_no_answers(keys_file: Path) -> None:
    assert read(keys_file, b"") == []


def test_a_line_without_end_costs_bounded_memory(keys_file: Path) -> None:
    program = (
        "from keys.command import main; "
        f"main(['read', '--keys', {str(keys_file)!r}]); "
        # Not ru_maxrss: that remembers the size of the process that started this one.
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]; "
        "print(peak[0].split()[1])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as reader:
        assert reader.stdin is not None
        for _ in range(256):
            reader.stdin.write(b"1" * (1 << 20))
        reader.stdin.write(b"\n" + str(MINTED.full).encode())
        out, _ = reader.communicate(timeout=180)
    refused, taken, peak_kb = out.splitlines()
    assert (json.loads(refused)["ok"], json.loads(taken)["ok"]) == (False, True)
    assert int(peak_kb) < 160_000


def test_an_answer_comes_before_the_next_line_is_asked_for(keys_file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "keys", "read", "--keys", str(keys_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        for _ in range(2):
            reader.stdin.write(str(MINTED.dense).encode() + b"\n")
            reader.stdin.flush()
            assert json.loads(reader.stdout.readline())["ok"] is True
        reader.stdin.close()
        assert reader.wait(180) == 0


def test_a_reader_that_goes_away_ends_the_run_quietly(keys_file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "keys", "read", "--keys", str(keys_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stderr is not None
        reader.stdout.close()
        with suppress(BrokenPipeError):
            reader.stdin.write(b"x\n" * 1000)
            reader.stdin.close()
        assert reader.stderr.read() == b""
        assert reader.wait(180) == 1


def test_json_lines_carry_texts_with_line_feeds(keys_file: Path) -> None:
    texts: list[Any] = [
        MINTED.full,
        MINTED.full + "\n",
        MINTED.full[:40] + "\n" + MINTED.full[40:],
        "\ud800",
        7,
        None,
        [MINTED.full],
    ]
    lines = [json.dumps(text) for text in texts] + [
        MINTED.full,
        "{",
        "[" * 50_000,
        "9" * 60_000,
        "",
    ]
    answers = read(keys_file, "\n".join(lines).encode() + b"\n", "--json-lines")
    assert [answer.get("code") for answer in answers] == [
        *(None, None, "malformed_code", "not_a_pass"),
        *["malformed_line"] * 8,
    ]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW - 121, "issued_in_future"),
        (NOW, None),
        (NOW + 86400, "expired"),
        (-5, "issued_in_future"),
    ],
)
def test_with_a_time_life_is_judged_too(
    keys_file: Path, at: int, code: str | None, inside: Inside
) -> None:
    line = str(MINTED.dense).encode()
    _, out, _ = inside("read", "--keys", keys_file, f"--at={at}", lines=line)
    assert json.loads(out).get("code") == code


def test_with_a_time_the_slot_of_a_rotating_code_is_judged_too(
    keys_file: Path, inside: Inside
) -> None:
    def read(line: bytes, *at: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(inside("read", "--keys", keys_file, *at, lines=line)[1])
        return answer

    carrier = mint(PASS_KEY, rotating_claims()).carrier or b""
    text = write_digits(carrier, tail_for(rotating_claims(), X0, 9)).encode()
    plain = read(text)
    assert (plain["ok"], plain["claims"]["anchor"]) == (True, carrier[19:35].hex())
    assert read(text, f"--at={NOW + 9 * 15}")["ok"] is True
    assert read(text, f"--at={NOW + 900}")["code"] == "rotating_code_out_of_time"


def test_a_chinese_name_is_printed_in_any_locale(keys_file: Path) -> None:
    answers = read(keys_file, str(MINTED.dense).encode(), LC_ALL="C", PYTHONIOENCODING="ascii")
    assert answers[0]["claims"]["name"] == "王*明"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        '{"x": "00"}',
        '{"1": 5}',
        '{"1": "00"}',
        '{"1": "zz"}',
        '{"-1": "' + "00" * 32 + '"}',
        '{"65536": "' + "00" * 32 + '"}',
        "[" * 100_000,
        " " * (2 << 20),
        "\x00",
    ],
    ids=lambda content: content[:12].encode("unicode_escape").decode(),
)
def test_keys_that_cannot_be_read_end_the_run_with_a_code(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, "utf-8")
    assert main(["read", "--keys", str(path)]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.split(":")[0]) == ("", "malformed_bytes")


def test_missing_files_end_the_run_with_a_code(tmp_path: Path, inside: Inside) -> None:
    for command in (
        ("read", "--keys", tmp_path / "none"),
        ("read", "--keys", tmp_path),
        ("pack", tmp_path / "a", tmp_path / "b", tmp_path / "c"),
        ("unpack", tmp_path / "a", tmp_path / "b", tmp_path / "c"),
    ):
        code, out, err = inside(*command)
        assert (code, out, err.split(":")[0]) == (1, "", "file")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_ends_the_run_with_a_code(keys_file: Path) -> None:
    keys_file.chmod(0)
    code, _, err = run("read", "--keys", keys_file)
    assert (code, err.split(":")[0]) == (1, "file")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("write",),
        ("read",),
        ("read", "--keys", "k", "--at", "soon"),
        ("unpack", "a", "b"),
        ("unpack", "a", "b", "c", "--state", "00"),
        ("unpack", "a", "b", "c", "--state", "zz"),
        ("unpack", "a", "b", "c", "--n", "1.5"),
    ],
    ids=" ".join,
)
def test_a_command_line_of_another_form_is_said_so(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_an_answer_is_one_of_our_codes_even_for_a_line_that_is_too_long() -> None:
    line = b"KK1:" + b"0" * LINE_MAX_BYTES
    assert read_line(line, keyring(), at=None, json_lines=False) == {
        "ok": False,
        "code": "malformed_code",
    }


@given(st.binary(max_size=400), st.booleans())
def test_any_line_has_an_answer(line: bytes, json_lines: bool) -> None:
    answer = read_line(line, keyring(), at=NOW, json_lines=json_lines)
    assert answer["ok"] is False
