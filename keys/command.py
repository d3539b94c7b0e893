"""The command line of the formats: read codes, make and take status packs. For partners, tests and
curious engineers.

    kakou-keys read --keys KEYS.json [--at UNIX_SECONDS] [--json-lines] < texts
    kakou-keys pack OLD NEW PACK
    kakou-keys unpack OLD PACK NEW [--n N] [--state HEX]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from keys.errors import KeysError, MalformedBytes, RefusedCode, UntrustedData
from keys.statuspack import ENTRIES_MAX, UNTOLD_ENTRIES_MAX, apply_pack, encode_pack, said_size
from keys.trustlist import Keyring, KeyState, Purpose, TrustedKey, TrustList, keyring_of
from keys.verify import check_time, open_code

LINE_MAX_BYTES: Final = 1 << 16
KEYS_MAX_BYTES: Final = 1 << 20
_FOREVER: Final = 1 << 32


def _bounded_read(path: Path, max_bytes: int, code: str | None = None) -> bytes:
    with path.open("rb") as source:
        # A reader asked for a gigabyte takes it before it looks: a small file says how small it is.
        said = min(max_bytes, os.fstat(source.fileno()).st_size) + 1
        raw = source.read(said)
        if len(raw) == said:  # a pipe or a device
            raw += source.read(max_bytes + 1 - said)
    if len(raw) > max_bytes:
        raise MalformedBytes(f"{path} is larger than {max_bytes} bytes", code=code)
    return raw


def read_keyring(path: Path) -> Keyring:
    """Return a keyring of the JSON object {key number: public key in hex}; else MalformedBytes or
    OSError.
    """
    bad = MalformedBytes(f'{path} is not an object of {{"key number": "public key in hex"}}')
    try:
        numbers = json.loads(_bounded_read(path, KEYS_MAX_BYTES))
        keys = tuple(_trusted(int(kid), bytes.fromhex(text)) for kid, text in numbers.items())
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise bad from None
    return keyring_of(TrustList(version=1, issuers={}, keys=keys))


def _trusted(kid: int, public_key: bytes) -> TrustedKey:
    if not 0 <= kid < 1 << 16 or len(public_key) != 32:
        raise ValueError("key out of range")
    return TrustedKey(
        kid=kid,
        public_key=public_key,
        issuer="local",
        purpose=Purpose.PASS,
        not_before=0,
        not_after=_FOREVER,
        state=KeyState.LIVE,
    )


def read_line(line: bytes, keyring: Keyring, *, at: int | None, json_lines: bool) -> dict[str, Any]:
    """Return the JSON answer for one input line: claims and COSE bytes, or the code of the
    refusal.
    """
    try:
        if len(line) > LINE_MAX_BYTES:
            raise MalformedBytes("line too long", code="malformed_code")
        text = _text_of(line, json_lines=json_lines)
        signed = open_code(text, keyring)
        check_time(signed, at)
    except (RefusedCode, MalformedBytes) as error:
        return {"ok": False, "code": error.code}
    claims = signed.claims.as_json()
    return {"ok": True, "carrier": signed.carrier, "claims": claims, "cose": signed.cose.hex()}


def _text_of(line: bytes, *, json_lines: bool) -> str:
    try:
        if not json_lines:
            return line.decode("utf-8", errors="replace")
        text = json.loads(line)
    except (ValueError, RecursionError):
        raise MalformedBytes("not a JSON string", code="malformed_line") from None
    if not isinstance(text, str):
        raise MalformedBytes("not a JSON string", code="malformed_line")
    return text


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield lines without their end; of an overlong one only the first part, so that memory stays
    bounded.
    """
    while line := source.readline(LINE_MAX_BYTES + 2):
        yield line.removesuffix(b"\n").removesuffix(b"\r")
        while not line.endswith(b"\n") and (line := source.readline(LINE_MAX_BYTES)):
            pass


