"""What happens at gates often enough to be written down with one press."""

from __future__ import annotations

from typing import Final

from scanner.decide.looks import Wording

INCIDENTS: Final = (
    Wording(zh="争吵冲突", en="Quarrel"),
    Wording(zh="强行通过", en="Forced way"),
    Wording(zh="身体不适", en="Felt ill"),
    Wording(zh="证码可疑", en="Odd pass"),
    Wording(zh="设备故障", en="Device fault"),
    Wording(zh="失物招领", en="Lost item"),
)
