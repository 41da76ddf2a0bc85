import signal

import pytest

import crm

# A run in the background is started with interrupts ignored; the tests that send some are about a program that has not asked for that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def db():
    with crm.open(":memory:") as db:
        yield db
