"""Many checks in one script, one JSON line each: {"check": name, "ok": whether it holds, "detail": why not}."""

import concurrent.futures
import json
import threading
import traceback

_checks = []
_printing = threading.Lock()


def check(function):
    """Registers a function; it holds when the function returns."""
    _checks.append((function.__name__.replace("_", " "), function, ()))
    return function


def each(*rows):
    """Registers a function once for each row of arguments; the first one names the check."""

    def register(function):
        for row in rows:
            _checks.append((f"{function.__name__.replace('_', ' ')}: {row[0]}", function, row))
        return function

    return register


def run(*arguments, at_once=1):
    """Runs all checks with these first arguments, some of them at the same time."""
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for job in [pool.submit(_run, *entry, arguments) for entry in _checks]:
            job.result()


def report(name, ok, detail=""):
    """Prints the result of one check."""
    with _printing:
        print(json.dumps({"check": name, "ok": bool(ok), "detail": str(detail)[:2000]}), flush=True)


def _run(name, function, row, arguments):
    try:
        function(*arguments, *row)
    except Exception as error:  # a failed check must not keep the others from running
        place = traceback.extract_tb(error.__traceback__)[-1]
        report(name, False, f"line {place.lineno}, {place.line}: {type(error).__name__}: {error}")
    else:
        report(name, True)
