"""Runs a command with a terminal: terminal.py WAIT INPUT COMMAND... types INPUT (with escapes) once WAIT was printed, and prints what the command does."""
import os
import pty
import select
import sys
import time

wait, typed, command = sys.argv[1].encode(), sys.argv[2].encode().decode("unicode_escape").encode("latin-1"), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
output, end, sent = b"", time.time() + 60, False
while time.time() < end:
    if not sent and wait in output:
        os.write(terminal, typed)
        sent = True
    if not select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    output += piece
else:
    os.kill(child, 9)
sys.stdout.write(output.decode(errors="replace").replace("\r\n", "\n"))
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
