"""What a station says of itself: the strip below every verdict, and its station page."""

from __future__ import annotations

from scanner.decide.outlook import LaneOutlook, Outlook, TaskOutlook
from scanner.decide.policy_prepared import PLAIN_POLICY
from scanner.scan.results import Freshness
from scanner.surroundings.earlierlogs import told_logs
from scanner.surroundings.known import Known
from scanner.sync.mesh import MeshState
from scanner.sync.tasks import TaskState


def freshness_of(known: Known, error: str | None, *, waiting: int, set_aside: int) -> Freshness:
    """Return the strip. error: why the office is not reached, None if it is."""
    return Freshness(
        online=error is None,
        offline_reason=error,
        list_age_s=known.list_age_s(),
        waiting_rows=waiting,
        set_aside_rows=set_aside,
        clock=known.moment().grade,
    )


def outlook_of(
    known: Known, pull: TaskState, push: TaskState, mesh: MeshState | None, mono_s: float
) -> Outlook:
    """Return the station page. mesh: None where no lanes are asked for. mono_s: the monotonic clock
    of the tasks, now.
    """
    record, now_s = known.identity.record, known.moment().now_s
    made_at_s = known.beliefs.trust_made_at_s
    heard = () if mesh is None else mesh.lanes
    told = told_logs(known)
    return Outlook(
        station=record.station,
        issuer=record.issuer,
        trust_age_s=None if made_at_s is None else max(0, now_s - made_at_s),
        pull=_task(pull, mono_s),
        push=_task(push, mono_s),
        lanes=tuple(
            LaneOutlook(lane=name, heard_ago_s=int(ago_s))
            for name, ago_s in sorted(heard, key=lambda lane: lane[1])
        ),
        mesh_fault=None if mesh is None else mesh.fault,
        sealed=known.passage_key is not None,
        policy=policy_name(known),
        earlier_log=told[-1].why.value if told else None,
    )


def policy_name(known: Known) -> str:
    """Return what judges here: `name version`, `plain`, or the code of why it cannot be read."""
    if known.policy_fault is not None:
        return known.policy_fault
    policy = known.prepared.policy
    return policy.name if policy is PLAIN_POLICY else f"{policy.name} {policy.version}"


def _task(state: TaskState, mono_s: float) -> TaskOutlook:
    success_s = state.last_success_s
    return TaskOutlook(
        success_ago_s=None if success_s is None else int(mono_s - success_s),
        error=state.error,
        next_try_in_s=max(0, round(state.next_try_s - mono_s)),
    )
