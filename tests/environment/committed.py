"""What a user's own git says of a workspace."""

import os
import subprocess

from softhouse.environment.workspace import Workspace


def git(workspace: Workspace, *arguments: str) -> str:
    """What a user's git prints."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    names = {f"GIT_{who}_{what}": "sam@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", "-c", "core.quotePath=false", *arguments],
        cwd=workspace.path,
        env={**os.environ, **settings, **names},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def log(workspace: Workspace, what: str = "%an: %s") -> list[str]:
    return git(workspace, "log", "--reverse", "--topo-order", f"--format={what}").splitlines()
