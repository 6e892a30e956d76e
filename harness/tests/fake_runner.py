#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A guest that runs nothing: it emits the frames a kit would, and misbehaves as `--opt behave=` says.

The image is a JSON file (see test_supervise.py). In each record the final state holds the ordinal, so that a test can
tell a true record from any other. `--opt state=FILE` counts boots across processes.
"""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))
from harness import record  # noqa: E402

options = {}
arguments = {}
words = iter(sys.argv[2:])
for word in words:
    if word == "--opt":
        key, _, value = next(words).partition("=")
        options[key] = value
    else:
        arguments[word] = next(words)
if sys.argv[1] == "probe":
    print(json.dumps({"available": True, "version": "1.0"}))
    sys.exit(0)

with open(arguments["--image"], encoding="utf-8") as file:
    image = json.load(file)
behave, _, at_text = options.get("behave", "well").partition("@")
at = int(at_text or -1)
boots = 0
if "state" in options:
    with open(options["state"], "a+", encoding="ascii") as file:
        file.seek(0)
        boots = len(file.read())
        file.write(".")
stream = open(arguments["--stream"], "ab", buffering=0)
pause = float(options.get("pause", "0"))
seq = 0
whole = bytearray()


def emit(encode, *arguments, **keywords):
    global seq
    data = encode(seq, *arguments, **keywords)
    seq += 1
    if behave == "flip" and seq % at == 0:
        data = data[:-6] + bytes([data[-6] ^ 0x10]) + data[-5:]
    if behave == "noise":
        data = b"\xf5RD1 banner " + data
    if behave == "truncate":
        whole.extend(data)
    else:
        stream.write(data)


def die(code):
    print(f"fake: {behave}", file=sys.stderr, flush=True)
    if behave == "orphan":
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
    os._exit(code)


if behave == "silent":
    sys.exit(0)
if behave == "refuse":
    die(43)
if behave == "unavailable":
    die(44)
build = image["build_id"] ^ (behave == "stale")
emit(record.encode_hello, home=32, build_id=build, cases=len(image["cases"]), start=image["start"])
emit(record.encode_fields, record.Layout([(0, 16384, "arena"), (16384, 1, "rax")]))
emit(record.encode_baseline, 1, [(16384, 7)], 4)
careful = image["careful"]
end = min(image["start"] + image["count"], len(image["cases"]))
ran = 0
for ordinal in range(image["start"], end):
    if ordinal in image["skip"]:
        continue
    if behave == "partial" and ran == at:
        emit(record.encode_verified, ordinal)
        emit(record.encode_bye, 1, ordinal, ran)
        sys.exit(40)
    key, index = image["cases"][ordinal]
    emit(record.encode_case_begin, key, index, ordinal)
    if ordinal == at:
        if behave == "hang":
            time.sleep(600)
        elif behave == "shutdown":
            die(41)
        elif behave in ("die", "orphan"):
            die(43)
        elif behave == "strange":
            die(1)
        elif behave == "reset":
            seq = 0
            emit(record.encode_hello, home=32, build_id=build, cases=1, start=image["start"])
            time.sleep(600)
        elif behave == "flood":
            while True:
                stream.write(b"flood " * 20000)
        elif behave == "noisy":
            while True:
                sys.stderr.write("error: noisy\n" * 20000)
        elif behave == "killed" and boots == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        elif behave == "eat":
            hoard = [bytearray(1 << 26) for _ in range(1 << 20)]
        elif behave == "lie":
            emit(record.encode_bye, 0, end, end - image["start"])
            sys.exit(40)
        elif behave == "give-up":
            emit(record.encode_note, key, index, 3)
            emit(record.encode_bye, 2, ordinal, ran)
            sys.exit(40)
    time.sleep(pause)
    emit(record.encode_record, key, index, 1, [(16384, 0)], [(16384, ordinal)], 4)
    ran += 1
    if careful or ordinal % 32 == 31:
        emit(record.encode_verified, ordinal + 1)
emit(record.encode_verified, end)
emit(record.encode_bye, 0, end, ran)
if behave == "truncate":
    stream.write(whole[: max(0, len(whole) - at)])
sys.exit(40)
