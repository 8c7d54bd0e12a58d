"""Runs a program in a terminal of its own and types into it, as a person would.

terminal.py STEPS PROGRAM [ARGUMENT...], where STEPS is JSON: [[text to wait for, keys], ...].
Ends with 1 when a text does not come in time, else as the program does.
"""

import json
import os
import pty
import select
import signal
import sys
import time

WAIT_SECONDS = 10


def read(terminal, deadline):
    """What the program wrote next; nothing when it ended or the time is over."""
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
    if not ready:
        return b""
    try:
        return os.read(terminal, 65536)
    except OSError:  # The program has closed its side.
        return b""


def main():
    steps, program = json.loads(sys.argv[1]), sys.argv[2:]
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(program[0], program)
    for awaited, keys in steps:
        screen, deadline = b"", time.monotonic() + WAIT_SECONDS
        while awaited.encode() not in screen:
            text = read(terminal, deadline)
            if not text:
                os.kill(child, signal.SIGKILL)
                sys.exit(f"{program[0]} did not show {awaited!r} but {screen[-500:]!r}")
            screen += text
        os.write(terminal, keys.encode())
    deadline = time.monotonic() + WAIT_SECONDS
    while read(terminal, deadline):
        pass
    if time.monotonic() > deadline:
        os.kill(child, signal.SIGKILL)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) and 1)


main()
