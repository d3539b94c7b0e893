"""A power cut at any moment of a real process: what it wrote and synced is recorded by strace, and
the disk is put back as it may have been found afterwards.

What is believed of a disk: a sync of a file keeps the writes that had ended when it began; a sync
of a folder keeps the names in it. Everything else may be there, may not, or may be torn at a
sector.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

SECTOR: Final = 512
_CALLS: Final = (
    "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,"
    "mkdir,mkdirat"
)
_LINE: Final = re.compile(r"(\d+) +(\w+)\((.*)\) += +(-?\d+)(?:<.*>)?")
_CUT: Final = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED: Final = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_HEX: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE: Final = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")


def traced(command: Sequence[str], trace: Path) -> list[str]:
    """Return `command` under strace, writing to `trace`; skips where strace may not trace."""
    if shutil.which("strace") is None:
        pytest.skip("a power cut is simulated with strace")
    tries = ["strace", "-o", "/dev/null", "true"]
    if subprocess.run(tries, capture_output=True, check=False).returncode != 0:
        pytest.skip("strace may not trace here")
    how = ["-f", "-y", "-xx", "-s", str(1 << 24), "-e", f"trace={_CALLS}", "-e", "signal=none"]
    return ["strace", *how, "-o", str(trace), *command]


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One thing that a process did, in the order of their ends. began: how many had ended before it
    began.
    """

    kind: str
    path: str
    began: int
    other: str = ""
    offset: int = 0
    raw: bytes = b""


def read_trace(trace: Path, folder: Path) -> list[Op]:
    """Return what happened to files below `folder`, and what was told on standard output."""
    reading = _Reading(f"{folder}/")
    with trace.open(encoding="ascii") as source:
        for line in source:
            reading.take(line.rstrip("\n"))
    return reading.ops


class _Reading:
    def __init__(self, below: str) -> None:
        self.ops: list[Op] = []
        self._below = below
        self._open: dict[str, tuple[str, int]] = {}
        self._places: dict[int, int] = {}

    def take(self, line: str) -> None:
        if cut := _CUT.fullmatch(line):
            self._open[cut[1]] = (f"{cut[2]}({cut[3]}", len(self.ops))
            return
        began = len(self.ops)
        if resumed := _RESUMED.fullmatch(line):
            first, began = self._open.pop(resumed[1], ("", 0))
            line = f"{resumed[1]} {first}{resumed[3]}"
        if (call := _LINE.fullmatch(line)) and int(call[4]) >= 0:
            self._call(call[2], call[3], int(call[4]), began)

    def _call(self, name: str, arguments: str, result: int, began: int) -> None:
        texts = [_bytes(text) for text in _HEX.findall(arguments)]
        handle = _HANDLE.search(arguments)
        if name == "openat":
            self._places[result] = 0
            if "O_CREAT" in arguments or "O_TRUNC" in arguments:
                kind = "empty" if "O_TRUNC" in arguments else "create"
                self._add(kind, texts[0].decode(), began)
        elif name.startswith("rename"):
            self._add("rename", texts[0].decode(), began, other=texts[1].decode())
        elif name.startswith(("unlink", "mkdir")):
            self._add(name.removesuffix("at"), texts[0].decode(), began)
        elif handle is not None:
            self._on_handle(name, handle, arguments, texts, began)

    def _on_handle(
        self, name: str, handle: re.Match[str], arguments: str, texts: list[bytes], began: int
    ) -> None:
        number, path = int(handle[1]), _bytes(handle[2]).decode(errors="replace")
        if name == "write" and number == 1:
            self.ops.append(Op(kind="told", path="", began=began, raw=texts[0]))
        elif name == "write":
            offset = self._places.get(number, 0)
            self._places[number] = offset + len(texts[0])
            self._add("write", path, began, offset=offset, raw=texts[0])
        elif name == "pwrite64":
            self._add("write", path, began, offset=int(arguments.rsplit(",", 1)[1]), raw=texts[0])
        elif name == "ftruncate":
            self._add("cut", path, began, offset=int(arguments.rsplit(",", 1)[1]))
        else:
            self._add("sync", path, began)

    def _add(
        self,
        kind: str,
        path: str,
        began: int,
        *,
        other: str = "",
        offset: int = 0,
        raw: bytes = b"",
    ) -> None:
        # Shared memory is no file that a power cut leaves behind; SQLite makes it anew.
        if f"{path}/".startswith(self._below) and not path.endswith("-shm"):
            self.ops.append(
                Op(kind=kind, path=path, began=began, other=other, offset=offset, raw=raw)
            )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass
