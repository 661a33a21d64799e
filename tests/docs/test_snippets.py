"""Every Python block of the documentation runs; every command that it shows exists."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest
from softhouse.testing.standard_house import standard_house

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md"), *(ROOT / "examples").glob("**/*.md")])
SNIPPETS = [
    pytest.param(found[1], id=f"{page.relative_to(ROOT)}:{page.read_text('utf-8')[: found.start()].count(chr(10)) + 2}")
    for page in PAGES
    for found in re.finditer(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The standard house's replies as a script file, so that snippets need not name a model."""
    answer = standard_house()

    def reply(task: str) -> str:
        return answer(CompletionRequest(messages=(ChatMessage.system(""), ChatMessage.user(task))))

    entries = [{"match": task, "text": reply(task)} for task in ("Write the product requirements", "Write `main.py`")]
    entries.append({"match": "security problems", "text": '{"path": "main.py", "findings": []}'})
    path = tmp_path_factory.mktemp("script") / "house.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippet_runs(snippet: str, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOFTHOUSE_MODEL", f"script:{script}")
    exec(compile(snippet, "snippet", "exec"), {"__name__": "__main__"})


def test_the_readme_has_snippets_to_run() -> None:
    assert len([p for p in SNIPPETS if str(p.id).startswith("README.md")]) >= 3


def test_the_two_readmes_show_the_same_code() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))

    def blocks(page: str) -> list[str]:
        code = re.findall(r"^```(?:python|bash)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        return [re.sub(r"#.*|\"[^\"]*\"", "", block) for block in code]

    assert blocks(english) == blocks(chinese)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_shown_exist(page: Path) -> None:
    shown = set(re.findall(r"`softhouse ([a-z]+)", page.read_text("utf-8")))
    from softhouse.cli.commands import COMMANDS

    known = {command.name.split()[0] for command in COMMANDS}
    assert shown <= known


def test_a_role_of_ones_own_takes_at_most_25_lines_and_works(script: Path, tmp_path: Path) -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    snippet = next(s for s in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "Reviewer" in s)
    assert len([line for line in snippet.splitlines() if line.strip()]) <= 25
    program = (
        f"{snippet}\nimport asyncio\nproject = asyncio.run(company.run('Write a command line program main.py.'))\n"
    )
    program += "print(project.documents(SecurityReview)[0].path)\n"
    environment = {"SOFTHOUSE_MODEL": f"script:{script}", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "main.py\n"
    assert (tmp_path / "out/reviewed/docs/security-review").is_dir()
