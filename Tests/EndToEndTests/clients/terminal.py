"""The command line on a terminal: the live line, the transcript for people, Ctrl-C. Argument: path of the program."""

import os
import pty
import re
import sys

import speech
from checks import check, run


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, program, *arguments):
        environment = {**os.environ, "TERM": "xterm", "TMPDIR": str(speech.folder)}
        self.shown = b""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.execve(program, [program, *map(str, arguments)], environment)

    def read_until(self, pattern=None):
        """Reads on until a pattern has been shown, or to the end; returns all that was shown."""
        while pattern is None or not re.search(pattern, self.shown):
            try:
                piece = os.read(self.descriptor, 65536)
            except OSError:  # how Linux tells of the end of a terminal's program
                piece = b""
            if not piece:
                assert pattern is None, self.shown
                break
            self.shown += piece
        return self.shown.decode()

    def type(self, keys):
        os.write(self.descriptor, keys)

    def status(self):
        self.read_until()
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


@check
def transcript_for_people(program):
    terminal = Terminal(program, "transcribe", speech.said())
    shown = terminal.read_until()
    assert terminal.status() == 0, shown
    assert "\r" in shown and "\x1b[K" in shown, shown
    lines = [line.split("\x1b[K")[-1].strip() for line in shown.replace("\r", "\n").splitlines()]
    turns = [line for line in lines if re.match(r"\[00:00\.\d - 00:0\d\.\d\] A: ", line)]
    assert turns and speech.share_of_words(" ".join(turns)) >= 0.75, shown


@check
def interrupt_during_the_live_line(program):
    recording, _ = speech.sample()
    output = speech.folder / "out"
    terminal = Terminal(program, "transcribe", recording, "--output", output)
    # Stage, bar, done and whole length, share.
    shown = terminal.read_until(rb"transcribing.*\[[#-]+\].*\d:\d\d / 1:\d\d +[1-9]\d*%")
    terminal.type(b"\x03")
    assert terminal.status() == 130, shown
    assert not list(output.iterdir()), list(output.iterdir())
    assert terminal.shown.endswith(b"\r\x1b[K"), terminal.shown[-200:]


if __name__ == "__main__":
    run(sys.argv[1])