class _File:
    """A file: what it holds, what of it surely, and what was done since (end of the op, op)."""

    now: bytes = b""
    sure: bytes = b""
    since: list[tuple[int, Op]] = field(default_factory=list)

    def change(self, number: int, op: Op) -> None:
        self.now = _changed(self.now, op, len(op.raw))
        self.since.append((number, op))

    def sync(self, began: int) -> None:
        for number, op in self.since:
            if number < began:
                self.sure = _changed(self.sure, op, len(op.raw))
        self.since = [(number, op) for number, op in self.since if number >= began]

    def torn(self, draw: random.Random) -> bytes:
        held = self.sure
        for _, op in self.since:
            if draw.random() < 0.5:
                sectors = len(op.raw) // SECTOR
                whole = draw.random() < 0.5
                held = _changed(
                    held, op, len(op.raw) if whole else SECTOR * draw.randint(0, sectors)
                )
        return held


def _changed(held: bytes, op: Op, size: int) -> bytes:
    if op.kind == "cut":
        return held[: op.offset].ljust(op.offset, b"\0")
    if op.kind == "empty":
        return b""
    raw = op.raw[:size]
    return held[: op.offset].ljust(op.offset, b"\0") + raw + held[op.offset + len(raw) :]


_FOLDER: Final = _File()
_Names = dict[str, _File]


@dataclass(frozen=True)
class _Renaming:
    """Names in one folder that change together; None: the name goes."""

    folder: str
    number: int
    names: tuple[tuple[str, _File | None], ...]

    def on(self, names: _Names) -> None:
        for path, file in self.names:
            if file is None:
                names.pop(path, None)
            else:
                names[path] = file


class Disk:
    """The files of one folder as a process changes them. before: a copy of it as it was before."""

    def __init__(self, folder: Path, before: Path | None = None) -> None:
        self._root = str(folder)
        self._now: _Names = {}
        copy = before or folder
        for path in copy.rglob("*"):
            name = str(folder / path.relative_to(copy))
            if path.is_dir():
                self._now[name] = _FOLDER
            elif not path.name.endswith("-shm"):
                raw = path.read_bytes()
                self._now[name] = _File(raw, raw)
        self._sure: _Names = dict(self._now)
        self._since: list[_Renaming] = []
        self._number = 0

    def take(self, op: Op) -> None:
        """Let one more thing happen."""
        number, self._number = self._number, self._number + 1
        held = self._now.get(op.path)
        match op.kind:
            case "create" | "empty" if held is None:
                self._rename(op.path, number, (op.path, _File()))
            case "mkdir":
                self._rename(op.path, number, (op.path, _FOLDER))
            case "unlink":
                self._rename(op.path, number, (op.path, None))
            case "rename" if held is not None:
                self._rename(op.path, number, (op.path, None), (op.other, held))
            case "sync":
                self._sync(op, held)
            case "write" | "cut" | "empty" if held is not None:
                held.change(number, op)

    def _rename(self, path: str, number: int, *names: tuple[str, _File | None]) -> None:
        change = _Renaming(str(Path(path).parent), number, names)
        change.on(self._now)
        self._since.append(change)

    def _sync(self, op: Op, held: _File | None) -> None:
        if held is not None and held is not _FOLDER:
            held.sync(op.began)
            return
        done = [c for c in self._since if c.folder == op.path and c.number < op.began]
        for change in done:
            change.on(self._sure)
        self._since = [change for change in self._since if change not in done]

    def whole(self) -> dict[str, bytes]:
        """Return the files as a killed process leaves them."""
        return self._files(self._now, lambda file: file.now)

    def sure(self) -> dict[str, bytes]:
        """Return the least that a power cut leaves."""
        return self._files(self._sure, lambda file: file.sure)

    def torn(self, draw: random.Random) -> dict[str, bytes]:
        """Return something between: some names, some writes, some of them in part."""
        names = dict(self._sure)
        for change in self._since[: draw.randint(0, len(self._since))]:
            change.on(names)
        return self._files(names, lambda file: file.torn(draw))

    def _files(self, names: _Names, content: Callable[[_File], bytes]) -> dict[str, bytes]:
        return {
            path[len(self._root) + 1 :]: content(file)
            for path, file in names.items()
            if file is not _FOLDER and self._has_folders(path, names)
        }

    def _has_folders(self, path: str, names: _Names) -> bool:
        above = str(Path(path).parent)
        return above == self._root or (above in names and self._has_folders(above, names))


def put_back(files: dict[str, bytes], folder: Path) -> Path:
    """Write `files` (names below it) into the new folder `folder` and return it."""
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        path.chmod(0o600)
    return folder


def moments(ops: Sequence[Op], disk: Disk) -> Iterator[tuple[int, Op]]:
    """Yield every sync, with its place, before it has happened to `disk`; everything before it
    has.
    """
    for number, op in enumerate(ops):
        if op.kind == "sync":
            yield number, op
        disk.take(op)
