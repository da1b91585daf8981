"""A strength in words: by its sign and size, with the number beside it."""

from __future__ import annotations

import pytest

from causalrec.core.words import table
from causalrec.whatif.forecasts.scenario import Scenario, Step, sentence_of
from causalrec.whatif.interventions.strength import STOPS, shown


@pytest.mark.parametrize(("name", "strength"), STOPS.items())
def test_each_stop_has_words_of_its_own(name, strength):
    assert shown(strength).key == f"whatif.shown_{name}"
    for lang in ("en", "zh"):
        assert f"whatif.param_strength_{name}" in table(lang)


@pytest.mark.parametrize(
    ("strength", "said"),
    [(-10.0, "almost never shown (strength −10)"), (0.5, "shown more (strength +0.5)")],
)
def test_a_sentence_says_how_much_and_the_number(strength, said):
    step = Step(name="boost-item", params={"item": "tent", "strength": strength})
    sentence = sentence_of(Scenario(name="s", dataset="d", interventions=(step,)))
    assert str(sentence) == f"item tent: {said}"
