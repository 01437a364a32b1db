"""What came of nights, in figures."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Verdict:
    """What came of one night, or of many.

    Attributes:
        due: messages that were owed; seen: messages that stand there.
        lost, doubled, late: of those owed, and of those seen.
        useless: sent after the moment at which they ceased to be of use.
        healed: second messages that were taken away again.
        risked_lost, risked_doubled: where history may not be read, of what was under way, as the operator chose.
        wrong: everything else that is not as it should be.
    """

    nights: int = 0
    due: int = 0
    seen: int = 0
    lost: int = 0
    doubled: int = 0
    late: int = 0
    useless: int = 0
    healed: int = 0
    risked_lost: int = 0
    risked_doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.late or self.useless or self.wrong)

    @property
    def faults(self) -> frozenset[str]:
        """What kinds of things are wrong."""
        names = {name for name in ("lost", "doubled", "late", "useless") if getattr(self, name)}
        return frozenset(names | {each.split(":")[0] for each in self.wrong})

    def add(self, other: Verdict) -> None:
        for name in (
            "nights", "due", "seen", "lost", "doubled", "late", "useless", "healed", "risked_lost", "risked_doubled",
            "wrong",
        ):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
