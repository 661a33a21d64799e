"""The requirements are fair, and their checks can be passed and failed."""

import re
from collections import Counter
from importlib.resources import files

import pytest

from softhouse.bench.requirements import read_reference, read_requirement, read_requirements
from softhouse.bench.scoring import PROGRAM, score_program
from softhouse.environment.sandbox import Sandbox
from softhouse.errors import UsageError

REQUIREMENTS = read_requirements()
NAMES = [requirement.name for requirement in REQUIREMENTS]
# fmt: off
PLAIN = {
    "age", "bar_chart", "category_totals", "empty_files", "fibonacci", "hollow_square", "interleave", "leap_years",
    "mask_phone", "morse", "number_lines", "perfect_number", "ratings", "rock_paper_scissors", "running_total",
    "shopping_list", "snake_case", "stack", "temperature", "unique_lines",
}
# fmt: on
"""Held ones, shorter and plainer than the others."""
# fmt: off
PLAIN_TUNE = {
    "body_mass", "bulls_and_cows", "chessboard", "counters", "day_of_year", "digit_sums", "double_words", "duration",
    "file_size", "month_calendar", "password_check", "prime_factors", "pyramid", "replace_text", "split_bill",
    "squeeze_blank", "temperature_range", "top_three", "turns", "weight_log",
}
# fmt: on
"""Those for tuning that are like them."""
# fmt: off
NEWEST = {
    "align_equals", "battleship", "brace_expansion", "common_letters", "chinese_number", "file_tags", "fuel_log",
    "fullwidth", "join_hyphenated", "include_files", "json_diff", "lights_toggle", "luhn_check", "matrix_product",
    "monthly_renewals", "strip_comments", "text_box", "to_utc", "transpose_csv", "undo_value", "wildcard_match",
    "zodiac_year",
}
# fmt: on
"""Held ones of one author, who wrote forty that were dealt out by chance."""
# fmt: off
NEWEST_TUNE = {
    "cheapest_path", "clock_24", "csv_to_json_lines", "falling_stones", "fill_down_csv", "hangman", "hex_color",
    "magic_square", "mini_language", "nth_weekday", "number_words", "pangram", "pascal_rows", "pig_latin", "plural_zh",
    "plant_watering", "prefix_expression", "rail_fence", "slide_2048", "stamp_card", "unit_fractions",
}
# fmt: on
"""The others of that author."""
LATEST = frozenset(
    [
        "agenda",
        "compound_interest",
        "date_format",
        "guess_number",
        "invoice_total",
        "kanban",
        "markdown_links",
        "mirror_picture",
        "missing_files",
        "order_summary",
        "overdue",
        "paste_files",
        "reading_progress",
        "savings_plan",
        "scrabble_score",
        "seat_booking",
        "sha_check",
        "shorten",
        "time_slots",
        "triangle_type",
        "trim_trailing",
        "vat",
        "vigenere",
        "word_quiz",
    ]
)
"""Held ones of three authors, who wrote sixty-eight that were dealt out by chance."""
LATEST_TUNE = frozenset(
    [
        "armstrong",
        "bingo",
        "bingo_card",
        "blacklist_zh",
        "bookmarks",
        "byte_size",
        "censor",
        "censor_words",
        "christmas",
        "cinema_seats",
        "clock_angle",
        "code_lines",
        "column_fill",
        "column_max",
        "command_history",
        "common_letters",
        "common_prefix",
        "current_project",
        "cut_chars",
        "debts",
        "def_names",
        "dominoes",
        "dotenv",
        "electricity_bill",
        "email_domains",
        "email_headers",
        "enlarge_grid",
        "even_odd_sums",
        "feature_flags",
        "final_newline",
        "find_by_name",
        "find_suffix",
        "first_unique",
        "fizz_buzz_bang",
        "flashcards",
        "fridge",
        "high_score",
        "holiday_overlap",
        "initials",
        "ipv4_binary",
        "ipv4_check",
        "last_of_month",
        "latin_square",
        "length_sort",
        "list_sentence",
        "long_date",
        "medals",
        "merge_files",
        "name_address",
        "number_triangle",
        "passed",
        "path_kind",
        "path_list",
        "path_parts",
        "permissions",
        "persistence",
        "picture_symmetry",
        "plural_zh",
        "quadratic",
        "quarter",
        "queen_attack",
        "queens_check",
        "recipe_box",
        "reverse_lines",
        "same_stem",
        "season_zh",
        "seating_plan",
        "second_largest",
        "sort_by_length",
        "sort_dates",
        "sum_of_multiples",
        "swap_names",
        "taxi_fare",
        "tennis_sets",
        "tidy_folder",
        "tr_chars",
        "unix_time",
        "url_parts",
        "visitors",
        "vowel_counts",
        "water_log",
        "week_dates",
        "weekday",
        "x_shape",
    ]
)
"""The others of those, and sixteen plain ones of a fourth author, which were measured before they were read."""
FRESH_TUNE = frozenset(
    [
        "bus_card",
        "diff_stat",
        "draw_path",
        "five_dice",
        "five_sundays",
        "idiom_shape",
        "join_hyphenated",
        "laundry",
        "leet_speak",
        "log_rotate",
        "mean_time",
        "pythagorean_triples",
        "scale_recipe",
        "shebang_list",
        "swap_contents",
        "third_of_month",
        "train_wagons",
        "unit_price",
        "vcard_phones",
        "word_guess_marks",
    ]
)
"""Plain ones of one more author, measured before they were read: the house solved four of them."""
TWO_AUTHORS_TUNE = frozenset(
    [
        "acrostic_zh",
        "backup_copy",
        "coupon_zh",
        "missing_days",
        "percent_change",
        "word_chain",
    ]
)
TWO_AUTHORS = frozenset(
    [
        "century",
        "derivative",
        "fen_board",
        "id_card_zh",
        "line_range",
        "locker_zh",
        "meal_plan",
        "palindrome_date",
        "phone_keypad",
        "running_pace",
        "shift_subtitles",
    ]
)
"""One author's for tuning, the other's to be looked at rarely: each with something to work out."""
COMPUTED = {
    *("a_caesar", "b_caesar", "b_roman", "c_caesar", "d_date_plus_days", "e_caesar", "e_roman"),
    *("f_caesar_cipher", "f_roman_numeral", "f_weekday", "g_caesar"),
    *("h_caesar", "h_weekday", "i_caesar", "i_to_roman"),
    "acrostic_zh",
    "base_conversion",
    "brace_expansion",
    "common_letters",
    "enlarge_grid",
    "fizz_buzz_bang",
    "fullwidth",
    "join_hyphenated",
    "long_date",
    "mirror_picture",
    "number_words",
    "pangram",
    "pig_latin",
    "plural_zh",
    "rail_fence",
    "roman",
    "run_length",
    "tr_chars",
    "vigenere",
    "weekday",
}
"""Those whose output has words that are made of the input, or names of months and days."""
# fmt: off
EVENING = frozenset([
    "action_items", "bin_day", "build_streak", "cabin_bag", "chickens_rabbits_zh", "class_photo", "commit_message",
    "counting_out", "diary", "dice_range", "door_code", "duty_zh", "expand_tabs", "fence", "golf_card",
    "hotel_price", "judges_zh", "lift", "logfmt_field", "longest_pause", "match_sticks", "mixed_indent",
    "nim_matches", "nonogram_clues", "odd_socks", "ping_pong", "ports", "product_dates", "race_results",
    "receipt_folder", "resolve_conflicts", "shichen_zh", "sliding_puzzle", "slow_requests", "snakes_ladders",
    "sticks_game", "three_for_two", "train_seat_zh", "unpack_files", "vertical_zh",
])
# fmt: on
"""Two more authors' of 29 November, all held."""
EVERYDAY = ("a_", "b_", "c_", "d_", "e_", "f_", "g_", "h_", "i_")
"""How those of 30 November begin, of everyday subjects, which authors share; those of the last author are held."""


