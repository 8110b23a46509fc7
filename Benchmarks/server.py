"""A server of Parley's for the length of a measurement."""

import re
import subprocess
import sys
from pathlib import Path


class Server:
    """`with Server(bench, SETTING=value) as server`: starts on a free port and ends with the block."""

    def __init__(self, bench, **settings):
        self.command = [bench.parley, "serve", "--port", "0", "--log-level", "error"]
        self.environment = bench.environment(**settings)

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(word) for word in self.command], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True)
        greeting = self.process.stdout.readline()
        found = re.search(r":(\d+)$", greeting.strip())
        if not found:
            sys.exit(f"bench: the server did not start: {greeting}")
        self.port = int(found[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def memory(self, field):
        """VmRSS or VmHWM of the process in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024

    def reset_peak(self):
        """Lets VmHWM begin anew at VmRSS (proc(5), clear_refs)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
