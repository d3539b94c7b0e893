"""What a guard added to a passage, in words for the page."""

from __future__ import annotations

from collections.abc import Callable

from issuer.passages.store.found import StoredPassage


def said_texts(passage: StoredPassage, language: str, shown: Callable[[int], str]) -> list[str]:
    """Return a line for everything that was added; `language` is zh or en. shown: a time in
    milliseconds as the page writes it.
    """
    zh = language == "zh"
    said = passage.observed
    lines = []
    if passage.about_seen_at_ms is not None:
        at = shown(passage.about_seen_at_ms)
        lines.append(f"关于 {at} 的记录" if zh else f"about the passage of {at}")
    elif passage.about is not None:
        lines.append("关于一条尚未上传的记录" if zh else "about a passage that is not here yet")
    if "operator" in said:
        lines.append(f"{'值守' if zh else 'on duty'}: {said['operator']}")
    if "temperatures" in said:
        taken = ", ".join(f"{tenths / 10:.1f}" for tenths in said["temperatures"])
        lines.append(f"{'体温' if zh else 'temperature'}: {taken} °C")
    if "papers_seen" in said:
        lines.append("已看证件" if zh else "papers seen")
    if "party" in said:
        lines.append(f"{said['party']} 人" if zh else f"{said['party']} people")
    for name, label in (("cause", "原因"), ("note", "备注")):
        if name in said:
            lines.append(f"{label if zh else name}: {said[name]}")
    return lines
