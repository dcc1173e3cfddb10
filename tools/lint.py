"""Not there yet."""


def run(options):
    """Not there yet."""
    return 0


update = run
