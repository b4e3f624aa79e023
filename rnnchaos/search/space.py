"""The space that a search draws from, in Hydra's own words: choices, ranges and intervals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.settings.axes import unswept, values
from rnnchaos.settings.config_folders import ConfigFolders

_LOG = "log"
_UNEVEN = 0.618
_NOT_SEARCHED = ("outputs", "name", "ensemble.seeds")
_EXAMPLE = "protocol.tau=range(5,100) or 'optimizer.learning_rate=tag(log,interval(1e-4,1e-2))'"


class Choices(NamedTuple):
    """Values without an order, as Hydra reads them."""

    words: tuple[str, ...]

    @property
    def ends(self) -> Sequence[str]:
        """Values of which each has to be valid, the first and the last being its ends."""
        return self.words

    def word(self, drawn: Any) -> str:
        """The value of an override, from what was drawn."""
        return str(drawn)

    def drawn(self, word: str) -> Any:
        """What was drawn, from the value of an override. Raises ValueError for what cannot be."""
        return self.words[self.words.index(word)]

    def __str__(self) -> str:
        return ", ".join(self.words)


class Numbers(NamedTuple):
    """Numbers between two ends that belong to it: integers with a step where `step` is not null."""

    low: float
    high: float
    step: int | None = None
    log: bool = False

    @property
    def ends(self) -> Sequence[str]:
        # One inside as well: the ends of interval(5,100) are whole numbers, as some settings want them.
        inside = [] if self.step else [repr(self.low + (self.high - self.low) * _UNEVEN)]
        return [repr(self.low), *inside, repr(self.high)]

    def word(self, drawn: Any) -> str:
        return repr(drawn)

    def drawn(self, word: str) -> Any:
        return float(word) if self.step is None else int(word)

    def __str__(self) -> str:
        kind = "numbers" if self.step is None else "integers"
        step = f" in steps of {self.step}" if self.step not in (None, 1) else ""
        return f"{kind} from {self.low} to {self.high}{step}{', logarithmic' if self.log else ''}"


class Steps(NamedTuple):
    """Numbers one step apart. Their place is drawn, so that each is written as a plain sweep writes it."""

    values: tuple[float, ...]

    @property
    def ends(self) -> Sequence[str]:
        return [self.word(0), self.word(-1)]

    def word(self, drawn: Any) -> str:
        return repr(self.values[drawn])

    def drawn(self, word: str) -> Any:
        return [repr(value) for value in self.values].index(word)

    def __str__(self) -> str:
        return f"{len(self.values)} numbers from {self.values[0]} to {self.values[-1]}"


Dimension = Choices | Numbers | Steps


class Space(NamedTuple):
    """The overrides of a search in their order; the value of a searched one is a dimension."""

    entries: tuple[tuple[str, Dimension | None], ...]
    """A whole word for an override that stays as it is, otherwise the key of the setting."""

    @property
    def dimensions(self) -> dict[str, Dimension]:
        return {key: dimension for key, dimension in self.entries if dimension is not None}

    def words(self, drawn: Mapping[str, str]) -> list[str]:
        """All overrides, where these values were drawn."""
        return [key if of is None else f"{key}={drawn[key]}" for key, of in self.entries]

    def corners(self) -> Iterator[list[dict[str, str]]]:
        """For each choice and each end two ways to use it: beside the first ends of all others, and the last."""
        first = {key: of.ends[0] for key, of in self.dimensions.items()}
        last = {key: of.ends[-1] for key, of in self.dimensions.items()}
        for key, of in self.dimensions.items():
            for word in of.ends:
                yield [first | {key: word}, last | {key: word}]

    def to_json(self) -> dict[str, Any]:
        """In plain values: of two searches, whether they draw from the same space."""
        return {key: of._asdict() for key, of in self.dimensions.items()}


def plain(key: str) -> str:
    """A setting without the + signs by which Hydra adds one that stands in no file."""
    return key.lstrip("+")


def read_space(overrides: Sequence[Override], configs: ConfigFolders) -> Space:
    """The space that parsed overrides span.

    Raises ConfigError for a setting that cannot be searched, or for a space of one point.
    """
    entries: list[tuple[str, Dimension | None]] = []
    for override in overrides:
        key = override.get_key_element()
        if not override.is_sweep_override():
            entries.append((unswept(override), None))
        elif override.key_or_group in _NOT_SEARCHED:
            raise ConfigError(f"{override.input_line}: {override.key_or_group} cannot be searched")
        else:
            entries.append((key, _dimension(override, configs)))
    space = Space(tuple(entries))
    if not space.dimensions:
        raise ConfigError(f"a search needs a setting to vary, as in {_EXAMPLE}")
    return space


def _dimension(override: Override, configs: ConfigFolders) -> Dimension:
    value, said = override.value(), override.input_line
    tags = value.tags if isinstance(value, ChoiceSweep | RangeSweep | IntervalSweep) else set()
    for tag in sorted(tags - {_LOG}):
        raise ConfigError(f"{said}: a search knows no tag {tag!r}{did_you_mean(tag, [_LOG])} (tags: {_LOG})")
    log = _LOG in tags
    match value:
        case IntervalSweep():
            return _interval(value, log, said)
        case RangeSweep():
            return _range(value, log, said)
    if log:
        raise ConfigError(f"{said}: the tag log needs an interval or a range of integers")
    if isinstance(value, ChoiceSweep):
        value.shuffle = False  # the order has no meaning here, and would make another search of it
    return Choices(tuple(dict.fromkeys(values(override, configs))))


def _interval(value: IntervalSweep, log: bool, said: str | None) -> Numbers:
    low, high = value.start, value.end
    if low is None or high is None or not low < high:
        raise ConfigError(f"{said}: an interval must begin below its end")
    return _logarithmic(Numbers(low, high, 1 if isinstance(low, int) else None, log), said)


def _range(value: RangeSweep, log: bool, said: str | None) -> Dimension:
    numbers = value.range()
    if not isinstance(numbers, range):
        found = tuple(numbers)
        if log:
            raise ConfigError(f"{said}: the tag log needs an interval or a range of integers")
        if not found:
            raise ConfigError(f"{said}: the range is empty")
        return Steps(found)
    if not numbers:
        raise ConfigError(f"{said}: the range is empty")
    if log and abs(numbers.step) != 1:
        raise ConfigError(f"{said}: a logarithmic range must have a step of 1, got {numbers.step}")
    return _logarithmic(Numbers(min(numbers), max(numbers), abs(numbers.step), log), said)


def _logarithmic(found: Numbers, said: str | None) -> Numbers:
    if found.log and found.low <= 0:
        raise ConfigError(f"{said}: what is drawn logarithmically must begin above 0, got {found.low}")
    return found
