"""Pieces of the page that several tables share."""

MB = 1_000_000


def table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def percent(value):
    return "" if value is None else f"{100 * value:.1f}%"


def error_rate(diarized, collar):
    """A diarization error rate with its parts: missed + false alarm + confusion."""
    total = sum(item[collar]["total"] for item in diarized)
    if not total:
        return ""
    parts = [sum(item[collar][key] for item in diarized) / total for key in ("missed", "false_alarm", "confusion")]
    return f"{percent(sum(parts))} ({' + '.join(f'{100 * part:.1f}' for part in parts)})"


def target(what, wanted, measured, is_met):
    return [what, wanted, measured, "yes" if is_met else "**no**"]
