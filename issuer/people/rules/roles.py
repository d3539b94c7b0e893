"""Who may do what: five roles, and what each may do."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from issuer.errors import BadInput, Code, Denied

NAME_MAX_CHARACTERS: Final = 32
_NAME: Final = re.compile(r"\w[\w .@-]*")


class Role(StrEnum):
    """What an operator is."""

    ADMIN = "admin"
    ISSUER = "issuer"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    STATION_ADMIN = "station_admin"


class Permission(StrEnum):
    """What an operator may do."""

    MINT = "mint"
    SEE_PASS = "see_pass"  # noqa: S105 - not a password
    SET_STATUS = "set_status"
    PUBLISH = "publish"
    SEE_STATIONS = "see_stations"
    MANAGE_STATIONS = "manage_stations"
    SEARCH_PASSAGES = "search_passages"
    MANAGE_OPERATORS = "manage_operators"
    READ_AUDIT = "read_audit"


PERMISSIONS: Final = {
    Role.ADMIN: frozenset(Permission),
    Role.ISSUER: frozenset(
        {Permission.MINT, Permission.SEE_PASS, Permission.SET_STATUS, Permission.PUBLISH}
    ),
    Role.REVIEWER: frozenset({Permission.SEE_PASS, Permission.SET_STATUS}),
    Role.SUPERVISOR: frozenset(
        {Permission.SEARCH_PASSAGES, Permission.SEE_STATIONS, Permission.READ_AUDIT}
    ),
    Role.STATION_ADMIN: frozenset({Permission.SEE_STATIONS, Permission.MANAGE_STATIONS}),
}


def may(role: Role, permission: Permission) -> bool:
    """Return whether `role` has `permission`: what a page shows."""
    return permission in PERMISSIONS[role]


def check_may(role: Role, permission: Permission) -> None:
    """Return if `role` has `permission`, else Denied not_allowed: what every deed asks."""
    if not may(role, permission):
        raise Denied(Code.NOT_ALLOWED, f"{role.value} may not {permission.value}")


def operator_name(text: str) -> str:
    """Return the one form of an operator's name (NFKC, trimmed); anything else: BadInput bad_name.

    1 to 32 letters, digits, spaces and . @ _ - of any script, the first a letter or digit.
    A colon is never in it: `console:` names those who work on the machine itself.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if len(name) > NAME_MAX_CHARACTERS or not _NAME.fullmatch(name):
        raise BadInput(Code.BAD_NAME, "an operator's name has 1 to 32 letters, digits or . @ _ -")
    return name
