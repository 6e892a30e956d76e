# SPDX-License-Identifier: BSD-2-Clause
"""The command line. Commands are imported when they are called: one case on QEMU should start in no time."""

from __future__ import annotations

import importlib
import os
import sys

import click

from harness.errors import ExitCode, UserError

# name -> what `--help` says; each command is the function `command` of harness.cli.NAME
COMMANDS = {
    "run": "run cases on backends, compare, judge and report",
    "list": "list cases, testcases, topics or modes",
    "show": "one case: code, launch and final state of every backend, differences marked",
    "backends": "what can run here, in which version, and why not",
    "compare": "what was fixed and what broke between two versions",
    "get": "fetch versions of implementations to run side by side: qemu@sid, bochs@trixie, v86",
    "image": "write a bootable image of selected cases",
    "minimise": "cut a case down to what a finding needs; a report with its image, ready to file",
    "divergences": "each finding of a run on one backend, minimised and ready to file",
    "fuzz": "random testcases on a suspect, what they show minimised",
    "vectors": "take launch snapshots of selected cases; list them; write them as JSON",
    "record": "record golden records of a backend in ref-traces/",
    "verify": "replay golden records, tell what differs",
    "revoke": "mark golden records that are not to be believed",
    "merge": "put the runs of several shards together",
    "report": "show a finished run again; rewrite its TAP and JUnit files",
}

_EPILOG = """
\b
examples:
  ./ringdiff run                                   everything, on every backend found here
  ./ringdiff run syscall -b qemu -b bochs          one topic on two backends
  ./ringdiff run 'iret/*/long64/*' --cpu amd       a glob over case ids, AMD profile
  ./ringdiff run -b qemu:/opt/bin/qemu-system-x86_64,label=mine -b qemu
  ./ringdiff run --shard 1/2 --out a; ./ringdiff run --shard 2/2 --out b; ./ringdiff merge a b --out whole
  ./ringdiff get qemu@sid; ./ringdiff run -b refcore -b qemu -b qemu@sid --out new; ./ringdiff compare new qemu qemu@sid
  ./ringdiff show syscall/sysret-ss-rpl/long64/cpl0/opsize=o32,sysret_base=0x13
  ./ringdiff minimise CASE -b qemu -o bug           the smallest case, an image and a report to file
  ./ringdiff list cases iret
  ./ringdiff verify refcore-intel                  golden records, replayed on what they were recorded on

\b
filters:
  An id (topic/testcase/mode/cplN/name=value,...), a leading part of ids up to a slash, or a glob over ids.

\b
exit codes:
  0    done; every verdict is PASS, KNOWN or SKIP
  3    the command line or an input is wrong
  4    no backend is available, or one that was asked for is not
  5    output cannot be written (disk full, permission)
  10   done; a case got FAIL, CRASH, HANG, MISSING or FIXED, or is not as recorded
  130  interrupted
"""


class _Lazy(click.Group):
    """Knows its commands by name alone until one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"harness.cli.{cmd_name}")
        command = getattr(module, "command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; commands are {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command '{args[0]}'{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Lazy,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    subcommand_metavar="COMMAND ...",
    options_metavar="",
)
def group() -> None:
    """Differential conformance tests of x86 instruction semantics.

    The same bare-metal test images run on many implementations; the complete final state of every case is compared with
    the manual and between implementations. `./ringdiff COMMAND --help` tells more.
    """


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Nothing that a user can cause ends in a traceback."""
    try:
        result = group.main(arguments, prog_name="ringdiff", standalone_mode=False)
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else 0
    except UserError as error:
        _complain(str(error))
        for line in error.detail.splitlines():
            print(f"  {line}", file=sys.stderr)
        return error.exit_code
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else "ringdiff"
        _complain(f"{error.format_message().rstrip('.')}; see `./{path} --help`")
        return ExitCode.USAGE
    except click.ClickException as error:
        _complain(error.format_message())
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}")
        if error.filename is None:  # stdout itself: what is buffered cannot be written either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.SYSTEM


def _complain(message: str) -> None:
    print(f"ringdiff: error: {message}", file=sys.stderr)
