"""What Discord refuses although its API description does not say so, and our own rule for tables.

A plain clone has no API description, so the most common of its limits are checked here as well.
"""

from __future__ import annotations

from typing import Any

from tests.checks.codeblocks import check_code_blocks
from tests.checks.commands import check_choices, check_commands
from tests.checks.components import (
    IN_MODAL,
    IN_V2_MESSAGE,
    MOST_CUSTOM_ID,
    MOST_ROWS,
    V2_ONLY,
    Kind,
    check_components,
    check_totals,
    kinds_in,
)
from tests.checks.findings import Findings

__all__ = ["check_choices", "check_commands", "check_message", "check_modal"]

COMPONENTS_V2 = 1 << 15
MOST_CONTENT = 2000
MOST_EMBEDS = 10
MOST_EMBED_TEXT = 6000
MOST_NONCE = 25


def check_message(body: dict[str, Any], *, partial: bool = False) -> list[str]:
    """What is wrong with a message.

    Args:
        body: the message as sent; with files, the inside of ``payload_json``.
        partial: whether it edits an existing message, so that what is left out stays as it was.
    """
    findings = Findings()
    components = body.get("components") or []
    newer = bool((body.get("flags") or 0) & COMPONENTS_V2)
    if partial and "flags" not in body:
        newer = any(kind in V2_ONLY for kind in kinds_in(components))
    if newer:
        _check_newer(body, components, findings, partial=partial)
    else:
        _check_classic(body, components, findings, partial=partial)
    _check_mentions(body.get("allowed_mentions") or {}, findings)
    if body.get("nonce") is not None:
        findings.text("nonce", str(body["nonce"]), most=MOST_NONCE, least=1)
    return findings


def check_modal(body: dict[str, Any]) -> list[str]:
    """What is wrong with a modal, given the ``data`` of the response that opens it."""
    findings = Findings()
    components = body.get("components") or []
    findings.text("title", body.get("title"), most=45, least=1)
    findings.text("custom_id", body.get("custom_id"), most=MOST_CUSTOM_ID, least=1)
    findings.number("components", len(components), "components in a modal", most=5, least=1)
    check_components(components, IN_MODAL, findings)
    return findings


def _check_newer(body: dict[str, Any], components: list[dict[str, Any]], findings: Findings, *, partial: bool) -> None:
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(name):
            findings.say(name, "has no place beside Components V2")
    if not components and not (partial and "components" not in body):
        findings.say("", "a message without anything in it")
    check_components(components, IN_V2_MESSAGE, findings, _files(body, partial=partial))
    check_totals(components, findings)


def _check_classic(
    body: dict[str, Any], components: list[dict[str, Any]], findings: Findings, *, partial: bool
) -> None:
    content = body.get("content") or ""
    parts = (content.strip(), *(body.get(name) for name in ("embeds", "attachments", "sticker_ids", "poll")))
    if not partial and not any(parts) and not components:
        findings.say("", "a message without anything in it")
    findings.text("content", content, most=MOST_CONTENT)
    check_code_blocks(content, findings, "content")
    _check_embeds(body.get("embeds") or [], findings)
    check_components(components, {Kind.ACTION_ROW}, findings, _files(body, partial=partial))
    findings.number("components", len(components), "rows", most=MOST_ROWS)


def _files(body: dict[str, Any], *, partial: bool) -> set[str] | None:
    if partial and "attachments" not in body:
        return None
    return {attachment.get("filename", "") for attachment in body.get("attachments") or []}


def _check_embeds(embeds: list[dict[str, Any]], findings: Findings) -> None:
    findings.number("embeds", len(embeds), "embeds", most=MOST_EMBEDS)
    total = 0
    for index, embed in enumerate(embeds):
        if not embed.keys() - {"type"}:
            findings.say(f"embeds[{index}]", "an embed without anything in it")
        check_code_blocks(embed.get("description") or "", findings, f"embeds[{index}].description")
        texts = [embed.get("title"), embed.get("description")]
        texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
        texts += [field.get(part) for field in embed.get("fields") or [] for part in ("name", "value")]
        total += sum(len(text or "") for text in texts)
    findings.number("embeds", total, "characters in all embeds", most=MOST_EMBED_TEXT)


def _check_mentions(allowed: dict[str, Any], findings: Findings) -> None:
    for name in ("users", "roles"):
        named = allowed.get(name) or []
        findings.number(f"allowed_mentions.{name}", len(named), name, most=100)
        if named and name in (allowed.get("parse") or []):
            findings.say("allowed_mentions", f"all {name} and some {name} exclude each other")
