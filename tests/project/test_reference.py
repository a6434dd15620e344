"""The generated pages are those of this code, and so are the migrations."""

import pytest
from django.core.management import call_command

from core.env import ROOT
from project.management.commands.export_docs import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_docs_is_what_the_code_says(name):
    assert (ROOT / "docs" / name).read_text() == PAGES[name](), "run manage.py export_docs"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
