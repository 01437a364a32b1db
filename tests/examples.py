"""How many examples Hypothesis draws for a property: few in every run, many in the deep profile."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

SHORT, DEEP = "short", "deep"


def register_profiles() -> None:
    """Makes the short profile the one in force; ``--hypothesis-profile=deep`` on the command line overrides it.

    How long an example takes hangs on what else the machine does, so no profile has a limit of time.
    """
    for name, examples in ((SHORT, 20), (DEEP, 500)):
        settings.register_profile(
            name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
    settings.load_profile(SHORT)


def examples(number: int, *suppress: HealthCheck) -> settings:
    """For a property that needs more examples than others, or can afford fewer: so many where others have a hundred.

    Args:
        number: the number, which the profile in force scales.
        suppress: health checks that do not fit the property.
    """
    most = max(1, round(number * settings().max_examples / 100))
    return settings(max_examples=most, suppress_health_check=[*settings().suppress_health_check, *suppress])
