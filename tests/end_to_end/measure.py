"""What a program costs: wall time and peak memory, as the kernel counts them."""
import os
import subprocess
import sys

# The peak (ru_maxrss of wait4(2)) counts what a process was before exec(2) as well, which is the size of its parent:
# so the parent is a bare interpreter of some 9 MB.
LAUNCHER = """
import os, sys, time
start = time.monotonic()
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as report:
    report.write(f"{os.waitstatus_to_exitcode(status)} {time.monotonic() - start} {usage.ru_maxrss}")
"""


class Cost:
    def __init__(self, status, seconds, peak_mib, output):
        self.status, self.seconds, self.peak_mib, self.output = status, seconds, peak_mib, output


def measure(command, directory, variables):
    """Runs a command to its end; `variables` name a HOME in which a file can be made."""
    report = os.path.join(variables["HOME"], "cost")
    done = subprocess.run([sys.executable, "-S", "-E", "-c", LAUNCHER, report, *command], cwd=directory,
                          env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    with open(report, encoding="utf-8") as f:
        status, seconds, peak_kib = f.read().split()
    return Cost(int(status), float(seconds), int(peak_kib) / 1024, done.stdout)
