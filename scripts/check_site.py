"""Check a built site: every link within it leads somewhere, and no page fetches anything from elsewhere.

    python scripts/check_site.py build/site

Exit code 1, and a line for each fault, where that does not hold.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Attributes whose address a browser fetches by itself; of `link` only with a relation that it follows.
_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data", "embed": "src"}
_NOT_FETCHED = {"next", "prev", "index", "search", "canonical", "alternate", "author"}
_IN_STYLES = re.compile(r"url\(\s*['\"]?(https?:)?//|@import\s+['\"]?(https?:)?//")


class Page(HTMLParser):
    """The ids of a page, the addresses it links to and those it fetches."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") not in _NOT_FETCHED:
            self.fetched.append(given.get("href", ""))
        elif _FETCHED.get(tag) in given:
            self.fetched.append(given[_FETCHED[tag]])


def faults(site: Path) -> Iterator[str]:
    """A line for each link that leads nowhere and each address that is fetched from elsewhere."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    if not pages:
        yield f"{site}: there are no pages"
    for path, page in pages.items():
        for address in page.fetched:
            if _is_elsewhere(address):
                yield f"{path.relative_to(site)} fetches {address}"
        for address in [*page.links, *page.fetched]:
            if not _is_elsewhere(address) and not _leads(path, address, pages):
                yield f"{path.relative_to(site)} links to {address}, which is not there"
    for path in sorted(site.rglob("*.css")):
        if _IN_STYLES.search(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)} fetches from elsewhere"


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _leads(page: Path, address: str, pages: Mapping[Path, Page]) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return True
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].ids


def main() -> None:
    found = list(faults(Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every link leads somewhere, and nothing is fetched from elsewhere")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
