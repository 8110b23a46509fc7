"""Renders the tables of diarization."""

from markdown import MB, error_rate, percent, table, target

SHERPA = "sherpa-onnx"


def accuracy(figures):
    """For each program DER without and with collar, and the speakers that it finds; sets before their recordings."""
    programs = shown_programs(figures)
    rows, parts = [], []
    for kind, items in kinds(figures).items():
        results = {program: [item["results"][program] for item in items] for program in programs}
        parts.append([kind, *(error_rate(results[program], "collar_0") for program in programs)])
        if len(items) > 1:
            rows.append([f"**{kind}**", "", *(rates(results[program]) for program in programs)])
        rows += [
            [name(item), speakers(item, programs), *(
                f"{rates([item['results'][program]])}, {item['results'][program]['found']}" for program in programs)]
            for item in items]
    return (
        f"{table(['recording', 'speakers', *programs], rows)}\n\nWithout collar, as missed + false alarm + "
        f"confusion:\n\n{table(['recordings', *programs], parts)}")


def kinds(figures):
    groups = {}
    for item in figures["recordings"]:
        groups.setdefault(item["kind"].partition(",")[0], []).append(item)
    return groups


def rates(results):
    return f"{percent(rate(results, 'collar_0'))} / {percent(rate(results, 'collar_250'))}"


def shown_programs(figures):
    """Of the other program's thresholds the first, and the one with the fewest errors over all recordings."""
    peers = [name for name in figures["programs"] if name.startswith(SHERPA)]
    own = [name for name in figures["programs"] if not name.startswith(SHERPA)]
    return own + list(dict.fromkeys([*peers[:1], *best(figures, peers)]))


def best(figures, programs):
    """The program with the fewest errors, in a list; empty for no program."""
    def errors(program):
        return rate([item["results"][program] for item in figures["recordings"]], "collar_0")

    return [min(programs, key=errors)] if programs else []


def rate(results, collar):
    total = sum(item[collar]["total"] for item in results)
    wrong = sum(item[collar][key] for item in results for key in ("missed", "false_alarm", "confusion"))
    return wrong / total if total else None


def name(item):
    return f"{item['name']} ({item['seconds']:.0f} s)"


def speakers(item, programs):
    return item["results"][programs[0]]["speakers"]


def speed(figures):
    rows = []
    for row in figures["rows"]:
        rows.append([
            length(row), row["program"], f"{row['seconds']:.1f}", f"{row['cpu_seconds']:.1f}",
            f"{row['seconds'] / row['audio_seconds']:.4f}", times(row, figures["rows"]),
            f"{row['peak_bytes'] / MB:.0f} MB", error_rate([row["result"]], "collar_0"), row["result"]["found"]])
    return table(
        ["audio", "program", "passed s", "processor s", "RTF", "times as fast", "peak", "DER, no collar", "found (4)"],
        rows)


def times(row, rows):
    """How many times as fast as the other program on the same audio."""
    peers = [
        other for other in rows
        if other["program"].startswith(SHERPA) and other["audio_seconds"] == row["audio_seconds"]]
    return f"{peers[0]['seconds'] / row['seconds']:.1f}" if peers else ""


def scaling(figures):
    return table(
        ["audio", "step", "passed s", "processor s", "RTF", "peak", f"found ({figures['speakers']})"],
        [[
            length(row), row["step"], f"{row['seconds']:.1f}", f"{row['cpu_seconds']:.1f}",
            f"{row['seconds'] / row['audio_seconds']:.4f}", f"{row['peak_bytes'] / MB:.0f} MB", row["found"]]
            for row in figures["rows"]])


def length(row):
    minutes = row["audio_seconds"] / 60
    if minutes < 2:
        return f"{row['audio_seconds']:.0f} s"
    return f"{minutes / 60:.0f} h" if minutes >= 59 else f"{minutes:.0f} min"


def targets(figures):
    """What is aimed at, and whether it is met."""
    rows = []
    if "diarization" in figures:
        rows += accuracy_targets(figures["diarization"])
    for row in figures.get("diarization_speed", {"rows": []})["rows"]:
        ratio = times(row, figures["diarization_speed"]["rows"])
        if ratio and "files" in row["program"]:
            rows.append(target(
                f"speed of diarization beside sherpa-onnx, {length(row)}", "at least 3 times", f"{ratio} times",
                float(ratio) >= 3))
    days = [row for row in figures.get("diarization_scaling", {"rows": []})["rows"] if row["audio_seconds"] > 80_000]
    for row in days:
        rows.append(target(
            "peak memory for a day of audio", "under 1000 MB", f"{row['peak_bytes'] / MB:.0f} MB",
            row["peak_bytes"] < 1000 * MB))
    return rows


def accuracy_targets(figures):
    """Over the conversations and the generated dialogues, each set as a whole."""
    own = [name for name in figures["programs"] if "files" in name]
    peers = [name for name in figures["programs"] if name.startswith(SHERPA)]
    rows = []
    for kind in ("conversations", "generated"):
        items = [item for item in figures["recordings"] if item["kind"].startswith(kind)]
        if not (own and peers and items):
            continue
        found = rate([item["results"][own[0]] for item in items], "collar_0")
        limit = min(rate([item["results"][peer] for item in items], "collar_0") for peer in peers)
        rows.append(target(
            f"DER, {kind}, same networks, beside sherpa-onnx at its best threshold", f"at most {percent(limit)}",
            percent(found), found <= limit))
    return rows
