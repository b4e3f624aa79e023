"""The command line."""

import sys


def main() -> None:
    """Entry point of the `rnnchaos` command."""
    import typer

    from rnnchaos import plugins
    from rnnchaos.cli.app import add_diagnostics_from_outside, app, command_names
    from rnnchaos.cli.report import BAD_INPUT, fail
    from rnnchaos.errors import ConfigError

    try:
        words = plugins.take(sys.argv[1:])
        asks_for_help = not words or words[0].startswith("-")
        if plugins.names() if asks_for_help else words[0] not in (*command_names(), "complete"):
            add_diagnostics_from_outside()
        sys.exit(app(words or ["--help"], prog_name="rnnchaos", standalone_mode=False))
    except ConfigError as error:
        sys.exit(fail(str(error), BAD_INPUT).exit_code)
    except typer.TyperException as error:
        sys.exit(fail(error.format_message(), BAD_INPUT).exit_code)
