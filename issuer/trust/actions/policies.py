"""Gate policies: checked, signed by the office's own online role, published; which one is in force
where.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from issuer.errors import BadInput, Code
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.repository import change_repository
from issuer.trust.rules.publication import Change, office_files
from issuer.trustfiles import read_trust
from keys.errors import MalformedBytes
from keys.policies import Policy
from keys.policyfile import FOLDER, decode_policy, encode_policy, policy_path
from keys.policyjson import policy_from_json
from keys.policylogic import condition_faults
from keys.trustset import TrustSet


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPolicy:
    """A policy as gates get it. sha256: of its bytes. changed: whether this call made it so.
    beside: other policies that speak for the same places; the highest version is in force.
    """

    name: str
    version: int
    sha256: str
    changed: bool
    beside: tuple[str, ...]


def read_policy(text: str, name: str, checkpoints: tuple[str, ...] | None) -> Policy:
    """Return the policy that a JSON text describes, under this name. checkpoints: in place of the
    text's, None leaves those. BadInput bad_policy names the field, or the condition that is no
    CertLogic.
    """
    given: dict[str, object] = {"name": name}
    if checkpoints is not None:
        given["checkpoints"] = sorted(set(checkpoints))
    try:
        policy = policy_from_json(text, **{"version": 1} | given)
    except MalformedBytes as error:
        raise BadInput(Code.BAD_POLICY, str(error)) from None
    faults = condition_faults(policy)
    if faults:
        told = "; ".join(f"condition {name}: {code}" for name, code in faults)
        raise BadInput(Code.BAD_POLICY, told)
    return policy


def policies(office: Office) -> list[Policy]:
    """Return every policy that is published, by name."""
    return _policies(read_trust(office.folder.trust).files)


def find_policy(office: Office, name: str) -> Policy:
    """Return the published policy of this name; BadInput unknown_policy."""
    for policy in policies(office):
        if policy.name == name:
            return policy
    raise BadInput(Code.UNKNOWN_POLICY, name)


def publish_policy(office: Office, policy: Policy, *, by: str) -> PublishedPolicy:
    """Sign and publish `policy` in the place of what had its name; its version is the next one.
    Nothing happens where gates have the same already. No offline key is needed.
    """
    held = {item.name: item for item in policies(office)}.get(policy.name)
    before = 0 if held is None else held.version
    if held is not None and replace(policy, version=before) == held:
        return _told(office, held, changed=False)
    next_one = replace(policy, version=before + 1)
    raw = encode_policy(next_one)
    path = policy_path(policy.name)

    def plan(now_held: TrustSet) -> Change:
        return Change(office_files=office_files(now_held) | {path: raw})

    change_repository(office, plan)
    sha256 = hashlib.sha256(raw).hexdigest()
    office.log(by, "policy.publish", policy.name, version=next_one.version, sha256=sha256)
    publish(office)
    return _told(office, next_one, changed=True)


def withdraw_policy(office: Office, name: str, *, by: str) -> None:
    """Publish no policy of this name any more: its gates go by the next one that fits, or by none.
    BadInput unknown_policy.
    """
    version = find_policy(office, name).version
    path = policy_path(name)

    def plan(held: TrustSet) -> Change:
        return Change(office_files={p: r for p, r in office_files(held).items() if p != path})

    change_repository(office, plan)
    office.log(by, "policy.withdraw", name, version=version)
    publish(office)


def _policies(files: Mapping[str, bytes]) -> list[Policy]:
    held = [decode_policy(raw) for path, raw in files.items() if path.startswith(FOLDER)]
    return sorted(held, key=lambda policy: policy.name)


def _told(office: Office, policy: Policy, *, changed: bool) -> PublishedPolicy:
    places = set(policy.checkpoints)
    return PublishedPolicy(
        name=policy.name,
        version=policy.version,
        sha256=hashlib.sha256(encode_policy(policy)).hexdigest(),
        changed=changed,
        beside=tuple(
            other.name
            for other in policies(office)
            if other.name != policy.name
            and (places & set(other.checkpoints) or not (places or other.checkpoints))
        ),
    )
