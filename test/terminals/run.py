# Run by `npm run test:terminals`; needs `npm run build`.
"""Waits in real terminals that close: an interactive bash in a pseudo-terminal of its own, with the command as a person types it.

Linux only, and run by CI: Node has no pseudo-terminals. All cases watch the same simulated migration, and lose their terminals half-way.
"""

import ctypes
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAM = os.path.join(ROOT, "dist", "oms-cutover.js")
ACCOUNT = {"PATH": os.environ["PATH"], "OMS_USERNAME": "oms", "OMS_PASSWORD": "oms-demo"}

# Six simulated hours in 48 seconds, of which all waits together take a third to start.
SPEED = 450
PATIENCE_SECONDS = 120

CASES = {
    "foreground": "{wait}",
    "background": "{wait} &",
    "disown": "{wait} & disown",
    "setsid": "setsid {wait} &",
    "nohup": "nohup {wait} &",
    "nohup with a log": "nohup {wait} > log 2>&1 &",
    "nohup without a shell's traces": "env -u _ nohup {wait} > log 2>&1 &",
    "a script under nohup": "nohup bash script.sh > log 2>&1 &",
    "a script that ignores SIGHUP": "bash -c 'trap \"\" HUP; bash script.sh' &",
}


def program(*args, cwd):
    return subprocess.run(["node", PROGRAM, *args], env=ACCOUNT, cwd=cwd, capture_output=True, text=True)


class Terminal:
    """An interactive shell in a terminal, with one wait in it."""

    def __init__(self, endpoint, command):
        self.folder = tempfile.mkdtemp(prefix="terminal-")
        wait = f"node {PROGRAM} wait --endpoint {endpoint} --project p_demo --max-interval 1s"
        with open(os.path.join(self.folder, "script.sh"), "w") as script:
            # Without the last line bash would become the wait.
            script.write(f"{wait}\nstatus=$?\nexit $status\n")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(self.folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], {**ACCOUNT, "HOME": self.folder})
        # Held by a later shell, the terminal would stay open.
        os.set_inheritable(self.terminal, False)
        os.write(self.terminal, f"{command.format(wait=wait)}\n".encode())

    def read(self):
        """Keeps the shell from waiting for a reader."""
        while select.select([self.terminal], [], [], 0)[0]:
            os.read(self.terminal, 65536)

    def close(self):
        os.close(self.terminal)

    def history(self):
        lines = program("history", "--json", "--project", "p_demo", cwd=self.folder).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def observations(self):
        return [line for line in self.history() if line["type"] == "snapshot"]

    def log(self):
        for name in ("nohup.out", "log"):
            if os.path.exists(os.path.join(self.folder, name)):
                with open(os.path.join(self.folder, name)) as file:
                    return file.read()
        return ""


