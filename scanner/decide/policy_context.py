"""What a condition may look at: facts of the pass, the place and the moment, as CertLogic takes
them. No name, no ID tail, no index of a pass.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from keys.claims import Claims, Kind, Status
from scanner.decide.scene import Scene

_KINDS: Final = tuple(kind.name.lower() for kind in Kind)
_STATUSES: Final = tuple(status.name.lower() for status in Status)


def context_of(scene: Scene, claims: Claims) -> dict[str, Any]:
    """Return the data context: `payload` is the pass, `external` everything else. Times are texts
    for `plusTime` (UTC, Z); what is not known is null.
    """
    return {"payload": _payload(scene, claims), "external": _external(scene)}


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "Z"


def _payload(scene: Scene, claims: Claims) -> dict[str, Any]:
    identity, status, site = scene.judgement.identity, scene.judgement.status, claims.site
    return {
        "issuer": None if identity is None else identity.issuer,
        "kind": _KINDS[claims.kind],
        "status": None if status is None else _STATUSES[status],
        "profile": claims.profile,
        "iat": _text(claims.iat),
        "exp": _text(claims.exp),
        "zone": None if site is None else site.zone,
        "dayFrom": None if site is None else site.day_from,
        "dayTo": None if site is None else site.day_to,
        "party": None if site is None else site.party,
    }


def _external(scene: Scene) -> dict[str, Any]:
    moment, facts, seen = scene.moment, scene.facts, scene.observation
    return {
        "validationClock": _text(moment.now_s),
        "clock": moment.grade.value,
        "localHour": moment.local_hour,
        "direction": scene.direction.value,
        "listAge": scene.judgement.list_age_s,
        "inside": facts.inside,
        "entryAgo": facts.entry_ago_s,
        "exitAgo": facts.exit_ago_s,
        "entriesToday": facts.entries_today,
        "temperature": seen.temperatures[-1] if seen.temperatures else None,
        "party": seen.party,
        "papersSeen": seen.papers_seen,
    }
