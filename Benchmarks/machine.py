"""What the figures were measured on."""

import importlib.metadata
import json
import os
import platform
import re
import subprocess
from pathlib import Path


def facts(bench):
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = int(re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)[1])
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.MULTILINE))
    debian = Path("/etc/debian_version")
    return {
        "cpu": cpu[1] if cpu else platform.machine(), "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": memory * 1024,
        "system": f"{release.get('NAME', 'Linux')} {debian.read_text().strip() if debian.exists() else ''}".strip(),
        "kernel": platform.release().split("-")[0], "versions": versions(bench)}


def versions(bench):
    def printed(*words):
        command = [str(word) for word in words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=bench.root, check=False)
        return done.stdout.strip()

    parley = json.loads(printed(bench.parley, "version", "--json"))
    models = json.loads((bench.data / "models" / "bundled" / "model.json").read_text())["files"].values()
    wheels = {model["package"]: model["version"] for model in models}
    requirements = (bench.root / "scripts" / "requirements-models.txt").read_text()
    return {
        "Parley": f"{parley['version']} ({printed('git', 'describe', '--always', '--dirty')})",
        "Swift": parley["swift"],
        "ONNX Runtime": re.search(r"^onnxruntime==(\S+)", requirements, re.MULTILINE)[1],
        "libpocketsphinx (Debian)": printed("dpkg-query", "-W", "-f", "${Version}", "libpocketsphinx-dev"),
        "pocketsphinx (PyPI)": importlib.metadata.version("pocketsphinx"),
        "jiwer": importlib.metadata.version("jiwer"),
        "pyannote.metrics": importlib.metadata.version("pyannote-metrics"),
    } | {f"{name} (models)": version for name, version in sorted(wheels.items())}
