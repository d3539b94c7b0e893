"""Where an office keeps its things, and what its operator may choose (settings.toml in the data
folder).
"""

from __future__ import annotations

import os
import tomllib
import zoneinfo
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import platformdirs

from issuer.errors import Code, Fault
from keys.shapes import is_issuer_name

DATA_VARIABLE: Final = "KAKOU_ISSUER_DATA"
DATABASE_VARIABLE: Final = "KAKOU_ISSUER_DATABASE_URL"
DEFAULT_PORT: Final = 8020
PASSWORD_COSTS: Final = ("interactive", "moderate", "sensitive")


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder of one office. Only `published` may be shown to the world; no root key is
    ever below it.
    """

    path: Path

    @property
    def settings_file(self) -> Path:
        """settings.toml."""
        return self.path / "settings.toml"

    @property
    def keys(self) -> Path:
        """Private keys, one file for each purpose."""
        return self.path / "keys"

    @property
    def trust(self) -> Path:
        """The trust repository, in the form in which it is published."""
        return self.path / "trust"

    @property
    def published(self) -> Path:
        """Static files that any web server may serve."""
        return self.path / "published"

    @property
    def history(self) -> Path:
        """Snapshot packs of past versions, from which deltas are made."""
        return self.path / "history"

    @property
    def database_file(self) -> Path:
        """The embedded database."""
        return self.path / "issuer.db"

    @property
    def publish_lock(self) -> Path:
        """Held while a version is published, so that two processes never write the same one."""
        return self.path / "publish.lock"


def default_folder() -> Path:
    """Return the data folder where none is named: KAKOU_ISSUER_DATA, else the user's own place for
    data.
    """
    named = os.environ.get(DATA_VARIABLE)
    return (
        Path(named) if named else Path(platformdirs.user_data_path("kakou-issuer", appauthor=False))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What settings.toml says. Times in seconds.

    issuer: [a-z0-9-]{1,32}. public_url: where stations reach this office, empty: as `serve` finds
    itself.
    database_url: empty for the embedded SQLite file. trusted_proxy: address of a reverse proxy
    whose X-Forwarded-For and -Proto are believed, empty for none. time_zone: what pages show times
    in, empty for the machine's own. retention_days: after how many days passages lose what says who
    passed, 0 for never. password_cost: Argon2id limits of libsodium by their names.
    """

    issuer: str
    name_zh: str
    name_en: str
    public_url: str = ""
    database_url: str = ""
    publish_every_s: int = 600
    manifest_life_s: int = 86_400
    session_idle_s: int = 1_800
    session_life_s: int = 43_200
    certificate_days: int = 730
    retention_days: int = 31
    password_cost: str = "moderate"  # noqa: S105 - not a password
    time_zone: str = ""
    trusted_proxy: str = ""

    def database_address(self, folder: Folder) -> str:
        """Return the SQLAlchemy URL of the database; the environment beats the file (passwords stay
        out of it).
        """
        named = os.environ.get(DATABASE_VARIABLE) or self.database_url
        return named or f"sqlite:///{folder.database_file.absolute()}"


_LIMITS: Final = {
    "publish_every_s": (1, 86_400),
    "manifest_life_s": (600, 30 * 86_400),
    "session_idle_s": (60, 86_400),
    "session_life_s": (60, 7 * 86_400),
    "certificate_days": (1, 3_650),
    "retention_days": (0, 3_650),
}


def read_settings(folder: Folder) -> Settings:
    """Return the settings of `folder`; none there: Fault not_initialised; a wrong one: Fault
    bad_settings.
    """
    try:
        value = tomllib.loads(folder.settings_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Fault(Code.NOT_INITIALISED, f"no office in {folder.path}") from None
    except (OSError, ValueError) as error:
        raise Fault(Code.BAD_SETTINGS, f"{folder.settings_file}: {error}") from None
    return settings_of(value)


def settings_of(value: dict[str, Any]) -> Settings:
    """Return checked settings; an unknown name, a wrong type or a number out of range: Fault
    bad_settings.
    """
    kinds = {field.name: int if field.name in _LIMITS else str for field in fields(Settings)}
    for name, given in value.items():
        if type(given) is not kinds.get(name):
            raise Fault(Code.BAD_SETTINGS, f"setting {name!r} is unknown or of a wrong type")
    for name, (low, high) in _LIMITS.items():
        if name in value and not low <= value[name] <= high:
            raise Fault(Code.BAD_SETTINGS, f"{name} must be {low} to {high}")
    missing = {"issuer", "name_zh", "name_en"} - value.keys()
    if missing:
        raise Fault(Code.BAD_SETTINGS, f"missing: {', '.join(sorted(missing))}")
    settings = Settings(**value)
    if not is_issuer_name(settings.issuer):
        raise Fault(Code.BAD_SETTINGS, "issuer must be 1 to 32 of a-z, 0-9 and -")
    if settings.password_cost not in PASSWORD_COSTS:
        raise Fault(Code.BAD_SETTINGS, f"password_cost must be one of {', '.join(PASSWORD_COSTS)}")
    if settings.time_zone and settings.time_zone not in zoneinfo.available_timezones():
        raise Fault(Code.BAD_SETTINGS, "time_zone must be a name like Asia/Shanghai")
    if settings.public_url and not settings.public_url.startswith(("http://", "https://")):
        raise Fault(Code.BAD_SETTINGS, "public_url must begin with http:// or https://")
    return settings


def write_settings(folder: Folder, settings: Settings) -> None:
    """Write settings.toml anew (mode 0600: a database address may hold a password)."""
    lines = [
        "# Settings of this office; docs/issuer.md explains each. Restart `serve` after a change."
    ]
    for field in fields(settings):
        value = getattr(settings, field.name)
        lines.append(f"{field.name} = {value if type(value) is int else _toml_text(value)}")
    handle = os.open(folder.settings_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def _toml_text(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c
        for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
