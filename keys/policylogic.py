"""The conditions of a policy as CertLogic: what is wrong with them, before anybody signs."""

from __future__ import annotations

from keys.certlogic import compile_expression
from keys.certlogic_error import CertLogicError
from keys.errors import MalformedBytes
from keys.policies import Policy
from keys.policyfile import read_logic


def condition_faults(policy: Policy) -> tuple[tuple[str, str], ...]:
    """Return (condition, error code) of every condition that is no CertLogic: at a gate it would
    hold everybody for a hand check.
    """
    faults = []
    for condition in policy.conditions:
        try:
            compile_expression(read_logic(condition.logic))
        except (CertLogicError, MalformedBytes) as error:
            faults.append((condition.name, error.code))
    return tuple(faults)
