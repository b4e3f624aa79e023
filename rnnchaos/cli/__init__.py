"""The command line."""

import gc
import sys


def main() -> None:
    """Entry point of the `rnnchaos` command."""
    from rnnchaos.cli.streams import Streams

    # Imports and traced programs make hundreds of thousands of objects that stay: few of them are looked through.
    gc.set_threshold(50_000, 20, 100)
    with Streams() as streams:
        code = streams.exit_code(_run())
    sys.exit(code)


def _run() -> int:
    """The exit code of the command."""
    import typer

    from rnnchaos import plugins
    from rnnchaos.cli.app import (
        add_diagnostics_from_outside,
        app,
        check_command,
        command_names,
        in_our_words,
    )
    from rnnchaos.cli.report import BAD_INPUT, INTERRUPTED, fail
    from rnnchaos.errors import ConfigError

    try:
        words = plugins.take(sys.argv[1:])
        if "--version" in words:
            words = ["--version"]
        asks_for_help = not words or words[0].startswith("-")
        if plugins.names() if asks_for_help else words[0] not in (*command_names(), "complete"):
            add_diagnostics_from_outside()
        check_command(words)
        return app(words or ["--help"], prog_name="rnnchaos", standalone_mode=False) or 0
    except ConfigError as error:
        return fail(str(error), BAD_INPUT).exit_code
    except typer.TyperException as error:
        return fail(in_our_words(error.format_message(), words), BAD_INPUT).exit_code
    except (KeyboardInterrupt, typer.Abort):
        return fail("interrupted", INTERRUPTED).exit_code
