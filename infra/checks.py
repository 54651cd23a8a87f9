"""The rules of the house that no other tool checks: `python -m infra.checks`."""

import ast
import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from infra.contract import broken, decided, unexplained_deprecations
from infra.migrate import migrate
from infra.migrations.drift import drift
from infra.migrations.generate import scratch_server
from infra.states import page
from schema.build import sdl

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("platform", "tenants", "schema", "workers", "infra")
SETTINGS = Path("platform/kith/ground/settings.py")
LOCKS = {"requirements.lock", "package-lock.json"}
MACHINE_PATH = re.compile(r"(?<![\w.)}])/(?:work|root)/")
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}

Check = Callable[[Path], Iterable[str]]  # a repository in, what is wrong in it out


def main() -> int:
    """Run every check, print a line for each, and say whether all passed."""
    passed = [_report(check, _findings(check)) for check in CHECKS]
    return 0 if all(passed) else 1


def _findings(check: Check) -> list[str]:
    """What is wrong; that the check itself fails is."""
    try:
        return list(check(ROOT))
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


def _report(check: Check, findings: list[str]) -> bool:
    sentence = (check.__doc__ or check.__name__).splitlines()[0]
    lines = [f"{'FAIL' if findings else 'ok'}  {sentence}", *(f"        {each}" for each in findings)]
    sys.stdout.write("\n".join(lines) + "\n")
    return not findings


def platform_is_no_package(root: Path) -> Iterator[str]:
    """`platform/` is a source root and never a package: it would hide Python's own `platform`."""
    if (root / "platform/__init__.py").exists():
        yield "platform/__init__.py: remove it"


def locks_hold_no_addresses(root: Path) -> Iterator[str]:
    """Lock files record versions and hashes, never where to download from."""
    for path in _tracked(root):
        if path.name in LOCKS:
            yield from _lines_with(re.compile("://"), root, path)


def no_paths_of_one_machine(root: Path) -> Iterator[str]:
    """No file names a folder of the machine it was written on."""
    for path in _tracked(root):
        yield from _lines_with(MACHINE_PATH, root, path)


def settings_end_with_the_transaction(root: Path) -> Iterator[str]:
    """PostgreSQL settings are local to the transaction: others leak to the connection's next user."""
    for path in _tracked(root):
        text = _text(root / path)
        for match in re.finditer(r"set_config\s*\(", text, re.IGNORECASE):
            if re.search(r",\s*false\s*$", _arguments(text, match.end()), re.IGNORECASE):
                yield f"{path}:{_line_of(text, match.start())}: say true, not false"


def one_reader_of_the_environment(root: Path) -> Iterator[str]:
    """Only kith/ground/settings.py reads environment variables."""
    for path in _tracked(root):
        if path.suffix == ".py" and path.parts[0] in SOURCES and path != SETTINGS:
            for node in ast.walk(ast.parse(_text(root / path), str(path))):
                if _reads_environment(node):
                    yield f"{path}:{getattr(node, 'lineno', 0)}: take it from the settings"


def the_committed_schema_is_the_generated_one(root: Path) -> Iterator[str]:
    """schema/schema.graphql is what the types declare."""
    committed = root / "schema" / "schema.graphql"
    if not committed.is_file() or _text(committed) != sdl():
        yield "schema/schema.graphql: write it anew with `.venv/bin/python -m schema.build`, and read the difference"


def the_contract_with_clients_is_kept(root: Path) -> Iterator[str]:
    """What clients were promised still holds, or a decision record names what breaks."""
    released, committed = (_text(root / "schema" / f"{name}.graphql") for name in ("released", "schema"))
    given_up = decided(root / "infra/decisions")
    for coordinate, sentence in broken(released, committed):
        if coordinate not in given_up:
            yield f"{sentence} Keep it, deprecated, or say in infra/decisions why not, with `Breaks: {coordinate}`"


def the_page_of_states_is_the_generated_one(root: Path) -> Iterator[str]:
    """infra/handbook/states.md shows the lifecycles in the code."""
    written = root / "infra/handbook/states.md"
    if not written.is_file() or _text(written) != page():
        yield "infra/handbook/states.md: write it anew with `.venv/bin/python -m infra.states`, and read the difference"


def what_is_deprecated_says_why(root: Path) -> Iterator[str]:
    """Whatever the schema deprecates has a reason, which says what to use instead."""
    for line in unexplained_deprecations(_text(root / "schema/schema.graphql")):
        yield f"schema/schema.graphql:{line}: give a reason"


def the_migrations_make_the_models(root: Path) -> Iterator[str]:
    """A migrated database is what the models declare."""
    with scratch_server() as url:
        asyncio.run(migrate(url, login_password="check", broker_password="check"))  # noqa: S106 - gone in a moment
        differences = asyncio.run(drift(url))
    yield from differences
    if differences:
        yield 'Write a migration with `.venv/bin/python -m infra.migrations.generate "what changes"`, and read it.'


CHECKS: list[Check] = [
    platform_is_no_package,
    locks_hold_no_addresses,
    no_paths_of_one_machine,
    settings_end_with_the_transaction,
    one_reader_of_the_environment,
    the_committed_schema_is_the_generated_one,
    the_contract_with_clients_is_kept,
    the_page_of_states_is_the_generated_one,
    what_is_deprecated_says_why,
    the_migrations_make_the_models,
]


def _tracked(root: Path) -> list[Path]:
    """The files of the repository, also those not committed yet; never what `.gitignore` names."""
    listed = subprocess.run(
        # Another account's clone (a container's mount) is still the clone to check.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (Path(name) for name in sorted(set(listed.split("\0"))) if name)
    return [path for path in paths if (root / path).is_file()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")


def _lines_with(pattern: re.Pattern[str], root: Path, path: Path) -> Iterator[str]:
    for number, line in enumerate(_text(root / path).splitlines(), 1):
        if pattern.search(line):
            yield f"{path}:{number}: {line.strip()[:100]}"


def _arguments(text: str, start: int) -> str:
    """The text from just after an opening parenthesis to the one that closes it."""
    depth = 1
    for end in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth == 0:
            return text[start:end]
    return ""


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "os" and node.attr in ENVIRONMENT
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(name.name in ENVIRONMENT for name in node.names)
    return False


if __name__ == "__main__":
    sys.exit(main())