def test_there_are_many_of_many_kinds_and_some_in_chinese() -> None:
    assert len(REQUIREMENTS) == 471
    assert len({requirement.kind for requirement in REQUIREMENTS}) == 7
    assert sum(requirement.language == "zh" for requirement in REQUIREMENTS) == 67


def test_the_halves_match() -> None:
    """The first ones: three to tune on for each held, nearly so of each difficulty, language and kind."""
    tune, held = read_requirements("tune"), read_requirements("held")
    assert (len(tune), len(held)) == (294, 177)
    assert not {r.name for r in tune} & {r.name for r in held}
    assert not {r.text for r in tune} & {r.text for r in held}
    tune = tuple(
        r
        for r in tune
        if r.name not in PLAIN_TUNE | NEWEST_TUNE | LATEST_TUNE | FRESH_TUNE | TWO_AUTHORS_TUNE
        and not r.name.startswith(EVERYDAY)
    )
    held = tuple(
        r
        for r in held
        if r.name not in PLAIN | NEWEST | LATEST | TWO_AUTHORS | EVENING and not r.name.startswith(EVERYDAY)
    )
    assert (len(tune), len(held)) == (60, 20)
    for trait, apart in (("difficulty", 4), ("language", 2), ("kind", 1)):
        first, second = (Counter(getattr(r, trait) for r in half) for half in (tune, held))
        assert all(abs(first[value] - 3 * second[value]) <= apart for value in first | second), trait


