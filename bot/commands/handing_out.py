"""`kit`."""

from pathlib import Path

import click

from bot.kit.folder import put_in_place
from bot.kit.site import site_files
from bot.knowledge.load import project_glossary


def write_site(folder: Path) -> None:
    """Write the glossary as a site into `folder`, and say where to begin.

    Raises:
        FolderError: the folder is not ours, or may not be written.
        GlossaryError: the glossary cannot be used.
    """
    glossary = project_glossary()
    put_in_place(folder, site_files(glossary))
    click.echo(f"{len(glossary.entries)} entries, fr and en: {folder / 'index.html'}")
