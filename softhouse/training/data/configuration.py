"""The table `[data]` of a training's TOML file."""

import os
from typing import Literal

from pydantic import Field, model_validator

from softhouse.llm_backends.protocol import Frozen

SourceKind = Literal["code", "packages", "documents", "jsonl", "dump"]
Benchmark = Literal["humaneval", "requirements"]

PERMISSIVE = (
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC-BY-4.0",
    "CC0-1.0",
    "HPND",
    "ISC",
    "Libpng",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "NCSA",
    "PSF-2.0",
    "PostgreSQL",
    "Python-2.0",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "X11",
    "ZPL-2.1",
    "Zlib",
)
"""SPDX names of licences that ask for no more than their own text being kept."""


class Source(Frozen):
    """Where text comes from."""

    name: str = Field(pattern=r"^[\w.-]+$")
    """Names the source in tables and begins the id of each of its documents."""
    kind: SourceKind = "code"
    """code: folders of source files. packages: folders of installed Python packages (`site-packages`), taken
    distribution by distribution with the licence in its metadata. documents: folders of Markdown, HTML,
    reStructuredText and plain text, `.gz` included. jsonl: a JSON object a line, `.gz` included. dump: tar and zip
    archives, Parquet files and `.jsonl(.gz)`, or folders of them."""
    paths: tuple[str, ...] = Field(min_length=1)
    """Files and folders. `~`, `{stdlib}` (the running Python's library) and `{packages}` (its site-packages) are
    filled in. Symbolic links inside a folder are not followed, so nothing is read twice."""
    kinds: tuple[str, ...] = ()
    """Which kinds of document to take, by suffix: python, markdown, rst, html, text, c, javascript, … Empty: python
    from packages, every code from code trees, prose from documents, all from dumps. Other files are not read."""
    include: tuple[str, ...] = ()
    """Shell patterns on the path below the source's folder, as in `src/*`; empty: everything."""
    exclude: tuple[str, ...] = ()
    """Shell patterns of what to leave out; caches, version control, and packages inside a code tree always are."""
    licence: str | None = None
    """An SPDX expression that you vouch for. None: read what the files say (metadata of packages, a licence file
    above a source file, an SPDX line in a file, the rows' licence field)."""
    weight: float | None = Field(None, gt=0)
    """Share of the training text, relative to the weights of the others. All sources have one, or none: then every
    kept document is written once."""
    text_field: str = "text"
    """Key of a row that holds its text; `content` is tried next."""
    row_kind: str | None = None
    """Kind of rows that say nothing of it themselves (keys `kind`, `language`, `path`); None: text."""


class Filters(Frozen):
    """When a document is dropped, and why. Shares are of characters unless said otherwise."""

    min_characters: int = Field(80, ge=0)
    """length: less teaches no structure; after cleaning. With 0 too, what is empty is dropped."""
    max_characters: int = Field(1_000_000, ge=1)
    """length: what is longer is nearly always data or generated, and one file should not outweigh a library."""
    languages: tuple[str, ...] = ("en", "zh")
    """language: ISO 639-1 names of the natural languages to keep, told from prose and from the comments of code by
    py3langid; empty: all."""
    language_confidence: float = Field(0.8, ge=0, le=1)
    """language: only dropped when the classifier is that sure of another language: short technical text confuses it."""
    alphabets: tuple[str, ...] = ("LATIN", "CJK", "GREEK")
    """alphabet: scripts (first word of the letters' Unicode names) that letters may belong to; Greek for formulas;
    empty: all."""
    max_foreign_letters: float = Field(0.1, ge=0, le=1)
    """alphabet: share of letters of other scripts. Names and examples pass, another language does not."""
    max_repeated_prose: float = Field(0.3, ge=0, le=1)
    """repetition: share of characters in lines that have been seen before in the document (Gopher's rule); lines under
    ten characters don't count."""
    max_repeated_code: float = Field(0.6, ge=0, le=1)
    """repetition: the same for code, which repeats itself more."""
    min_compressed: float = Field(0.06, ge=0, le=1)
    """repetition: size after zlib by size before; under it, the document says one thing many times."""
    max_symbols_prose: float = Field(0.3, ge=0, le=1)
    """symbols: share of characters that are neither letters nor spaces; tables of numbers and line art exceed it."""
    max_symbols_code: float = Field(0.5, ge=0, le=1)
    """symbols: the same for code; beyond it stand tables of numbers in the form of code."""
    drop_generated: bool = True
    """generated: a marker near the top ("@generated", "DO NOT EDIT", …) or a name that only generators give."""
    max_mean_line: int = Field(150, ge=1)
    """minified: mean characters a line of code."""
    max_line: int = Field(2_000, ge=1)
    """minified: the longest line of code; data in a string literal looks like this."""
    parse_python: bool = True
    """syntax: Python must parse with the running Python; drops Python 2, templates and files broken on purpose."""
    licences: tuple[str, ...] = PERMISSIVE
    """licence: SPDX names that are kept; in an expression AND asks for all, OR for one. Empty: no filter."""
    licence_required: tuple[SourceKind, ...] = ("packages",)
    """licence: kinds of source whose documents are also dropped when no licence is found. What you collected
    yourself may well be yours, so it is kept."""


