"""The command line."""

import sys


def main() -> None:
    """Entry point of the `rnnchaos` command."""
    import typer

    from rnnchaos import plugins
    from rnnchaos.cli.app import app
    from rnnchaos.cli.report import BAD_INPUT, fail
    from rnnchaos.errors import ConfigError

    try:
        words = plugins.take(sys.argv[1:])
        sys.exit(app(words or ["--help"], prog_name="rnnchaos", standalone_mode=False))
    except ConfigError as error:
        sys.exit(fail(str(error), BAD_INPUT).exit_code)
    except typer.TyperException as error:
        sys.exit(fail(error.format_message(), BAD_INPUT).exit_code)
