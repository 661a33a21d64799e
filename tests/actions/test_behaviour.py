"""Which of several readings is taken, by what they do."""

import pytest

from softhouse.actions.behaviour import REFUSED, Behaviour, agreement, observe, select, weights
from softhouse.environment.documents import Case, Step
from softhouse.environment.sandbox import Execution, Outcome


class TestSelection:
    def test_what_a_quiet_command_says_does_not_count(self) -> None:
        case = Case(name="c", steps=(Step(arguments=("add", "a")), Step(arguments=("list",))))

        def behaviour(said: str, listed: str) -> Behaviour:
            executions = tuple(Execution(exit_code=0, stdout=text, stderr="") for text in (said, listed))
            return observe([Outcome(executions=executions)], [case], quiet={"add"})

        assert behaviour("Added a\n", "a\n") == behaviour("", "a\n") != behaviour("", "1. a\n")

    SIX, SEVEN, CRASH = (0, "6", ()), (0, "7", ()), None

    def test_crashes_have_no_vote(self) -> None:
        behaviours = {
            0: Behaviour((self.CRASH,)),
            1: Behaviour((self.CRASH,)),
            2: Behaviour((self.SIX,)),
            3: Behaviour((self.SIX,)),
        }
        assert select(behaviours).index == 2
        assert agreement(behaviours[0], behaviours[1], (1.0,)) == 0

    def test_a_start_on_which_all_complain_tells_little(self) -> None:
        complaint = (1, "", ())
        assert weights([Behaviour((complaint, self.SIX)), Behaviour((complaint, self.SEVEN))]) == (REFUSED, 1.0)

    def test_readings_are_not_alike_for_refusing_the_same(self) -> None:
        refused = [(1, "", ())] * 12
        readings = {0: Behaviour((*refused, self.SIX)), 1: Behaviour((*refused, self.SEVEN))}
        assert select(readings).supporters == ()

    def test_what_two_refuse_alike_tells_little_also_where_a_third_does_not(self) -> None:
        refused, taken = [(1, "", ())] * 8, [(0, "ok", ())] * 8
        readings = {
            0: Behaviour((*refused, self.SIX, self.SIX)),
            1: Behaviour((*refused, self.SIX, self.SEVEN)),
            2: Behaviour((*taken, self.SIX, self.SIX)),
        }
        assert select(readings).supporters == ()

    def test_many_starts_that_are_much_alike_tell_less_each(self) -> None:
        narrow = Behaviour((self.SIX, *[self.SEVEN] * 8))
        right = Behaviour((self.SEVEN, *[self.SEVEN] * 8))
        assert select({0: narrow, 1: right, 2: right}).supporters == (0, 2)
        apart = select({0: narrow, 1: right, 2: right}, most=[1.0, *[0.25] * 8])
        assert (apart.index, apart.supporters, apart.telling) == (1, (2,), 3.0)

    def test_the_first_wins_where_nothing_tells_them_apart(self) -> None:
        assert select({0: Behaviour((self.SIX,)), 1: Behaviour((self.SEVEN,))}).index == 0

    @pytest.mark.parametrize(("faults", "index"), [({}, 2), ({2: 1}, 0)])
    def test_of_equals_the_one_that_the_model_was_surest_of_wins(self, faults: dict[int, int], index: int) -> None:
        apart = {number: Behaviour(((0, str(number), ()),)) for number in range(4)}
        assert select(apart, faults, log_probabilities={0: -0.2, 1: -0.3, 2: -0.1}).index == index

    def test_agreement_counts_before_any_sureness(self) -> None:
        behaviours = {0: Behaviour((self.SIX,)), 1: Behaviour((self.SEVEN,)), 2: Behaviour((self.SEVEN,))}
        assert select(behaviours, log_probabilities={0: -0.01, 1: -0.3, 2: -0.2}).index == 2

    def test_sureness_decides_where_agreement_is_weak(self) -> None:
        def reading(number: int, first: str) -> Behaviour:
            return Behaviour(((0, first, ()), *[(0, f"{number} {start}", ()) for start in range(9)]))

        apart = {0: reading(0, "6"), 1: reading(1, "6"), 2: reading(2, "7")}
        assert select(apart, log_probabilities={0: -0.4, 1: -0.4, 2: -0.3}).index == 2
        assert select(apart, log_probabilities={0: -0.33, 1: -0.33, 2: -0.3}).index == 0
