"""Fixtures that every test may ask for."""

import shutil
from datetime import datetime

import pytest
from django.conf import settings

from center.opening import TOKYO
from config.tree import Tree, build_tree


def pytest_unconfigure(config) -> None:
    """Throw away the folder that the run's media and private files went to."""
    shutil.rmtree(settings.TEST_ROOT, ignore_errors=True)


@pytest.fixture
def tree(db) -> Tree:
    """The site: home and one page of each list, published."""
    return build_tree(hostname="testserver")


@pytest.fixture
def tokyo():
    """Make an aware moment in Tokyo: tokyo(2026, 11, 18, 9)."""

    def make(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=TOKYO)

    return make


@pytest.fixture
def staff(db, django_user_model):
    """A member of staff who may do everything."""
    return django_user_model.objects.create_superuser(
        username="hanako",
        email="hanako@assist-park.example",
        password="himitsu-no-kotoba",
        last_name="見本",
        first_name="花子",
    )