class ClosedTerminals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # What a closed terminal leaves behind becomes our child, so that its end is known.
        pr_set_child_subreaper = 36
        prctl = ctypes.CDLL(None).prctl
        prctl(pr_set_child_subreaper, 1)
        # Other tests see a process end by its disappearance.
        cls.addClassCleanup(prctl, pr_set_child_subreaper, 0)
        simulate = ["node", PROGRAM, "simulate", "--json", "--speed", str(SPEED)]
        cls.simulator = subprocess.Popen(simulate, env=ACCOUNT, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end_simulator)
        endpoint = json.loads(cls.simulator.stdout.readline())["url"]
        cls.terminals = {name: Terminal(endpoint, command) for name, command in CASES.items()}
        cls.waits = cls.find_waits()
        for terminal in cls.terminals.values():
            terminal.close()
        cls.ends = cls.until_all_ended()

    @classmethod
    def end_simulator(cls):
        cls.simulator.terminate()
        cls.simulator.wait()
        cls.simulator.stdout.close()

    @classmethod
    def find_waits(cls):
        """The process of each wait, by its folder, once each has stored an observation."""
        until = time.time() + PATIENCE_SECONDS
        while time.time() < until:
            for terminal in cls.terminals.values():
                terminal.read()
            waits = {name: wait_in(terminal.folder) for name, terminal in cls.terminals.items()}
            if all(waits.values()) and all(len(t.observations()) > 1 for t in cls.terminals.values()):
                return waits
            time.sleep(0.2)
        raise AssertionError(f"not every wait has begun: {waits}")

    @classmethod
    def until_all_ended(cls):
        """Wait statuses by process."""
        ends = {}
        until = time.time() + PATIENCE_SECONDS
        # A wait in a script is not left to us, so it just disappears.
        while time.time() < until and any(os.path.exists(f"/proc/{pid}") for pid in cls.waits.values()):
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                time.sleep(0.1)
            else:
                ends[pid] = status
        return ends

    def end_of(self, name):
        status = self.ends.get(self.waits[name])
        if status is None:
            return "still running, or its end was taken by another process"
        return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def assert_continued(self, name):
        terminal = self.terminals[name]
        self.assertEqual(terminal.observations()[-1]["verdict"], "MET")
        return terminal

    def assert_nothing_lost(self, terminal):
        """Every change that could not be printed is printed by the next run, once."""
        lost = [line["sequence"] for line in terminal.history() if line["type"] == "pending"]
        self.assertGreater(len(lost), 0)
        endpoint = "http://127.0.0.1:9"
        check = ["check", "--json", "--endpoint", endpoint, "--project", "p_demo", "--request-timeout", "1s"]
        lines = [json.loads(line) for line in program(*check, cwd=terminal.folder).stdout.splitlines()]
        notified = [line["sequence"] for line in lines if line["type"] == "notification"]
        self.assertEqual(notified[: len(lost)], lost)
        self.assertEqual([line for line in terminal.history() if line["type"] == "pending"], [])

    def test_a_wait_in_the_foreground_ends_as_with_ctrl_c(self):
        self.assertEqual(self.end_of("foreground"), 130)

    def test_a_wait_in_the_background_ends_as_with_ctrl_c(self):
        self.assertEqual(self.end_of("background"), 130)

    def test_a_disowned_wait_continues_without_output_and_loses_no_change(self):
        self.assertEqual(self.end_of("disown"), 0)
        self.assert_nothing_lost(self.assert_continued("disown"))

    def test_a_wait_in_a_session_of_its_own_continues_without_output_and_loses_no_change(self):
        self.assertEqual(self.end_of("setsid"), 0)
        self.assert_nothing_lost(self.assert_continued("setsid"))

    def test_a_wait_under_nohup_continues_and_prints_everything(self):
        for name in ("nohup", "nohup with a log", "nohup without a shell's traces"):
            with self.subTest(name):
                self.assertEqual(self.end_of(name), 0)
                self.assertIn("MET Finished", self.assert_continued(name).log())

    def test_a_wait_in_a_script_under_nohup_continues_and_prints_everything(self):
        self.assertIn("MET Finished", self.assert_continued("a script under nohup").log())

    def test_a_wait_in_a_script_that_ignores_sighup_continues_without_output_and_loses_no_change(self):
        self.assert_nothing_lost(self.assert_continued("a script that ignores SIGHUP"))


