"""Whether the files of a run are still those that it was trained on: by their content, wherever they are."""

from collections.abc import Mapping

from rnnchaos.data.series_file import SeriesFile
from rnnchaos.errors import ConfigError
from rnnchaos.paths import DATA_FILES, digest_of

_DIGITS = 12


def digests(source: object) -> dict[str, str]:
    """Of the files of a measured series by the settings that name them; of anything else none."""
    if not isinstance(source, SeriesFile):
        return {}
    named = ((setting, getattr(source, setting)) for setting in DATA_FILES)
    return {setting: digest_of(path, setting) for setting, path in named if path is not None}


def check_same(recorded: Mapping[str, str] | None, source: object, *, of: object) -> None:
    """Raise ConfigError where files are no longer those that the run `of` was trained on.

    Its network sees data in units of those: of others, all that is measured on it would be wrong.
    """
    now = digests(source) if recorded else {}
    for setting, before in (recorded or {}).items():
        if now.get(setting) != before:
            raise ConfigError(
                f"dataset.{setting}: {getattr(source, setting)} is not what {of} was trained on: sha256 "
                f"{before[:_DIGITS]} then, {now[setting][:_DIGITS]} now; bring back what it was, or train anew"
            )
