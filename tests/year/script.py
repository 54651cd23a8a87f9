"""The script of a year: which chapter and which scene is played when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.year import scenes
from tests.year.checks import neighbours_rows
from tests.year.scenes import play

if TYPE_CHECKING:
    from tests.year.year import Year


async def the_year(year: Year, operator: str) -> None:
    """From the first day to the last."""
    await year.found(operator)
    await year.found_neighbour(operator)
    year.neighbour_before = await neighbours_rows(year)
    await play(scenes.chores, year, 0)
    await play(scenes.partners, year, 0)
    for number, _ in enumerate(year.programmes):
        await play(scenes.forms, year, number)

    await year.set_up_training()
    await year.recruit()
    await play(scenes.applicants, year, 1)
    await year.train()
    await play(scenes.courses, year, 0)
    await play(scenes.papers, year, 1)
    await play(scenes.unfinished, year, 0)

    await year.calendar.on(2, 3)
    await year.welcome()
    await play(scenes.referrals, year, 0)
    await play(scenes.second_thoughts, year, 1)

    await year.calendar.on(2, 17)
    await year.match()
    await year.agree()
    await year.begin_meeting()

    await year.weeks(4, 7)
    await play(scenes.appointments, year, 0)
    await play(scenes.goals, year, 0)
    await play(scenes.letters_between, year, 1)
    await play(scenes.library, year, 1)
    await year.weeks(5, 5)
    await play(scenes.offers, year, 1)
    await play(scenes.latecomer, year, 1)
    await year.weeks(6, 2)
    await play(scenes.rests, year, 0)
    await play(scenes.groups, year, 1)
    await play(scenes.events, year, 0)
    await year.weeks(7, 7)

    await play(scenes.public, year, 0)
    await play(scenes.growth, year, 1)
    await year.weeks(8, 18)
    await play(scenes.standing, year, 0)
    await year.weeks(9, 15)
    await play(scenes.partings, year, 1)
    await play(scenes.answers, year, 0)

    await year.weeks(11, 17)
    await year.close()
    await play(scenes.improvement, year, 0)
    await play(scenes.old_records, year, 1)
    await play(scenes.farewell, year, 0)
    await year.calendar.on(12, 31)
