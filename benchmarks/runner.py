"""What the benchmarks share: databases, goals, lines of results."""

import contextlib

from . import database, generate

LINEAR_GROWTH = 1.2


class Bench:
    """One call of ``./dev bench``."""

    def __init__(self, sizes, today, rebuild=False):
        self.sizes = sizes
        self.today = today
        self._rebuild = rebuild
        self._built = {}

    # ------------------------------------------------------------
    # Databases
    # ------------------------------------------------------------

    def _get_generated(self, size):
        """Return the name of the database of this size, generated if need be."""
        if size not in self._built:
            self._built[size] = generate.ensure(size, self.today, self._rebuild)
        return self._built[size]

    @contextlib.contextmanager
    def customers(self, size):
        """Give an environment (superuser) on the database with ``size`` customers.

        It is shared and kept: whoever commits puts back what he changed.
        """
        with database.environment(self._get_generated(size)) as env:
            yield env

    @contextlib.contextmanager
    def scratch(self, size=None):
        """Give an environment (superuser) on a database that is dropped afterwards: a
        copy of the one with ``size`` customers, or with the bare addons if None."""
        source = self._get_generated(size) if size else database.full_template()
        name = f"bench_scratch_{size or 0}"
        database.copy(source, name)
        try:
            with database.environment(name) as env:
                yield env
        finally:
            database.drop(name)

    # ------------------------------------------------------------
    # Results
    # ------------------------------------------------------------

    def report(self, name, ours, other, ratio, goal, passed):
        """Print the line of one target; all arguments but ``passed`` are texts.

        :param other: the floor or the peer, named: ``floor 1.20 s``
        """
        verdict = "PASS" if passed else "SHORT"
        print(f"{name}: {ours}, {other}, {ratio}, {goal}, {verdict}", flush=True)

    def inform(self, text):
        """Print something worth knowing that is no target."""
        print(f"  ({text})", flush=True)

    def report_seconds(self, name, ours, other, goal, kind="floor"):
        """Report CPU seconds that may be at most ``goal`` times the other's."""
        ratio = ours / other
        self.report(
            name,
            format_seconds(ours),
            f"{kind} {format_seconds(other)}",
            f"{ratio:.2f}x",
            f"goal <= {goal}x",
            ratio <= goal,
        )

    def report_growth(self, name, seconds):
        """Report how CPU seconds grow with the number of customers.

        :param dict seconds: by number of customers
        """
        sizes = sorted(seconds)
        for small, large in zip(sizes, sizes[1:], strict=False):
            linear = seconds[small] * large / small
            ratio = seconds[large] / linear
            self.report(
                f"{name}, growth {small} -> {large}",
                format_seconds(seconds[large]),
                f"linear {format_seconds(linear)}",
                f"{ratio:.2f}x",
                f"goal <= {LINEAR_GROWTH}x",
                ratio <= LINEAR_GROWTH,
            )


def format_seconds(seconds):
    """Seconds, or milliseconds below one tenth."""
    if seconds < 0.1:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds:.2f} s"
