"""``python -m benchmarks [NAME ...] [--size N ...] [--rebuild]``."""

import argparse
import datetime
import importlib
import pkgutil
import sys
import traceback
from pathlib import Path

from . import database
from .runner import Bench

SIZES = (10_000, 100_000, 300_000)
TODAY = datetime.date(2026, 11, 22)


def find():
    """The names of the benchmarks: modules called ``bench_<name>``."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(
        module.name.removeprefix("bench_")
        for module in modules
        if module.name.startswith("bench_")
    )


def parse(arguments):
    """Read the command line."""
    names = find()
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument(
        "--size",
        type=int,
        action="append",
        metavar="N",
        help=f"customers; may be given again; default: {SIZES}",
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="generate the databases anew"
    )
    parser.add_argument(
        "--today",
        type=datetime.date.fromisoformat,
        default=TODAY,
        help=f"the last day of the generated sales, default: {TODAY}",
    )
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(names)):
        parser.error(f"no benchmark {', '.join(unknown)}: there are {', '.join(names)}")
    return options


def main(arguments=None):
    """Run the chosen benchmarks; a target that is missed is no error."""
    options = parse(arguments)
    database.configure()
    sizes = sorted(set(options.size or SIZES))
    bench = Bench(sizes, options.today, options.rebuild)
    failed = []
    for name in options.names or find():
        try:
            importlib.import_module(f".bench_{name}", __package__).run(bench)
        except Exception:  # noqa: BLE001  # the others are measured all the same
            traceback.print_exc()
            failed.append(name)
    if failed:
        print(f"ended with an error: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
