"""Forms that were sent, each by the token that was drawn when it was shown."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, insert, select

from issuer.database.tables import USED_FORMS

# A form that is older was closed long ago: sessions end before.
_KEEP_S: Final = 7 * 86_400


def use_form(connection: Connection, token: str, now: int) -> bool:
    """Return whether the form `token` was not sent before; from now on it was. Two at once: the
    second one fails as two writers do (Busy), and finds it used when it asks again.
    """
    if connection.scalar(select(USED_FORMS.c.token).where(USED_FORMS.c.token == token)):
        return False
    connection.execute(delete(USED_FORMS).where(USED_FORMS.c.at < now - _KEEP_S))
    connection.execute(insert(USED_FORMS).values(token=token, at=now))
    return True
