"""Saves as fast as it can, by one process or by many at once.

stress_writer.py PLAN, where PLAN is JSON:
  paths    the files, saved in turn
  text     what is saved: {n} stands for the number of the save, {name} for the file's stem
  first    number of the first save
  saves    how many there are
  renamed  whether each is written to a temporary file and renamed over the old one
  writers  how many processes share them
"""

import json
import os
import pathlib
import sys


def save(plan, number):
    """Does one save, in place or by a rename."""
    path = plan["paths"][number % len(plan["paths"])]
    text = plan["text"].replace("{n}", str(number)).replace("{name}", pathlib.PurePath(path).stem)
    target = f"{path}.{os.getpid()}.tmp" if plan["renamed"] else path
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(file, text.encode())
    os.close(file)
    if plan["renamed"]:
        os.rename(target, path)


def main():
    plan = json.loads(sys.argv[1])
    first, writers = plan["first"], plan["writers"]
    children = []
    for writer in range(writers):
        child = os.fork()
        if child > 0:
            children.append(child)
            continue
        for number in range(first + writer, first + plan["saves"], writers):
            save(plan, number)
        os._exit(0)
    sys.exit(any([os.waitpid(child, 0)[1] for child in children]))


main()
