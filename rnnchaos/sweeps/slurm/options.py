"""What is asked of Slurm for the jobs of a sweep."""

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Gt

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.nearest import did_you_mean
from rnnchaos.setting import Count, Positive, SettingError, Unit, at_home, check_fields, within
from rnnchaos.settings.coerce import arguments, parameters

_PREFIX = "hydra.launcher"
_TEXTS = ("partition", "account", "qos", "constraint")
_SHELL = ("setup", "python", "additional_parameters")
_OPTION = re.compile(r"[A-Za-z][\w-]*")


def check_plain(name: str, value: Any) -> None:
    """Raise SettingError where a text would be more than one line of a job script, or act on a terminal."""
    text = str(value)
    if one_line(text) != text.replace("\t", " "):
        raise SettingError(name, "be one line without control characters", one_line(text))


@dataclass(frozen=True)
class SlurmOptions:
    """The settings of configs/hydra/launcher/slurm.yaml; what is None is left to the cluster's own default."""

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    constraint: str | None = None
    """Features that a node must have, as in "skylake&ib"."""
    timeout_min: Annotated[int, Ge(1), Unit("minute")] = 60
    """Limit of a job; before it the training is saved and the job requeued."""
    cpus_per_task: Count = 1
    """A network of the default size keeps one core busy."""
    gpus_per_node: Annotated[int, Ge(0)] | None = None
    mem_gb: Positive | None = None
    """Of a job."""
    array_parallelism: Count = 256
    """Jobs that run at a time."""
    cells_per_job: Count = 1
    """Trained one after the other; on a GPU those alike but for their seeds in one program."""
    max_jobs: Count = 1000
    """Where the cells would make more, each job gets more cells; the cluster's MaxArraySize - 1."""
    max_requeues: Annotated[int, Ge(0)] = 50
    """How often one job goes back into the queue."""
    signal_delay_s: Annotated[int, Ge(0), Unit("second")] = 120
    """Seconds before the limit at which to save; Slurm may be up to 60 s early."""
    setup: tuple[str, ...] = ()
    """Lines of shell that run first on the node."""
    python: str | None = None
    """Command that starts Python on the node, word by word, without a shell; None takes the one that runs this."""
    additional_parameters: Mapping[str, Any] = field(default_factory=dict)
    """Other options of sbatch by name."""
    poll_s: Annotated[float, Gt(0), Unit("second")] = 10.0
    """Seconds between two looks at the queue."""

    def __post_init__(self) -> None:
        check_fields(self)
        if self.signal_delay_s >= 60 * self.timeout_min:
            raise SettingError(
                "signal_delay_s",
                f"be below the limit of a job ({60 * self.timeout_min} s)",
                self.signal_delay_s,
            )
        for name in (*_TEXTS, "python"):
            check_plain(name, getattr(self, name))
        for line in self.setup:
            check_plain("setup", line)
        for name, value in self.additional_parameters.items():
            if not _OPTION.fullmatch(str(name)) or isinstance(value, Mapping | list | tuple):
                raise SettingError(
                    "additional_parameters", "give a text or a number for each option", {name: value}
                )
            check_plain(f"additional_parameters.{name}", value)
        self.quoted_python  # noqa: B018  said now where it is no command

    @classmethod
    def read(cls, node: Mapping[str, Any]) -> "SlurmOptions":
        """From plain values, as Hydra or a submission has them. Raises ConfigError for a bad one."""
        values = arguments(node, parameters(cls), _PREFIX, owner="hydra/launcher=slurm")
        with within(_PREFIX):
            return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for `read`."""
        return dataclasses.asdict(self)

    @property
    def quoted_python(self) -> str | None:
        """`python` as a shell takes it, each word by itself."""
        if self.python is None:
            return None
        try:
            words = shlex.split(self.python)
        except ValueError as error:
            raise SettingError("python", "be a command", self.python, hint=str(error)) from None
        return shlex.join(str(at_home(word)) for word in words)

    def words(self) -> list[str]:
        """What to type for the same jobs. Shell is not repeated: a folder may come from anyone."""
        plain = dataclasses.asdict(SlurmOptions())
        return [
            f"{_PREFIX}.{name}=…" if name in _SHELL else shlex.quote(f"{_PREFIX}.{name}={value}")
            for name, value in self.to_json().items()
            if value != plain[name]
        ]

    @property
    def has_gpu(self) -> bool:
        asked = " ".join(str(name) for name in self.additional_parameters)
        return bool(self.gpus_per_node) or re.search(r"\bgpus|\bgres", asked) is not None

    def check_cluster(self) -> None:
        """Raise ConfigError where there is no Slurm, or it has no such partition."""
        if shutil.which("sbatch") is None:
            raise ConfigError(
                "hydra/launcher=slurm: there is no sbatch on the PATH; is this a Slurm cluster?"
            )
        try:
            known = query("sinfo", "--noheader", "--format=%R").split()
        except subprocess.SubprocessError as error:
            raise ConfigError(f"hydra/launcher=slurm: Slurm does not answer: {said(error)}") from error
        for name in (self.partition or "").split(","):
            if name and name not in known:
                raise ConfigError(
                    f"{_PREFIX}.partition={name}: no such partition{did_you_mean(name, known)} "
                    f"(partitions: {', '.join(sorted(set(known)))})"
                )

    def for_submitit(self, name: str, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
        """The parameters of submitit's executor, named as it names them."""
        asked = {
            "name": name,
            "timeout_min": self.timeout_min,
            "cpus_per_task": self.cpus_per_task,
            "gpus_per_node": self.gpus_per_node,
            "mem_gb": self.mem_gb,
            "slurm_partition": self.partition,
            "slurm_account": self.account,
            "slurm_qos": self.qos,
            "slurm_constraint": self.constraint,
            "slurm_array_parallelism": self.array_parallelism,
            "slurm_signal_delay_s": self.signal_delay_s,
            "slurm_srun_args": [f"--cpus-per-task={self.cpus_per_task}"],  # srun does not take it from sbatch
            "slurm_setup": [*self.setup, *_exports(environment)],
            "slurm_additional_parameters": {"requeue": True} | dict(self.additional_parameters),
        }
        return {key: value for key, value in asked.items() if value is not None}


# What the command line has set for JAX and the numerical libraries, and the plugins that the user has named; sbatch may
# be told to hand on nothing.
_HANDED_ON = re.compile(rf"(JAX|XLA)_\w+|\w+_NUM_THREADS|XDG_CACHE_HOME|{plugins.VARIABLE}")


def _exports(environment: Mapping[str, str]) -> list[str]:
    return [
        f"export {name}={shlex.quote(value)}"
        for name, value in sorted(environment.items())
        if _HANDED_ON.fullmatch(name)
    ]


def query(*command: str) -> str:
    """What a command of Slurm prints. Raises subprocess.SubprocessError where it fails or does not answer."""
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def said(error: subprocess.SubprocessError) -> str:
    """What a failed command has said of the reason, in one line."""
    text = getattr(error, "stderr", None) or str(error)
    return " ".join(text.split()) or type(error).__name__
