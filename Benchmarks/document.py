"""Renders the page from the figures of all tables that have been measured."""

import json
import re
from pathlib import Path

import diarization_page
from markdown import MB, error_rate, percent, table, target

NOT_MEASURED = "Not measured yet."


def render(folder):
    """The page. `folder` holds one JSON file for each table."""
    figures = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    parts = {"machine": machine(figures), "targets": targets(figures)}
    for name, tables in (
            ("speed", {"speed": speed, "stages": stages}), ("memory", {"memory": memory, "upload": upload}),
            ("accuracy", {"accuracy": accuracy, "placement": placement}), ("serving", {"serving": serving}),
            ("whisper", {"whisper": whisper, "whisper_together": whisper_together}), ("mixed", {"mixed": mixed}),
            ("parity", {"parity": parity}), ("diarization", {"diarization": diarization_page.accuracy}),
            ("diarization_speed", {"diarization_speed": diarization_page.speed}),
            ("diarization_scaling", {"diarization_scaling": diarization_page.scaling})):
        measured = figures.get(name)
        parts[f"{name}_measured"] = when(measured["measured"]) if measured else NOT_MEASURED
        parts |= {key: render_table(measured) if measured else "" for key, render_table in tables.items()}
    template = Path(__file__).with_name("template.md").read_text()
    page = re.sub(r"{{(\w+)}}", lambda found: parts[found[1]], template)
    return re.sub(r"\n{3,}", "\n\n", page)


def when(measured):
    before, after = measured["load"]
    return f"Measured {measured['date']}; load of the machine {before:.1f} before, {after:.1f} after."


def machine(figures):
    newest = max(figures.values(), key=lambda item: item["measured"]["date"])["measured"]["machine"]
    rows = [
        ("processor", f"{newest['cpu']}, {newest['cores']} cores"),
        ("memory", f"{newest['memory_bytes'] / 2**30:.0f} GiB"),
        ("system", f"{newest['system']}, Linux {newest['kernel']}"), *newest["versions"].items()]
    return table(["machine and versions", ""], rows).replace("---:", "---")


# --- the tables ---

RUNS = {
    "peer_segmenter": "pocketsphinx from PyPI, its Segmenter", "peer_slices": "pocketsphinx from PyPI, slices of 15 s",
    "peer_limited": "pocketsphinx from PyPI, its Segmenter, Parley's search limit",
    "words_1": "parley, words only", "whole_1": "parley, words and speakers",
    "words_beside": "parley, words only, one decoder", "whole_beside": "parley, words and speakers, one decoder",
    "words_2": "parley, words only", "whole_2": "parley, words and speakers"}


def speed(figures):
    rows = []
    for recording in figures["recordings"]:
        for name, run in recording["runs"].items():
            rows.append([
                recording_name(recording), RUNS[name], run["cores"], f"{run['cpu']:.1f}", f"{run['wall']:.1f}",
                f"{(run['cpu'] if run['cores'] == 1 else run['wall']) / recording['seconds']:.3f}"])
    return table(["recording", "program", "cores", "processor s", "passed s", "RTF"], rows)


def stages(figures):
    rows = []
    for recording in figures["recordings"]:
        for stage in recording["stages"]:
            rows.append([
                recording_name(recording), stage["stage"], f"{stage['audio_seconds']:.0f}",
                f"{stage['cpu_seconds']:.2f}", f"{stage['rtf']:.4f}"])
    return table(["recording", "stage", "audio s", "processor s", "RTF"], rows)


def recording_name(recording):
    return f"{recording['kind']} ({recording['seconds']:.0f} s)"


def memory(figures):
    return table(
        ["audio", "peak", "passed s", "processor s", "RTF", "speakers found (4)"],
        [[
            f"{row['seconds'] / 60:.0f} min", f"{row['peak_bytes'] / MB:.0f} MB", f"{row['wall']:.0f}",
            f"{row['cpu']:.0f}", f"{row['wall'] / row['seconds']:.3f}", row["speakers"]] for row in figures["transcribe"]])


