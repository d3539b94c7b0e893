"""What the pages say is there: links, files, commands with their options, settings."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from issuer.app import command_parser as office_parser
from issuer.errors import IssuerError
from issuer.settings import Settings
from scanner.app import command_parser as station_parser
from scanner.errors import WrongArguments
from scanner.settings import SETTING_NAMES, StationSettings, parsed_setting
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("packaging/**/*.md")])
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "kakou-issuer": office_parser,
    "kakou-scanner": lambda: station_parser([]),
}
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings as links write them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@every_page
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if "://" not in target and (
            not there.exists() or (anchor and anchor not in anchors(there))
        ):
            lost.append(target)
    assert lost == []


@every_page
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    folders = "keys|scanner|issuer|demo|tests|docs|benchmarks|packaging|lock"
    named = re.findall(rf"`((?:{folders})/[\w./*-]+)`", page.read_text())
    # What ends in .key lies in an office's data folder.
    assert [path for path in named if not path.endswith(".key") and not is_there(path)] == []


def is_there(path: str) -> bool:
    """Tell whether a path of ours exists, also without its `.py`."""
    return any([*ROOT.glob(path), *ROOT.glob(f"{path}.py")])


def printed(page: Path) -> list[str]:
    """Return the commands that a page prints in indented blocks, without what stands behind them:
    a remark (#), or words two spaces on.
    """
    text = re.sub(r"\\\n\s*", "", page.read_text())
    lines = re.findall(
        r"^ {4,}(?:\./go exec )?(kakou-(?:issuer|scanner)) +(.*)$", text, re.MULTILINE
    )
    return [f"{program} {re.split(r' {2,}| #', rest)[0]}".strip() for program, rest in lines]


def mentioned(page: Path) -> list[str]:
    """Return the commands that stand in a page's sentences: the last words may be missing."""
    return re.findall(r"`(kakou-(?:issuer|scanner) [^`\n]+)`", page.read_text())


def words_of(command: str) -> list[str]:
    """Return a command's words: the first of alternatives, without brackets, up to an ellipsis or
    to where its output goes.
    """
    plain = re.sub(r"[\[\]]|\.\.\..*| [>|] .*", "", command.replace('"..."', "why"))
    return [word.split("|")[0] for word in shlex.split(plain)]


def unknown_words(words: list[str]) -> list[str]:
    """Return the commands and options among `words` that the program does not have."""
    parser, missing, rest = PARSERS[words[0]](), [], iter(words[1:])
    for word in rest:
        below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        if word.startswith("--"):
            option = parser._option_string_actions.get(word.split("=")[0])
            if option is None:
                missing.append(word)
            elif option.nargs is None and "=" not in word:
                next(rest, None)  # its value
        elif below and word in below[0].choices:
            parser = below[0].choices[word]
        elif below and re.fullmatch("[a-z-]+", word):
            missing.append(word)
    return missing


@every_page
def test_every_command_that_a_page_mentions_has_its_options(page: Path) -> None:
    wrong = {one: unknown_words(words_of(one)) for one in [*printed(page), *mentioned(page)]}
    assert {one: words for one, words in wrong.items() if words} == {}


@every_page
def test_every_command_that_a_page_prints_is_whole(page: Path) -> None:
    wrong = {}
    for command in printed(page):
        words = words_of(command)
        if "..." in command.replace('"..."', ""):
            continue  # says itself that something is left out
        try:
            PARSERS[words[0]]().parse_args(words[1:])
        except (IssuerError, WrongArguments) as error:
            if "invalid int" not in str(error):  # N stands for a number
                wrong[command] = str(error)
    assert wrong == {}


@every_page
def test_every_setting_that_a_page_sets_can_be_set(page: Path) -> None:
    for change in re.findall(r"--set ([a-z_]+=[^\s`]*)", page.read_text()):
        name, _, text = change.partition("=")
        assert name in SETTING_NAMES
        if name != "exit_pin":
            parsed_setting(name, text, getattr(StationSettings(), name))


def test_every_setting_of_the_office_has_its_line_and_no_other_has_one() -> None:
    text = (ROOT / "docs" / "issuer.md").read_text()
    table = text[text.index("## Settings") : text.index("## Back up")]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall("`([a-z_]+)`", row)} == {
        field.name for field in fields(Settings)
    }


def test_every_setting_of_a_station_is_told_somewhere() -> None:
    text = "".join((ROOT / "docs" / f"{name}.md").read_text() for name in ("kiosk", "devices"))
    assert [name for name in SETTING_NAMES if not re.search(rf"\b{name}\b", text)] == []
