"""Every kind of bad input gives one line that names the setting, its bound or the nearest choice."""

import re

import pytest

from rnnchaos.cli import jobs
from rnnchaos.errors import ConfigError
from rnnchaos.settings import checks
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.schema import Settings

SEEN: list[Settings] = []
MODELS = ", ".join(ConfigFolders((builtin_folder(),)).choices("model"))
EXPERIMENTS = ", ".join(ConfigFolders((builtin_folder(),)).choices("experiment"))
TAU = 'protocol.tau must be a whole number, "auto", "mutual_information" or "autocorrelation"'


def job(config) -> None:
    settings = read_settings(config)
    checks.check(settings)
    SEEN.append(settings)


def message(*words: str) -> str:
    """What is wrong with a command line; also that it is one line and that no job saw the settings."""
    SEEN.clear()
    with pytest.raises(ConfigError) as caught:
        jobs.run(job, words, config_name="train")
    assert SEEN == []
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    """And nothing may have been written in it, for every input is bad."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert [path.name for path in tmp_path.iterdir() if path.name != "mine"] == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("model=ltsm", f"model=ltsm: no such model; did you mean lstm? (choices: {MODELS})"),
        ("model=zzz", f"model=zzz: no such model (choices: {MODELS})"),
        ("model=3", f"model=3: no such model (choices: {MODELS})"),
        ("model=null", f"model=null: no such model (choices: {MODELS})"),
        ("model=", f"model=: no such model (choices: {MODELS})"),
        (
            "experiment=paper/lorenz",
            "experiment=paper/lorenz: no such experiment; did you mean paper_lorenz? "
            f"(choices: {EXPERIMENTS})",
        ),
        ("~model", "model must be given"),
        ("+experiment=smoke", "experiment is chosen twice; write experiment=... once, without a +"),
    ],
)
def test_a_choice_that_does_not_exist(word, expected):
    assert message(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("protocol.tua=30", "protocol.tua is not a setting; did you mean protocol.tau?"),
        ("modle=lstm", "modle is not a setting; did you mean model?"),
        ("dataset.system.rho=38", "dataset.system.rho is not a setting; did you mean dataset.rho?"),
        ("learning_rate=0.1", "learning_rate is not a setting; did you mean optimizer.learning_rate?"),
        ("lerning_rate=0.1", "lerning_rate is not a setting; did you mean optimizer.learning_rate?"),
        ("dataset.size=5", "dataset.size is not a setting of dataset=lorenz63"),
        (
            "optimizer.momentum=0.9",
            "optimizer.momentum is not a setting of optax.adamw, which auto stands for unless it is gauss_newton",
        ),
        (
            "optimizer.weight_dekay=0.9",
            "optimizer.weight_dekay is not a setting; did you mean optimizer.weight_decay?",
        ),
        (
            "optimizer.lerning_rate=0.1",
            "optimizer.lerning_rate is not a setting; did you mean optimizer.learning_rate?",
        ),
        (
            "optimizer.schedule_options.exponnt=2",
            "optimizer.schedule_options.exponnt is not a setting; did you mean optimizer.schedule_options.exponent?",
        ),
        (
            "optimizer.schedule_options.init_value=2",
            "optimizer.schedule_options.init_value is set by optimizer.learning_rate",
        ),
        (
            "optimizer.schedule_options.alpha=0",
            "optimizer.schedule_options.alpha is set by optimizer.final_learning_rate",
        ),
        ("protocol.tau.steps=3", "protocol.tau.steps is not a setting"),
        ("qwertz=1", "qwertz is not a setting"),
        ("+protocol.tua=1", "protocol.tua is not a setting; did you mean protocol.tau?"),
        ("+diagnostics.lyapunov.blocks=1", "diagnostics.lyapunov.blocks is not a setting"),
        ("+traning.window=1", "traning is not a setting; did you mean training?"),
        ("~training.windw", "training.windw is not a setting; did you mean training.window?"),
    ],
)
def test_a_setting_that_does_not_exist(word, expected):
    assert message(word).startswith(expected)


def test_keys_of_the_choices_made_on_the_line_count():
    expected = "optimizer.momentu is not a setting; did you mean optimizer.momentum?"
    assert message("optimizer=sgd", "optimizer.momentu=0.5") == expected
    assert message("protocol=free", "protocol.tau=3").startswith(
        "protocol.tau is not a setting of protocol=free; it is one of protocol=composed, protocol=random_forcing, "
    )
    expected = "protocol.tau is not a setting of rnnchaos.protocols.FreeRunning"
    assert message("experiment=paper_lorenz", "protocol=free") == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("protocol.tau=abc", f"{TAU}, got 'abc'"),
        ("protocol.tau=2.5", f"{TAU}, got 2.5"),
        ("protocol.tau=null", f"{TAU}, got null"),
        ("protocol.tau=true", f"{TAU}, got true"),
        ("seed=one", "seed must be a whole number, got 'one'"),
        ("dataset.rho=big", "dataset.rho must be a number, got 'big'"),
        ("dataset.rho=inf", "dataset.rho must be a number, got inf"),
        ("diagnostics.figures=1", 'diagnostics.figures must be true or false or "full", got 1'),
        (
            "precision=float16",
            'precision must be "auto", "float32" or "float64", got \'float16\'; did you mean float32?',
        ),
        ("model.observation=full", 'model.observation must be "auto", "linear" or "identity", got \'full\''),
        ("dataset.axes=[x,2]", "dataset.axes must be a list of whole numbers or null, got ['x', 2]"),
        ("dataset.axes=2", "dataset.axes must be a list of whole numbers or null, got 2"),
        ("name=1.5", "name must be text, got 1.5"),
        ("training=3", "training must be a group of settings (training.name=value), got 3"),
        (
            "optimizer.name=adamm",
            "optimizer.name must be an optimiser of optax, gauss_newton or auto, got 'adamm'; did you mean adam?",
        ),
        (
            "optimizer.name=qwertz",
            "optimizer.name must be an optimiser of optax, gauss_newton or auto, got 'qwertz'",
        ),
        ("optimizer.name=null", "optimizer.name must be text, got null"),
        (
            "optimizer.schedule=cosin",
            "optimizer.schedule must be a schedule of optax, got 'cosin'; did you mean cosine?",
        ),
        ("optimizer.b1=big", "optimizer.b1 must be a number, got 'big'"),
        ("optimizer.b1.c=0.1", "optimizer.b1 must be a number, got {'c': 0.1}"),
        ("optimizer.nesterov=1", "optimizer.nesterov must be true or false, got 1"),
        (
            "optimizer.schedule_options.exponent=[2]",
            "optimizer.schedule_options.exponent must be a number, got [2]",
        ),
        (
            "optimizer.schedule_options=3",
            "optimizer.schedule_options must be a mapping of names to values, got 3",
        ),
    ],
)
def test_a_value_of_the_wrong_kind(word, expected):
    assert message(word) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["protocol.tau=0"], "protocol.tau must be at least 1 step, got 0"),
        (
            ["protocol.tau=300", "training.window=200"],
            "protocol.tau must be at most training.window (200 steps), got 300; protocol=free trains without forcing",
        ),
        (["training.window=0"], "training.window must be at least 1 step, got 0"),
        (
            ["training.window=300", "dataset.train_length=200"],
            "training.window must be less than dataset.train_length (200 steps), got 300",
        ),
        (["training.num_steps=0"], "training.num_steps must be at least 1 step, got 0"),
        (["training.batch_size=-2"], "training.batch_size must be at least 1 window, got -2"),
        (
            ["model.observation=identity", "model.hidden_size=2"],
            "model.hidden_size must be at least the 3 observed dimensions, got 2; "
            "model.observation=linear takes fewer units than dimensions",
        ),
        (
            [
                "model.observation=identity",
                "model.hidden_size=3",
                "dataset.axes=[0,1]",
                "dataset.embedding_dimension=2",
            ],
            "model.hidden_size must be at least the 4 observed dimensions, got 3; "
            "model.observation=linear takes fewer units than dimensions",
        ),
        (
            ["model=esn", "model.hidden_size=2", "model.degree=1"],
            "model.hidden_size must be at least the 3 observed dimensions, got 2",
        ),
        (
            ["model=esn", "model.hidden_size=5"],
            "model.degree must be at most hidden_size (5 units), got 10",
        ),
        (["dataset.dt=0"], "dataset.dt must be greater than 0 time units, got 0.0"),
        (["optimizer.learning_rate=0"], "optimizer.learning_rate must be greater than 0, got 0"),
        (["training.error_growth=1"], "training.error_growth must be greater than 1, got 1"),
        (["optimizer.clip_norm=-1"], "optimizer.clip_norm must be greater than 0, got -1"),
        (
            ["optimizer=sgd", "optimizer.momentum=1"],
            "optimizer.momentum must be at least 0 and less than 1, got 1.0",
        ),
        (
            ["optimizer=adam", "+optimizer.momentum=0.5"],
            "optimizer.momentum is not a setting of optax.adam: optimizer=sgd optimizer.momentum=0.9 has momentum",
        ),
        (
            ["optimizer=adam", "optimizer.schedule=exponential"],
            "optimizer.final_learning_rate must be given with optimizer.schedule=exponential",
        ),
        (
            ["optimizer=adam", "optimizer.schedule=polynomial", "optimizer.final_learning_rate=1e-5"],
            "optimizer.schedule_options.power must be given: a number",
        ),
        (
            [
                "optimizer=adam",
                "optimizer.schedule=piecewise_constant",
                "optimizer.schedule_options.boundaries_and_scales={a:1}",
            ],
            "optimizer.schedule_options.boundaries_and_scales must be a mapping of whole numbers to numbers or null, "
            "got {'a': 1}",
        ),
        (
            [
                "optimizer=adam",
                "optimizer.schedule=piecewise_constant",
                "optimizer.schedule_options.boundaries_and_scales={10:-1}",
            ],
            "optimizer.schedule=piecewise_constant: optax says: `piecewise_constant_schedule` expects non-negative "
            "scale factors",
        ),
        (
            [
                "optimizer=adam",
                "optimizer.schedule=piecewise_constant",
                "optimizer.schedule_options.boundaries_and_scales={100:0.1,500:0.1}",
                "training.num_steps=500",
            ],
            "optimizer.schedule_options.boundaries_and_scales must be steps below training.num_steps (500 steps), "
            "got 500",
        ),
        (
            [
                "optimizer=adam",
                "optimizer.schedule=exponential",
                "optimizer.schedule_options={decay_rate:0.5,transition_begin:90}",
                "optimizer.warmup_steps=20",
                "training.num_steps=100",
            ],
            "optimizer.schedule_options.transition_begin must be steps below training.num_steps - "
            "optimizer.warmup_steps (80 steps), got 90",
        ),
        (["optimizer=optax"], "optimizer.name must be given, as in optimizer.name=value"),
        (
            ["optimizer=optax", "optimizer.name=rprop", "optimizer.warmup_steps=5"],
            "optimizer.schedule must be constant, without a warm-up, for rprop",
        ),
        (
            ["optimizer=adam", "optimizer.final_learning_rate=1e-5"],
            "optimizer.final_learning_rate cannot be set with optimizer.schedule=constant",
        ),
        (
            ["optimizer.warmup_steps=10", "training.num_steps=10"],
            "optimizer.warmup_steps must be less than training.num_steps (10 steps), got 10",
        ),
        (["seed=-1"], "seed must be from 0 to 4294967295, got -1"),
        (["name=a/b"], "name must be a folder name of letters, digits and _ . = + , -, got 'a/b'"),
        (["name=.."], "name must be a folder name of letters, digits and _ . = + , -, got '..'"),
        (
            ["diagnostics.lyapunov.num_blocks=1"],
            "diagnostics.lyapunov.num_blocks must be at least 4 blocks, got 1",
        ),
        (
            ["diagnostics.lyapunov.num_steps=5", "diagnostics.lyapunov.num_blocks=6"],
            "diagnostics.lyapunov.num_steps must be at least 6 steps, got 5",
        ),
        (
            ["diagnostics.prediction.n=1600"],
            "diagnostics.prediction.n must be at most horizon (1000 steps), got 1600",
        ),
        (
            ["diagnostics.prediction.threshold=0"],
            "diagnostics.prediction.threshold must be greater than 0, got 0",
        ),
    ],
)
def test_a_value_out_of_bounds(words, expected):
    assert message(*words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["outputs=${oc.env:RNNCHAOS_UNSET}"], "outputs: the environment variable RNNCHAOS_UNSET is not set"),
        (["name=${nmae}"], "name refers to nmae, which is not a setting"),
        (["dataset=file"], "dataset.path must be given, as in dataset.path=value"),
        (
            ["dataset.whole=true"],
            "dataset.whole must be false for Lorenz63, got true; it is for files: others have new data to be judged on",
        ),
        (
            ["dataset=file", "dataset.path=a.csv", "dataset.whole=true", "dataset.test_length=10"],
            "dataset.test_length must be null with whole=true, got 10",
        ),
        (["dataset=file", "name=${dataset.path}"], "dataset.path must be given, as in dataset.path=value"),
        (
            ["foo"],
            "cannot read 'foo': an override is written setting=value; "
            "rnnchaos train --help lists groups, choices and settings",
        ),
        (["dataset.axes=[1,"], "cannot read 'dataset.axes=[1,': an override is written setting=value"),
        (
            ["diagnostics.figures=["],
            "cannot read 'diagnostics.figures=[': an override is written setting=value",
        ),
        (["dataset.rho=${x"], "cannot read 'dataset.rho=${x': an override is written setting=value"),
        (["model=lstm,gru"], "model=lstm,gru gives several values; add -m to run one job for each"),
        (
            ["dataset.axes=1,2"],
            "dataset.axes=1,2 gives several values; add -m to run one job for each, "
            "or write dataset.axes=[...] for a list",
        ),
        (["--bogus"], "--bogus is not an option; settings have no dashes, as in seed=3"),
        (["--multi-run"], "--multi-run is not an option; did you mean --multirun?"),
        (["--experimental-rerun=x"], "--experimental-rerun is not supported: it would unpickle a file"),
    ],
)
def test_words_that_cannot_be_read(words, expected):
    assert message(*words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["--config-path", "x"],
            "--config-path is not supported: --config-dir adds a folder to the built-in ones",
        ),
        (["-m", "--cfg", "job"], "--cfg and --info show the config of one job; leave out -m"),
        (["--cfg", "job", "-p", "protocl"], "--package: there is no protocl in the config"),
        (["-m", "hydra.launcher.n_jobs=1,2"], "hydra.launcher.n_jobs=1,2: settings of hydra cannot be swept"),
        (
            ["-m", "hydra/launcher=slurm"],
            "hydra/launcher=slurm has no meaning here: only rnnchaos train -m launches",
        ),
        (["-m", "model=lstm,grü"], "model=grü: no such model; did you mean gru?"),
        (["-m", "seed=1,2", "dataset=file"], "seed=1 dataset=file: dataset.path must be given"),
    ],
)
def test_flags_that_have_no_meaning(words, expected):
    assert message(*words).startswith(expected)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("hydra/launcher=basic", "hydra/launcher must be local or slurm to train cells, got BasicLauncher"),
        ("hydra/sweeper=basic", "hydra/sweeper must be cells or optuna, got BasicSweeper"),
        ("hydra/launcher=joblib", "hydra/launcher=joblib: no such hydra/launcher"),
        (
            "hydra.launcher.n_job=2",
            "hydra.launcher.n_job is not a setting; did you mean hydra.launcher.n_jobs?",
        ),
    ],
)
def test_launchers_and_sweepers_are_ours(word, expected):
    with pytest.raises(ConfigError, match=re.escape(expected)):
        jobs.run(jobs.train, ["-m", "seed=1,2", word], config_name="train")


def test_a_bad_argument_of_a_hydra_flag():
    assert message("--cfg", "jib").startswith("argument --cfg/-c: invalid choice: 'jib'")
    assert message("--config-dir", "nowhere").startswith("--config-dir: there is no folder nowhere")


@pytest.mark.parametrize(
    "target", ["os.system", "rnnchaos.cli.main", "rnnchaos.systems.AbstractFlow", "rnnchaos.models.LSTM", "3"]
)
def test_a_target_outside_the_group(target):
    expected = "dataset._target_ must be a dataset class of rnnchaos.systems or rnnchaos.data or "
    assert message(f"dataset._target_={target}").startswith(expected)


def test_a_misspelt_target():
    assert message("dataset._target_=rnnchaos.systems.Lorens63").endswith("mean rnnchaos.systems.Lorenz63?")


def test_a_broken_file_of_the_user(in_an_empty_folder):
    folder = in_an_empty_folder / "mine" / "dataset"
    folder.mkdir(parents=True)
    (folder / "broken.yaml").write_text("a: [1\nb: 2\n")
    (folder / "untyped.yaml").write_text("rho: 3\n")
    said = message("--config-dir", "mine", "dataset=broken")
    assert "dataset" in said
    assert "broken.yaml" in said
    expected = "dataset._target_ must be given: the class that dataset stands for"
    assert message("--config-dir", "mine", "dataset=untyped") == expected
    said = message("--config-dir", "mine", "dataset=untypt")
    assert said.startswith("dataset=untypt: no such dataset; did you mean untyped? (one of ")


def test_a_sweep_is_composed_as_a_whole_before_its_first_job():
    # The second job is wrong, so the first must not run either.
    assert message("-m", "model=gru,ltsm").startswith("model=ltsm: no such model")
