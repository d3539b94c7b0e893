"""QR codes of passes and enrolment codes, as PNG files and as SVG for pages."""

from __future__ import annotations

import io

import segno

_QUIET_ZONE = 4


def code_text(dense: str | None, full: str) -> str:
    """Return what a QR code of the pass holds: the digits where they exist, since they are read
    farther.
    """
    return dense if dense is not None else full


def _qr(text: str) -> segno.QRCode:
    # Digits become numeric mode, a FULL text alphanumeric, by themselves; level M as formats.md 1.2
    # and 1.3 say.
    return segno.make_qr(text, error="m", boost_error=False)


def qr_png(text: str, *, module_px: int = 8) -> bytes:
    """Return a black and white PNG with a quiet zone of four modules."""
    out = io.BytesIO()
    _qr(text).save(out, kind="png", scale=module_px, border=_QUIET_ZONE)
    return out.getvalue()


def qr_svg(text: str) -> str:
    """Return an inline <svg> that scales with its box, black on white whatever the theme."""
    return _qr(text).svg_inline(
        scale=4, border=_QUIET_ZONE, dark="#000", light="#fff", omitsize=True
    )
