"""Signals are noted and obeyed, whatever Python is doing when they come."""

import gc
import os
import signal
import subprocess
import sys

import pytest

from rnnchaos import stopping
from rnnchaos.errors import TimeUp

KINDS = {
    signal.SIGINT: KeyboardInterrupt,
    signal.SIGTERM: KeyboardInterrupt,
    signal.SIGHUP: KeyboardInterrupt,
    signal.SIGUSR1: TimeUp,
    signal.SIGUSR2: TimeUp,
}


@pytest.fixture(autouse=True)
def handlers_are_put_back():
    before = {number: signal.getsignal(number) for number in KINDS}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests under nohup have it ignored
    stopping.begin()
    yield
    stopping._asked = None
    stopping._is_ours = False
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "error"), KINDS.items())
def test_a_signal_interrupts_at_once_or_is_deferred(number, error):
    with pytest.raises(error) as caught:
        send(number)
    assert caught.type is error
    stopping.begin()
    with stopping.deferred():
        send(number)
        assert stopping.is_asked()
    with pytest.raises(error):
        stopping.obey()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_in_a_callback_of_the_garbage_collector_is_not_lost():
    calls = []

    def callback(phase, info):
        if not calls:
            calls.append(phase)
            send(signal.SIGTERM)

    gc.callbacks.append(callback)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(callback)
    assert calls
    with pytest.raises(KeyboardInterrupt):
        stopping.obey()


def test_signals_after_the_first_are_ignored():
    with stopping.deferred():
        send(signal.SIGUSR1)
        send(signal.SIGTERM)
        send(signal.SIGHUP)
    with pytest.raises(TimeUp):
        stopping.obey()


def test_a_second_interrupt_ends_the_process_at_once():
    code = """
import os, signal
from rnnchaos import stopping
stopping.begin()
try:
    with stopping.deferred():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
except BaseException:
    print("swallowed")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert "interrupted twice, and ended at once" in done.stderr


def test_nohup_counts():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stopping.begin()
    send(signal.SIGHUP)
    with stopping.deferred():
        send(signal.SIGHUP)
    assert not stopping.is_asked()
