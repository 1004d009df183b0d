#!/usr/bin/env python3
"""Writes src/origin/suffix/list.txt anew from a Public Suffix List.

    curl -O https://publicsuffix.org/list/public_suffix_list.dat
    scripts/public_suffixes.py public_suffix_list.dat

Then `cargo test --test it suffixes` tells where the `psl` crate has another list.
"""

import pathlib
import re
import sys

# The name of what all names are below. It is none of a host.
ROOT = "/"

TARGET = pathlib.Path(__file__).parent.parent / "src/origin/suffix/list.txt"

HEADER = """\
# The rules of the Public Suffix List, <https://publicsuffix.org/list/>.
# VERSION: {version}
#
# This Source Code Form is subject to the terms of the Mozilla Public
# License, v. 2.0. If a copy of the MPL was not distributed with this
# file, You can obtain one at https://mozilla.org/MPL/2.0/.
#
# Written by scripts/public_suffixes.py, without the comments of the original, and in Punycode. A line has
# a name, and each label under which a rule makes a suffix of it: "uk ac co" stands for ac.uk and co.uk.
# Behind the name "/" stand the labels at the top. Lines and labels are sorted.
# `*` stands for any label. A mark behind a label says more:
#   ~  the rule is of the list's private part
#   !  no suffix, although a `*` stands beside it
#   ?  no rule, but there are some for names below
"""


def ascii_label(label):
    """The list has its labels in the form that Punycode is made of: lower case, and composed."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def rules(text):
    """Every rule's labels from the right, and its mark."""
    part = None
    for line in text.splitlines():
        if section := re.match(r"// ===BEGIN (ICANN|PRIVATE) DOMAINS===", line):
            part = section[1]
        if not line.strip() or line.startswith("//"):
            continue
        rule = line.split()[0]
        mark = {"ICANN": "", "PRIVATE": "~"}[part]
        if rule.startswith("!"):
            rule, mark = rule[1:], "!"
        yield [ascii_label(label) for label in reversed(rule.split("."))], mark


def below(text):
    """Every name that has rules below it: the labels there, and their marks."""
    names = {}
    for labels, mark in rules(text):
        if "*" in labels[:-1] or not all(re.fullmatch(r"\*|[a-z0-9-]+", label) for label in labels):
            sys.exit(f"a rule of a form that the reader does not know: {labels}")
        name = ROOT
        for label in labels[:-1]:
            names.setdefault(name, {}).setdefault(label, "?")
            name = label if name == ROOT else f"{label}.{name}"
        names.setdefault(name, {})[labels[-1]] = mark
    return names


def main():
    text = pathlib.Path(sys.argv[1]).read_text("utf-8")
    version = re.search(r"^// VERSION: (\S+)$", text, re.MULTILINE)[1]
    lines = [
        " ".join([name, *(label + mark for label, mark in sorted(labels.items()))])
        for name, labels in sorted(below(text).items())
    ]
    TARGET.write_text(HEADER.format(version=version) + "\n" + "\n".join(lines) + "\n", "ascii", newline="\n")


if __name__ == "__main__":
    main()