def _read(options: argparse.Namespace) -> int:
    keyring = read_keyring(options.keys)
    out = sys.stdout.buffer  # UTF-8 whatever the locale says: a name must never end the run
    for line in _lines(sys.stdin.buffer):
        answer = read_line(line, keyring, at=options.at, json_lines=options.json_lines)
        out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        out.flush()  # whoever feeds line by line waits for the answer
    return 0


def _pack(options: argparse.Namespace) -> int:
    old, new = (
        np.frombuffer(_bounded_read(path, ENTRIES_MAX // 4), np.uint8)
        for path in (options.old, options.new)
    )
    if len(new) < len(old):
        raise MalformedBytes(
            "a universe never shrinks: NEW is shorter than OLD", code="new_shorter"
        )
    _write_aside(options.pack, encode_pack(old, new))
    return 0


def _unpack(options: argparse.Namespace) -> int:
    # A byte an entry is more than any encoder needs; the old state is never larger than the new.
    told = UNTOLD_ENTRIES_MAX if options.n is None else options.n
    if not 0 <= told <= ENTRIES_MAX:
        raise UntrustedData("--n out of range", code="pack_wrong_size")
    pack = _bounded_read(options.pack, told + 64, "pack_too_long")
    n_to = said_size(pack) if options.n is None else options.n
    old = _bounded_read(options.old, n_to // 4, "pack_wrong_base")
    new = apply_pack(np.frombuffer(old, np.uint8), pack, n_to=n_to, state=options.state)
    _write_aside(options.new, new.tobytes())
    return 0


def _write_aside(path: Path, raw: bytes) -> None:
    """Write the whole file or nothing: aside, fsync, rename. A device or pipe is written into."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(raw)
        else:
            _replace(path, raw)
    except OSError as error:
        error.filename = path
        raise


def _replace(path: Path, raw: bytes) -> None:
    aside = path.with_name(path.name + ".part")
    try:
        with aside.open("wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)  # still there if anything went wrong, Ctrl-C among it


def _state(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != 32:
        raise ValueError("not a SHA-256")
    return raw


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kakou-keys", description="Read codes; make and read status packs."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser(
        "read", help="judge the codes on standard input, one JSON object a line"
    )
    read.add_argument(
        "--keys",
        type=Path,
        required=True,
        metavar="FILE",
        help='JSON: {"key number": "public key in hex"}',
    )
    read.add_argument("--at", type=int, metavar="S", help="unix seconds: judge life and slot too")
    read.add_argument("--json-lines", action="store_true", help="each input line is a JSON string")
    read.set_defaults(run=_read)
    pack = commands.add_parser(
        "pack", help="write the pack that turns OLD into NEW (raw packed arrays)"
    )
    _add_files(pack, "old", "new", "pack")
    pack.set_defaults(run=_pack)
    unpack = commands.add_parser("unpack", help="write NEW: what PACK makes of OLD")
    _add_files(unpack, "old", "pack", "new")
    unpack.add_argument("--n", type=int, help="entries that the manifest names")
    unpack.add_argument(
        "--state", type=_state, metavar="HEX", help="SHA-256 that the manifest names"
    )
    unpack.set_defaults(run=_unpack)
    return parser


def _add_files(parser: argparse.ArgumentParser, *names: str) -> None:
    told = {
        "old": "array before, /dev/null for none",
        "new": "array after",
        "pack": "status pack between them",
    }
    for name in names:
        parser.add_argument(name, type=Path, metavar=name.upper(), help=told[name])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 1 with `code: what happened` on standard error."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except KeysError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        return 1
    except BrokenPipeError:
        # Whoever read the answers has gone; what is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        sys.stderr.write(f"file: {error.filename}: {error.strerror}\n")
        return 1
    except MemoryError:
        sys.stderr.write("no_memory: this machine has not the memory for so large an array\n")
        return 1
    except KeyboardInterrupt:
        return 130  # as shells say it of SIGINT
    return status
