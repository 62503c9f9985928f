"""Real threads with connections of their own, let go at one moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def in_threads(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(n)` in so many threads at once; their results, sorted. What a thread raises is raised here."""
    barrier, results, errors = threading.Barrier(number), list[Any](), list[BaseException]()

    def run(n: int) -> None:
        try:
            barrier.wait()
            results.append(work(n))
        except BaseException as error:  # told by the main thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sorted(results)