def upload(figures):
    row = figures["upload"]
    return (
        f"A file of {row['bytes'] >> 20} MiB that is no audio, posted to `parley serve`, let the process grow by "
        f"{row['growth_bytes'] / MB:.1f} MB above the {row['before_bytes'] / MB:.0f} MB that it had before, and was "
        f"refused with status {row['status']}.")


def accuracy(figures):
    rows = []
    for kind, recordings in kinds(figures):
        rows.append([f"**{kind}**" if len(recordings) > 1 else kind, *accuracy_cells(recordings)])
        if 1 < len(recordings) and any("diarization" in item for item in recordings):
            rows += [[item["name"], *accuracy_cells([item])] for item in recordings]
    return table(["recordings", "length", "WER", "DER, collar 0.25 s", "DER, no collar", "speakers", "found"], rows)


def accuracy_cells(recordings):
    diarized = [item["diarization"] for item in recordings if "diarization" in item]
    single = diarized[0] if len(recordings) == 1 and diarized else None
    return [
        f"{sum(item['seconds'] for item in recordings):.0f} s", percent(word_error_rate(recordings)),
        error_rate(diarized, "collar_250"), error_rate(diarized, "collar_0"), single["speakers"] if single else "",
        single["found"] if single else ""]


def kinds(figures):
    """Recordings by kind, in the order in which they come."""
    grouped = {}
    for item in figures["recordings"]:
        grouped.setdefault(item["kind"], []).append(item)
    return grouped.items()


def word_error_rate(recordings):
    counted = [item["words"] for item in recordings if "words" in item]
    return sum(item["errors"] for item in counted) / sum(item["count"] for item in counted) if counted else None


def placement(figures):
    rows = []
    for kind, recordings in kinds(figures):
        placed = [item["placement"] for item in recordings if "placement" in item]
        words = sum(item["words"] for item in placed)
        if words:
            rows.append([
                kind, words, f"{sum(item['outside_seconds'] for item in placed) / words:.3f} s",
                percent(sum(item["right_speaker"] for item in placed) / words)])
    return table(["recordings", "words", "outside their turn", "right speaker"], rows)


def serving(figures):
    transcriptions = table(
        ["clients", "requests", "requests a minute", "median s", "95th percentile s"],
        [[
            row["clients"], row["requests"], f"{60 * row['per_second']:.0f}", f"{row['median']:.2f}",
            f"{row['p95']:.2f}"]
            for row in figures["transcriptions"]])
    health = table(
        ["clients", "requests", "requests a second", "median ms", "95th percentile ms"],
        [[
            row["clients"], row["requests"], f"{row['per_second']:.0f}", f"{1000 * row['median']:.2f}",
            f"{1000 * row['p95']:.2f}"] for row in figures["health"]])
    return (
        f"Clients that each post a clip of {figures['clip_seconds']:.0f} s (`response_format=json`, no speakers) to "
        "`parley serve` at default settings, again and again over a connection that is kept open. Server and clients "
        f"share the machine.\n\n{transcriptions}\n\n`GET /health`, where the clients, threads of one Python process, "
        f"set the limit:\n\n{health}")


def whisper(figures):
    """One recording at a time: seconds, and how many times Parley's time that is."""
    rows = []
    for (size, precision, beam), group in by_network(figures, clients=1).items():
        own = next(row for row in group if row["program"] == "parley")
        rows += [[
            f"{size}, {precision}, " + ("greedy" if beam == 1 else f"beam {beam}"), row["program"],
            f"{row['seconds']:.1f}", f"{row['rtf']:.3f}", f"{row['seconds'] / own['seconds']:.2f}",
            f"{row['peak_rss_mib']} MiB"] for row in group]
    return table(["network", "program", "passed s", "RTF", "times Parley's", "peak"], rows)


def whisper_together(figures):
    rows = []
    for (size, precision, _), group in by_network(figures, clients=figures["clients"]).items():
        own = next(row for row in group if row["program"] == "parley")
        rows += [[
            f"{size}, {precision}, greedy", row["program"], f"{row['seconds']:.1f}",
            f"{row['audio_seconds'] / row['seconds']:.1f}", f"{row['seconds'] / own['seconds']:.2f}",
            f"{row['peak_rss_mib']} MiB"] for row in group]
    return table(["network", "program", "passed s", "audio s a second", "times Parley's", "peak"], rows)


