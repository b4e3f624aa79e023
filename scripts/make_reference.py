"""Write docs/reference.md from the signatures and docstrings of what `import rnnchaos` gives; nothing is imported."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference.md"

_HEAD = """# Reference

What `import rnnchaos` gives, written by `scripts/make_reference.py`; [From Python](python.md) shows how to use it.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_entry(name, module) for name, module in _exported().items())])


def _exported() -> dict[str, str]:
    """Public names in their order, each with the module or package that `rnnchaos` takes it from."""
    for node in _parsed("rnnchaos").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_LAZY":
            return ast.literal_eval(node.value)
    raise SystemExit("rnnchaos/__init__.py has no _LAZY")


def _entry(name: str, module: str) -> str:
    defined = _definition(name, module)
    if isinstance(defined, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in defined.bases)
        head = f"## class `{name}`{f' ({bases})' if bases else ''}"
        return "\n".join([head, "", _text(defined), *_members(defined)])
    return f"## `{name}`\n\n{_described(defined)}"


def _definition(name: str, module: str) -> ast.ClassDef | ast.FunctionDef:
    """The class or function, wherever packages have it from."""
    for node in _parsed(module).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return node
        if isinstance(node, ast.ImportFrom) and name in [alias.name for alias in node.names]:
            assert node.module is not None
            return _definition(name, node.module)
    raise SystemExit(f"{module} does not define {name}")


def _members(defined: ast.ClassDef) -> Iterator[str]:
    """A table of fields and properties, and the methods with their signatures."""
    rows, methods = [], []
    for node, following in zip(defined.body, [*defined.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            rows.append((f"{ast.unparse(node.target)}: {_type(node.annotation)}", _literal(following)))
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if any("property" in ast.unparse(decorator) for decorator in node.decorator_list):
                assert node.returns is not None
                rows.append((f"{node.name}: {_type(node.returns)}", ast.get_docstring(node) or ""))
            else:
                methods.append(f"### `{defined.name}.{node.name}`\n\n{_described(node)}")
    if rows:
        yield "| member | what it is |\n|---|---|"
        yield from (f"| `{_cell(member)}` | {_cell(' '.join(text.split()))} |" for member, text in rows)
        yield ""
    yield from methods


def _described(node: ast.FunctionDef) -> str:
    return f"```python\n{_signature(node)}\n```\n\n{_text(node)}"


def _signature(node: ast.FunctionDef) -> str:
    returns = "" if node.returns is None else f" -> {_type(node.returns)}"
    arguments = re.sub(r"^self(, )?", "", ast.unparse(node.args))
    line = f"{node.name}({arguments}){returns}"
    if len(line) <= 100:
        return line
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(arguments):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(arguments[start:index].strip())
            start = index + 1
    parts.append(arguments[start:].strip())
    return "\n".join([f"{node.name}(", *(f"    {part}," for part in parts), f"){returns}"])


def _text(node: ast.ClassDef | ast.FunctionDef) -> str:
    """The docstring, its examples as code."""
    text = ast.get_docstring(node) or ""
    fenced = re.sub(r"(?m)^((?:>>> .*\n?)+)", lambda found: f"```python\n{found[1].rstrip()}\n```\n", text)
    return f"{fenced.rstrip()}\n"


def _literal(node: ast.stmt | None) -> str:
    """The text under a field."""
    found = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return str(node.value.value) if found else ""  # type: ignore[union-attr]


def _type(annotation: ast.expr) -> str:
    return ast.unparse(annotation).strip("'\"")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _parsed(module: str) -> ast.Module:
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text("utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
