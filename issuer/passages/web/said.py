"""What a guard added to a passage, in words for the page."""

from __future__ import annotations

from issuer.passages.store.found import StoredPassage


def said_texts(passage: StoredPassage, language: str) -> list[str]:
    """Return a line for everything that was added; `language` is zh or en."""
    zh = language == "zh"
    said = passage.observed
    lines = []
    if passage.about:
        # What people compare by voice: the beginning is enough within one station.
        lines.append(f"{'关于' if zh else 'about'} {passage.about.hex()[:8]}")
    if "operator" in said:
        lines.append(f"{'值守' if zh else 'on duty'}: {said['operator']}")
    if "temperatures" in said:
        shown = ", ".join(f"{tenths / 10:.1f}" for tenths in said["temperatures"])
        lines.append(f"{'体温' if zh else 'temperature'}: {shown} °C")
    if "papers_seen" in said:
        lines.append("已看证件" if zh else "papers seen")
    if "party" in said:
        lines.append(f"{said['party']} 人" if zh else f"{said['party']} people")
    for name, label in (("cause", "原因"), ("note", "备注")):
        if name in said:
            lines.append(f"{label if zh else name}: {said[name]}")
    return lines