def test_the_plain_ones_are_short() -> None:
    plain = [requirement for requirement in REQUIREMENTS if requirement.name in PLAIN | PLAIN_TUNE]
    assert len(plain) == 40
    for requirement in plain:
        assert requirement.half == ("held" if requirement.name in PLAIN else "tune")
        words = len(requirement.text.split()) if requirement.language == "en" else 20
        assert 15 <= words <= 40, requirement.name


def test_every_requirement_names_the_file_and_is_one_line() -> None:
    for requirement in REQUIREMENTS:
        assert "main.py" in requirement.text
        assert "\n" not in requirement.text
        words = len(requirement.text.split()) if requirement.language == "en" else 20
        assert 15 <= words <= 80, requirement.name


def test_every_requirement_has_three_to_six_checks_that_state_something() -> None:
    for requirement in REQUIREMENTS:
        assert 3 <= len(requirement.checks) <= 6
        for check in requirement.checks:
            assert check.source == "user"
            assert any(step.stdout is not None or step.exit_code for step in check.steps), check.name


def test_words_that_a_check_expects_stand_in_the_requirement() -> None:
    """Fixed words of the expected output are quoted in the text, or come from the check's own input."""
    for requirement in REQUIREMENTS:
        for check in requirement.checks:
            given = [requirement.text, *check.files, *check.files.values()]
            for step in check.steps:
                given += [*step.arguments, step.stdin]
                known = " ".join(given).lower()
                for word in re.findall(r"[^\W\d_]{4,}", step.stdout or ""):
                    computed = requirement.name in COMPUTED
                    assert computed or word.lower() in known, f"{requirement.name}, {check.name}: {word}"


@pytest.mark.parametrize("name", NAMES)
async def test_the_reference_passes_its_checks(name: str, sandbox: Sandbox) -> None:
    score = await score_program({PROGRAM: read_reference(name)}, read_requirement(name).checks, sandbox)
    assert score.right, score.failures


@pytest.mark.parametrize("name", NAMES[::4])
async def test_another_program_fails(name: str, sandbox: Sandbox) -> None:
    """The reference of the next requirement is a sound program, only not this one."""
    other = read_reference(NAMES[(NAMES.index(name) + 1) % len(NAMES)])
    score = await score_program({PROGRAM: other}, read_requirement(name).checks, sandbox)
    assert not score.right


def test_references_and_requirements_belong_together() -> None:
    folder = files("softhouse.bench.requirements") / "references"
    assert sorted(path.name.removesuffix(".py") for path in folder.iterdir() if path.name.endswith(".py")) == NAMES


def test_an_unknown_requirement_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no bench requirement called 'nothing'"):
        read_requirement("nothing")
