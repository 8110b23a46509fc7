#!/usr/bin/env python3
"""Takes single files out of a wheel.

    unpack.py WHEEL PATTERN=DESTINATION...

Each pattern must match exactly one member. A destination appears only when it is whole.
"""

import fnmatch
import os
import shutil
import sys
import zipfile

MAX_BYTES = 512 << 20


def main():
    wheel, *wanted = sys.argv[1:]
    try:
        with zipfile.ZipFile(wheel) as archive:
            for request in wanted:
                pattern, _, destination = request.partition("=")
                unpack(archive, pattern, destination)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        sys.exit(f"unpack: {os.path.basename(wheel)}: {error}")


def unpack(archive, pattern, destination):
    members = [member for member in archive.infolist() if fnmatch.fnmatchcase(member.filename, pattern)]
    if len(members) != 1 or members[0].file_size > MAX_BYTES:
        raise ValueError(f"no single member {pattern} of at most {MAX_BYTES} bytes")
    partial = destination + ".partial"
    try:
        with archive.open(members[0]) as source, open(partial, "wb") as target:
            shutil.copyfileobj(source, target)
        os.replace(partial, destination)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)


if __name__ == "__main__":
    main()