class NearDuplicates(Frozen):
    """MinHash-LSH finds pairs worth a look, and each of them is compared word by word."""

    enabled: bool = True
    """Off: only exact duplicates are dropped."""
    similarity: float = Field(0.75, gt=0, le=1)
    """Twice the longest common subsequence of words by the words of both (the indel similarity). A copy with a fifth
    of its words replaced has 0.8, unrelated code 0.2 to 0.4; 0.75 leaves room for edits that touch more words than
    they count lines or names."""
    shingle: int = Field(3, ge=1)
    """Words in a row that MinHash sees as one element. With a fifth of the words replaced, 0.8³ of the 3-shingles
    survive (Jaccard 0.34); of 5-shingles it would be 0.2, which LSH can't tell from unrelated code."""
    bands: int = Field(170, ge=1)
    """LSH: a pair is looked at when all rows of one band agree."""
    rows: int = Field(3, ge=1)
    """LSH: signature slots a band. A pair of Jaccard J becomes a candidate with 1 - (1 - J³)¹⁷⁰: 0.999 at 0.34, 0.93
    at 0.25, 0.02 at 0.05."""


class Configuration(Frozen):
    """What text a model is to learn from."""

    sources: tuple[Source, ...] = (Source(name="stdlib", kind="code", paths=("{stdlib}",), licence="PSF-2.0"),)
    """In order of preference: of two duplicates the one of the earlier source stays. Default: the library of the
    running Python."""
    filters: Filters = Filters()
    """What is dropped."""
    near_duplicates: NearDuplicates = NearDuplicates()
    """When two documents count as one."""
    decontaminate: tuple[Benchmark, ...] = ("humaneval", "requirements")
    """Benchmarks whose tasks must not be learned from: HumanEval (prompts and solutions) and softhouse.bench's own
    requirements (words and reference solutions)."""
    contamination_words: int = Field(8, ge=2)
    """Words in a row that count as one coincidence with a task; punctuation, case and line breaks don't matter."""
    contamination_share: float = Field(0.4, gt=0, le=1)
    """A document is contaminated when it has this share of a task's coincidences: idioms are shared by chance, two
    fifths of a whole docstring or solution are not."""
    replace_secrets: bool = True
    """Keys, tokens and passwords become <SECRET>, e-mail addresses <EMAIL>: a model must not be able to recite them."""
    strip_boilerplate: bool = True
    """Licence headers of source files, badges and comments of Markdown, and the usual last lines of pages are cut off;
    documents that are a licence and nothing else are dropped (boilerplate)."""
    max_repeats: float = Field(4.0, ge=1)
    """With weights: how often a document may be written at most, so that a small source can reach its share.
    Muennighoff et al. 2023 (arXiv:2305.16264) find up to four repeats nearly as good as new text."""
    train_bytes: int | None = Field(None, ge=1)
    """About how much training text to write at most; None: all, or as much as weights and `max_repeats` allow."""
    validation_share: float = Field(0.02, ge=0, lt=1)
    """Share of documents that are only for validation; a hash of a document's id decides, so that it never changes
    sides whatever is added around it. Where none would be chosen of a few, the one with the smallest hash is."""
    shard_bytes: int = Field(32_000_000, ge=10_000)
    """Size of an output file, about; one is sorted in memory at a time, which shuffles the text."""
    unit_bytes: int = Field(8_000_000, ge=1_000)
    """Work that is lost at most when a worker is killed, and what one holds at most beside a document."""
    workers: int = Field(0, ge=0, exclude=True)
    """Processes; 0: one a core that may be used. The results are the same: another number doesn't do the step again."""

    @model_validator(mode="after")
    def _sources_fit_together(self) -> "Configuration":
        names = [source.name for source in self.sources]
        if not names:
            raise ValueError("sources is empty; name at least one")
        if repeated := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two sources are called {repeated[0]!r}; give each a name of its own")
        if len({source.weight is None for source in self.sources}) > 1:
            raise ValueError("some sources have a weight and some have none; give all of them one, or none")
        return self

    @property
    def processes(self) -> int:
        """How many workers there really are."""
        if self.workers:
            return self.workers
        # a container or `taskset` may leave fewer cores than there are
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
