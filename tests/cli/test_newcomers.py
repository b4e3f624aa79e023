"""What newcomers type, in the words of other tools: one line that leads to the right command, and exit code 2."""

import sys

import pytest

from rnnchaos import cli

# A line, and what the answer must hold.
LINES = {
    # Names of choices, as papers and other packages write them
    "train protocol=stf": "did you mean sparse_forcing?",
    "train protocol=STF": "did you mean sparse_forcing?",
    "train protocol=GTF": "did you mean gtf?",
    "train protocol=bptt": "did you mean free?",
    "train protocol=tbptt": "did you mean truncated?",
    "train protocol=TeacherForcing": "did you mean teacher_forcing?",
    "train model=LSTM": "did you mean lstm?",
    "train model=SimpleRNN": "did you mean rnn?",
    "train model=GRUCell": "did you mean gru?",
    "train model=reservoir": "did you mean esn?",
    "train model=NVAR": "did you mean ngrc?",
    "train model=shallowPLRNN": "did you mean shplrnn?",
    "train optimizer=Adam": "did you mean adam?",
    "train dataset=lorenz": "did you mean lorenz63?",
    "train dataset=Lorenz": "did you mean lorenz63?",
    "train dataset=rössler": "did you mean rossler?",
    "train dataset=ro\u0308ssler": "did you mean rossler?",
    "train dataset=roessler": "did you mean rossler?",
    "train dataset=MackeyGlass": "did you mean mackey_glass?",
    "train dataset=DoublePendulum": "did you mean double_pendulum?",
    "train dataset=KS": "did you mean kuramoto_sivashinsky?",
    "train dataset=standardmap": "did you mean standard_map?",
    "train dataset=my.csv": "write dataset=file dataset.path=my.csv",
    "lyapunov dataset=Lorenz96": "did you mean lorenz96?",
    # Numbers of options
    "watch --port 80000": "--port must be at most 65535, got 80000",
    "watch --port=-1": "--port must be at least 0, got -1",
    "watch --port abc": "--port must be a whole number, got abc",
    # Names of settings
    "train epochs=10": "did you mean training.num_steps?",
    "train training.epochs=10": "did you mean training.num_steps?",
    "train trainer.max_epochs=10": "did you mean training.num_steps?",
    "train lr=0.1": "did you mean optimizer.learning_rate?",
    "train restarts=5": "did you mean training.attempts?",
    "train batch=4": "did you mean training.batch_size?",
    "train hidden=4": "did you mean model.hidden_size?",
    "train units=4": "did you mean model.hidden_size?",
    "train seq_len=50": "did you mean training.window?",
    "train Ttr=100": "did you mean dataset.transient?",
    "train τ=30": "write protocol.tau=30",
    "train Δt=0.1": "write dataset.dt=0.1",
    "train data=Rössler": "write dataset=rossler",
    "train model.name=LSTM": "write model=lstm",
    "train model.spectral_radius=0.9": "it is one of model=esn",
    "train dropout=0.1": "protocol.input_noise",
    "train device=gpu": "JAX_PLATFORMS=cpu",
    # Values
    "train precision=double": "did you mean float64?",
    "train model.activation=SiLU": "did you mean silu?",
    "train dataset.axes=None": "did you mean null?",
    "train seed=range(5)": "add -m",
    # Options where settings stand
    "train --epochs 10": "training.num_steps=10",
    "train --dataset=lorenz63": "have no dashes: dataset=lorenz63",
    "train --dataset Lorenz": "have no dashes: dataset=lorenz63",
    "train --lr 0.01": "optimizer.learning_rate=0.01",
    "train -lr 0.01": "optimizer.learning_rate=0.01",
    "train -model LSTM": "have no dashes: model=lstm",
    "train --batch-size 16": "training.batch_size=16",
    "train --hidden_size 16": "model.hidden_size=16",
    "train --output-dir x": "outputs=x",
    "train --gpus 1": "JAX_PLATFORMS=cpu",
    "train --multi_run seed=1,2": "did you mean --multirun?",
    "train --config-name config": "configs: judge, source, train, weights",
    "train --resume x": "rnnchaos resume RUN",
    # Words alone
    "train lorenz63": "write dataset=lorenz63",
    "train Rössler": "write dataset=rossler",
    "train lstm": "write model=lstm",
    "train my.csv": "write dataset=file dataset.path=my.csv",
    "train jerk.yaml": "write dataset=equations dataset.path=jerk.yaml",
    "train seed 3": "write seed=3",
    "train seed = 3": "no blanks around the =",
    "lyapunov Lorenz63": "dataset=lorenz63",
    "lyapunov x.csv": "dataset=file dataset.path=x.csv",
    # Hydra's
    "train hydra/sweeper=optuna": "add -m",
    "train hydra.run.dir=x": "outputs=FOLDER",
    # Commands
    "trian": "did you mean rnnchaos train?",
    "fit": "did you mean rnnchaos train?",
    "eval": "did you mean rnnchaos evaluate?",
    "predict": "did you mean rnnchaos forecast?",
    "lyapunovspectrum": "did you mean rnnchaos lyapunov?",
    "orbitdiagram": "did you mean rnnchaos bifurcation?",
    "ls": "did you mean rnnchaos runs?",
    "help": "rnnchaos --help",
    "lorenz63": "rnnchaos train dataset=lorenz63",
    "model=lstm": "rnnchaos train model=lstm",
    "--epochs 10": "rnnchaos train training.num_steps=10",
    "sweep": "rnnchaos sweep status SWEEP",
    "sweep seed=1,2": "rnnchaos train -m seed=1,2",
    "gradients": "rnnchaos gradients outputs/NAME/v0001",
    "resume": "rnnchaos resume outputs/NAME/v0001",
    "export x": "--to torch",
    "export x --to pytorch": "did you mean torch?",
    "systems Roessler": "did you mean rossler?",
}


def test_there_are_sixty():
    assert len(LINES) >= 60


@pytest.mark.parametrize("line", LINES)
def test_one_line_leads_to_the_right_command(line, monkeypatch, capfd, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["rnnchaos", *line.split()])
    try:
        code = cli._run()
    except SystemExit as ended:
        code = ended.code
    out, err = capfd.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert LINES[line] in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("outputs", "said"),
    [("/proc/x", "No such file or directory"), ("file", "a file stands where a folder belongs")],
)
def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    outputs, said, monkeypatch, capfd, tmp_path
):
    def work(*_):
        raise AssertionError

    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("rnnchaos.trainings.running.prepare_experiment", work)
    monkeypatch.setattr(sys, "argv", ["rnnchaos", "train", "experiment=smoke", f"outputs={outputs}"])
    try:
        code = cli._run()
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert said in capfd.readouterr().err
