"""dev.py: old Pythons get a sentence, a warm start does nothing, and arguments arrive."""

import ast
import os
import subprocess
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
def test_an_old_python_is_told_what_is_needed(version: tuple[int, int]) -> None:
    sentence = dev.complaint(*version)
    assert sentence.startswith("Kith needs Python 3.11 or newer and this is Python {}.{}".format(*version))


@pytest.mark.parametrize("version", [(3, 11), (3, 14), (4, 0)])
def test_a_new_python_is_welcome(version: tuple[int, int]) -> None:
    assert dev.complaint(*version) == ""


def test_an_old_python_reads_far_enough_to_say_so() -> None:
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 6))


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert str(ROOT) not in lock


def test_a_warm_start_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    dev.prepare()
    monkeypatch.delattr(dev, "_install")
    monkeypatch.delattr(dev, "_alone")
    dev.prepare()


def test_the_environment_is_made_again_when_the_lock_or_the_place_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "requirements.lock"
    monkeypatch.setattr(dev, "LOCK", lock)
    lock.write_text("one==1")
    first = dev._stamp()
    lock.write_text("one==2")
    second = dev._stamp()
    monkeypatch.setattr(dev, "ROOT", tmp_path)

    assert len({first, second, dev._stamp()}) == 3


def test_packages_import_and_the_command_exists_in_the_environment(tmp_path: Path) -> None:
    dev.prepare()
    code = "import infra, platform; print(platform.python_version(), infra.__file__)"
    said = subprocess.run([dev.PYTHON, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert str(ROOT / "infra/__init__.py") in said
    assert os.access(dev.VENV / "bin/kith", os.X_OK)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["run"], ["-m", "infra.cli", "dev", "--port", "8000"]),
        (["run", "--fresh", "--port", "9"], ["-m", "infra.cli", "dev", "--port", "9", "--fresh"]),
        (["bench", "reads", "--only", "Q1"], ["-m", "tests.bench", "reads", "--only", "Q1"]),
        (["bench", "--help"], ["-m", "tests.bench", "--help"]),
    ],
)
def test_a_verb_becomes_a_command(given: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _becomes(given, monkeypatch) == expected


def test_a_data_folder_is_found_from_where_we_were_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert _becomes(["run", "--data", "mine"], monkeypatch)[-2:] == ["--data", str(tmp_path / "mine")]


def test_a_test_is_found_from_where_we_were_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "tests/infra")
    assert dev._from_root("test_dev.py::test_one") == f"{ROOT}/tests/infra/test_dev.py::test_one"
    assert dev._from_root("tests/infra") == "tests/infra"
    assert dev._from_root("-x") == "-x"


def test_tests_run_in_parallel_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "-n" in _becomes(["test", "-k", "match"], monkeypatch)
    assert _becomes(["test", "-n0", "-k", "match"], monkeypatch)[-3:] == ["-n0", "-k", "match"]


def test_deep_is_told_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KITH_DEEP", raising=False)
    assert "--deep" not in _becomes(["test", "--deep"], monkeypatch)
    assert os.environ.pop("KITH_DEEP") == "1"


def test_an_unknown_option_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _becomes(["run", "--prot", "9"], monkeypatch)
    assert "--prot" in capsys.readouterr().err


def _becomes(given: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a call of dev.py turns into."""

    class Became(Exception):
        pass

    def become(*arguments: str) -> None:
        raise Became(arguments)

    monkeypatch.setattr(dev, "_become", become)
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    with pytest.raises(Became) as became:
        dev.main(given)
    return list(became.value.args[0])
