"""Lines of the machine's own GPIO chips as a board, by libgpiod 2."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from scanner.gate.faults import LIBRARY_MISSING, UNPLUGGED, WRONG_SETTING, DeviceFault

_CONSUMER: Final = "kakou"


class GpioBoard:
    """Lines of a GPIO chip by libgpiod 2 (`pip install gpiod`); channels are line offsets."""

    def __init__(
        self, chip: str, outputs: Mapping[int, bool], inputs: Sequence[int], library: Any = None
    ) -> None:
        """Request lines of `chip` (`/dev/gpiochip0`). outputs: line -> whether it begins high.
        library: the gpiod module.
        """
        gpiod = library or _gpiod()
        off, on = gpiod.line.Value.INACTIVE, gpiod.line.Value.ACTIVE
        # From the first moment as it is to be: a lock must not open while the station starts.
        out = {
            value: gpiod.LineSettings(
                direction=gpiod.line.Direction.OUTPUT, output_value=on if value else off
            )
            for value in (False, True)
        }
        into = gpiod.LineSettings(
            direction=gpiod.line.Direction.INPUT, bias=gpiod.line.Bias.PULL_UP
        )
        config = {line: out[value] for line, value in outputs.items()}
        config |= dict.fromkeys(inputs, into)
        try:
            self._request = gpiod.request_lines(chip, consumer=_CONSUMER, config=config)
        except (OSError, ValueError) as error:
            raise DeviceFault(f"{chip}: {error}", code=UNPLUGGED) from None
        self._values = {False: off, True: on}
        self._inputs = tuple(inputs)
        self._seen: dict[int, bool] = {}

    def set(self, channel: int, on: bool) -> None:
        """Drive line `channel`."""
        try:
            self._request.set_value(channel, self._values[on])
        except (OSError, ValueError) as error:
            raise DeviceFault(str(error), code=UNPLUGGED) from None

    def poll(self) -> None:
        """Read every input."""
        try:
            values = self._request.get_values(list(self._inputs)) if self._inputs else []
        except (OSError, ValueError) as error:
            raise DeviceFault(str(error), code=UNPLUGGED) from None
        self._seen = {
            line: value == self._values[True]
            for line, value in zip(self._inputs, values, strict=True)
        }

    def is_active(self, channel: int) -> bool:
        """Return whether line `channel` was high at the last poll. It is pulled up: a contact to
        ground makes it low, so such a contact is wired as `nc`.
        """
        if channel not in self._inputs:
            raise DeviceFault(f"no input {channel}", code=WRONG_SETTING)
        return self._seen.get(channel, False)

    def close(self) -> None:
        """Release the lines."""
        self._request.release()


def _gpiod() -> Any:
    try:
        # By name: the library exists for Linux only, and few stations need it.
        return importlib.import_module("gpiod")
    except ImportError:
        raise DeviceFault(
            "the Python package gpiod is not installed",
            code=LIBRARY_MISSING,
            next_step="Install it into the station's environment: pip install gpiod.",
        ) from None
