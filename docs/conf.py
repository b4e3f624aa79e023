"""The documentation site: the Markdown of this folder, as it reads on GitHub, by Sphinx. Nothing is fetched.

    sphinx-build -W --keep-going -b html docs build/site

`index.md` is the table of contents: its second headings are the sections, and the links of their lists the pages.
The pages in a folder that is named as a page are below it.
"""

import re
from pathlib import Path

from rnnchaos import __version__

project = "rnnchaos"
author = "The rnnchaos maintainers"
copyright = author
version = release = __version__

extensions = ["myst_parser", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}

# As GitHub makes them of headings, so that links work in both places.
myst_heading_anchors = 4
# Most fenced blocks without a language are command lines and what they print.
highlight_language = "text"
# Formulas have primes, and options two dashes.
smartquotes = False
copybutton_prompt_text = "$ "
copybutton_copy_empty_lines = False

html_theme = "furo"
html_title = f"rnnchaos {version}"
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Not what the pages were written in: the repository has it.
html_copy_source = False
# Excerpts of what was found are fetched by a script, which a browser refuses for pages on disk.
html_show_search_summary = False

_HERE = Path(__file__).parent
# Pages that stand on GitHub as a link to a file beside this folder.
_OF_ROOT = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md"}
_SECTION = re.compile(r"^## (.+)$", re.M)
_ENTRY = re.compile(r"^- \[([^]]+)\]\(([\w/-]+)\.md\)", re.M)


def _toctree(pages, caption=None):
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["", "```{toctree}", *options, "", *pages, "```", ""])


def _sections(text):
    """The toctrees that the lists of index.md stand for."""
    _, *parts = _SECTION.split(text)
    for caption, body in zip(parts[::2], parts[1::2], strict=True):
        if pages := [f"{title} <{page}>" for title, page in _ENTRY.findall(body)]:
            yield _toctree(pages, caption)


def _of_root(app, name):
    """The text of a file beside this folder, its links as seen from here."""
    path = _HERE.parent / _OF_ROOT[name]
    app.env.note_dependency(str(path))
    text = path.read_text(encoding="utf-8").replace("](docs/", "](")
    for page, file in _OF_ROOT.items():
        text = text.replace(f"]({file}", f"]({page}.md")
    return text


def _complete(app, name, source):
    if name in _OF_ROOT:
        source[0] = _of_root(app, name)
    elif name == "index":
        source[0] += "".join(_sections(source[0]))
    elif below := sorted(_HERE.joinpath(name).glob("*.md")):
        source[0] += _toctree([f"/{name}/{path.stem}" for path in below])


def setup(app):
    app.connect("source-read", _complete)
    return {"parallel_read_safe": True}
