"""CPU seconds and memory of this process and of its PostgreSQL backend.

CPU, not wall time: on a busy machine the former hardly moves. The kernel counts it in
nanoseconds (``/proc/PID/schedstat``), so a statement of a millisecond can be measured.
The database server must run on this machine.
"""

import statistics
import threading
import time
from pathlib import Path

REPEATS = 5
SAMPLING = 0.005  # seconds between two looks at the memory


class Meter:
    """What this process and the backend of a cursor use."""

    def __init__(self, cr):
        cr.execute("SELECT pg_backend_pid()")
        self.backend = Path("/proc", str(cr.fetchone()[0]))
        if not (self.backend / "schedstat").exists():
            raise RuntimeError("the database server does not run on this machine")

    def _now(self):
        backend = int((self.backend / "schedstat").read_text().split()[0]) / 1e9
        return time.process_time() + backend

    def seconds(self, work, prepare=None):
        """Return the CPU seconds of ``work()``, those of ``prepare()`` not counted."""
        if prepare:
            prepare()
        start = self._now()
        work()
        return self._now() - start

    def compare(self, *works, prepare=None, repeats=REPEATS):
        """Return the median CPU seconds of each work, after one warm-up.

        They take turns, so that what else the machine does meets all alike.
        """
        taken = [[] for _work in works]
        for turn in range(repeats + 1):
            for seconds, work in zip(taken, works, strict=True):
                used = self.seconds(work, prepare)
                if turn:
                    seconds.append(used)
        return [statistics.median(seconds) for seconds in taken]

    def peaks(self, work):
        """Return by how many MiB this process and the backend grew at most during
        ``work()``; memory that PostgreSQL's processes share is not counted."""
        statuses = [Path("/proc/self/status"), self.backend / "status"]
        before = [_private_memory(status) for status in statuses]
        highest = list(before)
        done = threading.Event()

        def watch():
            while not done.wait(SAMPLING):
                now = map(_private_memory, statuses)
                highest[:] = map(max, highest, now)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            work()
        finally:
            done.set()
            watcher.join()
        return [high - low for high, low in zip(highest, before, strict=True)]


def _private_memory(status):
    """Anonymous resident memory in MiB."""
    for line in status.read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"{status} does not tell the memory")