def wait_in(folder):
    """The process id of the wait whose working directory this is; None where there is none yet."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().split(b"\0")
            if os.readlink(f"/proc/{pid}/cwd") == folder and command[0] == b"node" and b"wait" in command:
                return int(pid)
        except OSError:
            continue
    return None


class RunForWeeks(unittest.TestCase):
    """docs/run-for-weeks.md as it stands there, apart from the address of OMS and the folder of the program."""

    @classmethod
    def setUpClass(cls):
        simulate = ["node", PROGRAM, "simulate", "--json", "--project", "p_x", "--speed", "60"]
        cls.simulator = subprocess.Popen(simulate, env=ACCOUNT, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(lambda: (cls.simulator.terminate(), cls.simulator.communicate()))
        cls.endpoint = json.loads(cls.simulator.stdout.readline())["url"]

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="run-for-weeks-")
        os.symlink(os.path.dirname(PROGRAM), os.path.join(self.folder, "dist"))
        with open(os.path.join(self.folder, "oms.json"), "w") as account:
            json.dump({"username": "oms", "password": "oms-demo"}, account)
        os.chmod(account.name, 0o600)

    def blocks(self, heading, language="sh"):
        with open(os.path.join(ROOT, "docs", "run-for-weeks.md")) as page:
            section = page.read().split(f"\n## {heading}\n")[1].split("\n## ")[0]
        blocks = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
        return [
            block.replace("https://oms.example.com:8089", self.endpoint).replace("/opt/oms-cutover", self.folder)
            for block in blocks
        ]

    def shell(self, script, shell="bash"):
        env = {"PATH": os.environ["PATH"], "HOME": self.folder, "TMUX_TMPDIR": self.folder, "OMS": self.endpoint}
        return subprocess.run([shell, "-c", script], env=env, cwd=self.folder, capture_output=True, text=True)

    def test_nohup_is_recognized_and_kill_ends_the_wait_as_ctrl_c_does(self):
        start, look = self.blocks("nohup")
        begun = "until [ -s p_x.log ] && [ $(wc -l < p_x.log) -gt 1 ]; do sleep 0.1; done"
        ended = self.shell(f"{start}\n{begun}\n: > p_x.log; kill -HUP $!; sleep 12\n{look}\nwait $!; exit $?")
        self.assertEqual((ended.returncode, ended.stderr), (130, ""))
        first, *others = ended.stdout.splitlines()
        self.assertRegex(first, r"^..:..:..  [A-Z]+ ")
        self.assertRegex(others[-1], r"^[1-9]\d* observations of p_x$")

    @unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
    def test_tmux_keeps_a_wait_until_its_session_is_killed(self):
        [start] = self.blocks("tmux")
        self.assertEqual(self.shell(start.splitlines()[0]).returncode, 0)
        until = time.time() + PATIENCE_SECONDS
        while not (screen := self.shell("tmux capture-pane -p -t p_x").stdout).count(":") > 3 and time.time() < until:
            time.sleep(0.2)
        self.assertIn("waiting until p_x on", screen)
        wait = wait_in(self.folder)
        self.shell("tmux kill-session -t p_x")
        while os.path.exists(f"/proc/{wait}") and time.time() < until:
            time.sleep(0.1)
        self.assertFalse(os.path.exists(f"/proc/{wait}"))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_systemd_accepts_the_unit(self):
        [unit] = self.blocks("systemd", "ini")
        name = os.path.join(self.folder, "oms-wait@p_x.service")
        with open(name, "w") as file:
            file.write(unit.replace("/usr/bin/node", shutil.which("node")))
        verified = subprocess.run(["systemd-analyze", "verify", name], capture_output=True, text=True)
        self.assertEqual((verified.returncode, verified.stderr), (0, ""))

    def test_a_job_of_cron_prints_changes_and_nothing_else(self):
        [job] = self.blocks("cron with check")
        schedule = "*/5 * * * * "
        self.assertTrue(job.startswith(schedule))
        quiet = self.shell(job.removeprefix(schedule), "sh")
        self.assertEqual((quiet.stdout, quiet.stderr), ("", ""))
        until = time.time() + PATIENCE_SECONDS
        while not (changed := self.shell(job.removeprefix(schedule), "sh")).stdout and time.time() < until:
            time.sleep(1)
        self.assertEqual(json.loads(changed.stdout)["attributes"]["from"], "INIT")


class FullDisks(unittest.TestCase):
    def test_a_result_that_cannot_be_written_is_our_own_failure(self):
        for command in (["--help"], ["simulate", "--list"]):
            with open("/dev/full", "w") as full:
                ended = subprocess.run(["node", PROGRAM, *command], env=ACCOUNT, stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(ended.returncode, 5)
            self.assertIn(b"the output cannot be written: ENOSPC", ended.stderr)

    def test_an_error_that_cannot_be_written_changes_no_exit_status(self):
        with open("/dev/full", "w") as full:
            ended = subprocess.run(["node", PROGRAM, "migrate"], env=ACCOUNT, stdout=full, stderr=full)
        self.assertEqual(ended.returncode, 2)


if __name__ == "__main__":
    # The shells inherit what ignores it here.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    unittest.main(verbosity=2)
