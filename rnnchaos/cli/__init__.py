"""The command line."""

import sys


def main() -> None:
    """Entry point of the `rnnchaos` command."""
    import typer

    from rnnchaos.cli.app import app
    from rnnchaos.cli.report import BAD_INPUT, fail

    try:
        sys.exit(app(sys.argv[1:] or ["--help"], prog_name="rnnchaos", standalone_mode=False))
    except typer.TyperException as error:
        sys.exit(fail(error.format_message(), BAD_INPUT).exit_code)
