"""Unmodified programs of other people against `softhouse serve`: `llm` (PyPI) and `langchain-openai`.

    python benchmarks/serve_clients.py [--model SPEC] [--venv DIR]

Makes a virtual environment of its own (in `--venv`, or one that is thrown away), installs the two there, starts
`softhouse serve` with a key, and lets each ask it: a plain and a streamed answer, and from langchain a structured one
by JSON schema and one by a forced function. Without `--model` the answers are a script's and are compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

KEY = "sk-benchmark"
SCRIPT = [
    {"text": '{"city": "Bonn", "population": 330000}', "match": "JSON"},
    {"text": "Good day to you.", "match": "Say hello"},
]
LANGCHAIN = """
import sys
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

class City(BaseModel):
    "A city."
    city: str
    population: int

url, model = sys.argv[1:]
model = ChatOpenAI(model=model, base_url=url + "v1", api_key="sk-benchmark", temperature=0, max_tokens=200)
answer = model.invoke("Say hello.")
print("whole:", answer.content, answer.usage_metadata["output_tokens"] > 0)
print("stream:", "".join(chunk.content for chunk in model.stream("Say hello.")))
for method in ("json_schema", "function_calling"):
    city = model.with_structured_output(City, method=method).invoke("Bonn with its population, as JSON.")
    print(f"{method}:", repr(city))
"""


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(folder: Path) -> Path:
    """The Python of the environment with both clients."""
    python = python_of(folder)
    if not python.is_file():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "llm", "langchain-openai"], check=True)
    return python


def ask_with_llm(python: Path, url: str, model: str, home: Path) -> list[str]:
    """What `llm` prints, whole and streamed."""
    home.mkdir(exist_ok=True)
    config = [{"model_id": "house", "model_name": model, "api_base": f"{url}v1", "api_key_name": "house"}]
    (home / "extra-openai-models.yaml").write_text(json.dumps(config))  # JSON is YAML
    environment = {**os.environ, "LLM_USER_PATH": str(home)}
    command = [str(python), "-m", "llm", "prompt", "-m", "house", "--key", KEY, "-o", "max_tokens", "200", "Say hello."]
    return [
        subprocess.run([*command, *more], env=environment, capture_output=True, text=True, check=True).stdout.strip()
        for more in ([], ["--no-stream"])
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--venv", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "script.json").write_text(json.dumps(SCRIPT))
        python = install(options.venv or home / "venv")
        spec = options.model or f"script:{home / 'script.json'}"
        command = [
            sys.executable,
            "-m",
            "softhouse.cli",
            "serve",
            "--port",
            "0",
            "--api-key-env",
            "KEY",
            "--model",
            spec,
        ]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "KEY": KEY})
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            model = spec if options.model else "script.json"
            said = ask_with_llm(python, url, model, home / "llm")
            print("llm:", said)
            langchain = [python, "-c", LANGCHAIN, url, model]
            lines = subprocess.run(langchain, capture_output=True, text=True, check=True).stdout
            print(lines, end="")
        finally:
            server.terminate()
            server.wait()
    if options.model:
        return 0
    city = "City(city='Bonn', population=330000)"
    hello = "Good day to you."
    expected = f"whole: {hello} True\nstream: {hello}\njson_schema: {city}\nfunction_calling: {city}\n"
    held = said == [hello, hello] and lines == expected
    print("all as expected" if held else "NOT as expected")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
