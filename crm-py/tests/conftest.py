import pytest

import crm


@pytest.fixture
def db():
    with crm.open(":memory:") as db:
        yield db