def by_network(figures, clients):
    groups = {}
    for row in figures["rows"]:
        if row["clients"] == clients:
            groups.setdefault((row["size"], row["precision"], row["beam"]), []).append(row)
    return groups


def parity(figures):
    rows = [
        [row["reference"], row["mode"].replace("_", ", "), f"{row['equal']} of {row['clips']}", f"{row['log_probability']:.1g}"]
        for row in figures["rows"]]
    batches = figures["in_batches"]
    return (
        f"{table(['reference', 'mode', 'clips with equal tokens', 'mean log-probability within'], rows)}\n\nGiven 16 at a "
        f"time, so that they are decoded in batches, {batches['equal']} of {batches['count']} decodings give the same "
        "tokens as alone.")


def mixed(figures):
    samples = figures["samples"]
    step = max(1, len(samples) // 15)
    rows = [[f"{row['seconds'] / 60:.1f}", f"{row['rss_bytes'] / MB:.0f} MB"] for row in samples[::step]]
    ended = ", ".join(f"{kind} {count}" for kind, count in sorted(figures["outcomes"].items()))
    status = figures["status"]
    return (
        f"{table(['minutes', 'resident'], rows)}\n\nHow the {sum(figures['outcomes'].values())} requests ended (kind: "
        f"status): {ended}. At the end {status['active']} requests were at work and {status['queued']} waited.")


# --- the targets ---


def targets(figures):
    rows = []
    if "speed" in figures:
        for recording in figures["speed"]["recordings"]:
            rows += speed_targets(recording)
    if "accuracy" in figures:
        generated = [item for item in figures["accuracy"]["recordings"] if item["kind"].startswith("generated")]
        rows += accuracy_targets(generated)
    if "memory" in figures:
        longest = max(figures["memory"]["transcribe"], key=lambda row: row["seconds"])
        growth = figures["memory"]["upload"]["growth_bytes"]
        rows.append(target(
            f"peak memory for {longest['seconds'] / 60:.0f} min of audio", "under 1200 MB",
            f"{longest['peak_bytes'] / MB:.0f} MB", longest["peak_bytes"] < 1200 * MB))
        rows.append(target("growth by a large upload", "under 64 MB", f"{growth / MB:.1f} MB", growth < 64 * MB))
    rows += diarization_page.targets(figures)
    return table(["what", "target", "measured", "met"], rows) if rows else NOT_MEASURED


def speed_targets(recording):
    runs = recording["runs"]
    costs = {stage["stage"]: stage["cpu_seconds"] for stage in recording["stages"]}
    pairs = [
        ("pocketsphinx from PyPI, one core", runs["whole_1"]["cpu"] / runs["peer_segmenter"]["cpu"], "1.25"),
        ("the same with Parley's search limit, one core", runs["whole_1"]["cpu"] / runs["peer_limited"]["cpu"], "1.25"),
        ("its own recognition stage, one core", costs["whole"] / costs["recognition"], "1.25"),
        ("words alone, two cores, one decoder, time passed",
         runs["whole_beside"]["wall"] / runs["words_beside"]["wall"], "1.05")]
    return [
        target(f"whole over {name}: {recording['kind']}", f"at most {limit}", f"{ratio:.2f}", ratio <= float(limit))
        for name, ratio, limit in pairs]


def accuracy_targets(recordings):
    rates = [word_error_rate([item]) for item in recordings]
    diarized = [item["diarization"]["collar_250"] for item in recordings]
    errors = [(part["missed"] + part["false_alarm"] + part["confusion"]) / part["total"] for part in diarized]
    outside = [item["placement"]["outside_seconds"] / max(1, item["placement"]["words"]) for item in recordings]
    return [
        target("WER, worst generated dialogue", "at most 15%", percent(max(rates)), max(rates) <= 0.15),
        target("DER with collar, worst generated dialogue", "at most 12%", percent(max(errors)), max(errors) <= 0.12),
        target(
            "words outside their turn, worst generated dialogue", "under 0.3 s", f"{max(outside):.3f} s",
            max(outside) < 0.3)]
