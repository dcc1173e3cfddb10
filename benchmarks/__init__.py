"""Measurements against floors and peers, run by ``./dev bench``.

Each module ``bench_<name>.py`` has a function ``run(bench)``; ``bench`` is a
:class:`benchmarks.runner.Bench`. It measures with :mod:`benchmarks.measure` and says
every result with ``bench.report``.
"""
