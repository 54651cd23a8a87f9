"""Lantern Peers, in Chicago, in English, Spanish and a few languages more."""

from infra.demo.plan import Plan, ProgrammePlan, Wave
from kith.matching.run import RunMode

MENTORS = """
Rosalinda Quintero; she/her; es en; WOMAN
Marcus Tillery; he/him; en
Denise Abernethy; she/her; en; WOMAN
Hector Villaseñor; he/him; es en
Jolene Whitfeather; she/her; en; WOMAN
Andre Beaumont; he/him; en fr
Linh Tran-Hollis; she/her; en vi; WOMAN
Curtis Oyelaran; he/him; en
Pilar Escamilla; she/her; es en; WOMAN
Sam Rutkowski; they/them; en pl
Leon Hargrove; he/him; en
Yesenia Bracamonte; she/her; es en; WOMAN
"""

MENTEES = """
Javier Montellano; he/him; es
Tamika Rowe; she/her; en; WOMAN
Dale Swenson; he/him; en
Graciela Ibarra-Poe; she/her; es en; WOMAN
Jordan Pettiford; they/them; en
Ramona Castel; she/her; es; WOMAN
Kenneth Aldridge; he/him; en
Brandi Colewell; she/her; en; WOMAN
Mateo Arredondo; he/him; es en
Terrence Gaines-Ruiz; he/him; en
Lupe Santillan; she/her; es en; WOMAN
Wendell Fry; he/him; en
Carla Dominick; she/her; en; WOMAN
Duc Pham-Ellis; he/him; vi en
Shanice Bellweather; she/her; en; WOMAN
Roy Kettleson; he/him; en
Alma Figueredo; she/her; es; WOMAN
Quentin Marsh; he/him; en
Morgan Teel; they/them; en
Ignacio Baeza; he/him; es en
Patrice Lamoureux; she/her; fr en; WOMAN
Otis Vandermeer; he/him; en
Nadine Crowfoot; she/her; en; WOMAN
Eddie Zamarripa; he/him; es en
Kelsey Oduya; she/her; en; WOMAN
Reuben Stack; he/him; en
Xiomara Peñalver; she/her; es en; WOMAN
Floyd Hennepin; he/him; en
Tasha Grimaldi; she/her; en; WOMAN
Cedric Molyneaux; he/him; en
Irma Valdovinos; she/her; es; WOMAN
Casey Brandt; they/them; en
Dominic Sabatini; he/him; en
Loretta Pickens; she/her; en; WOMAN
Arturo Celaya; he/him; es en
Glenn Thibodeau; he/him; en
Halima Warsame; she/her; so; WOMAN
Vernon Askew; he/him; en
Noemi Lazcano; she/her; es en
Percy Dunleavy; he/him; en
"""

APPLICANTS = """
Delphine Baptiste; she/her; en fr; WOMAN
Ernesto Quiroga; he/him; es en
Nia Hollowell; she/her; en; WOMAN
Walt Janowski; he/him; en pl
Robin Eastman; they/them; en
"""

NEWCOMERS = """
Darnell Whitaker; he/him; en
Itzel Cervantes; she/her; es en; WOMAN
Rosemary Tall Bull; she/her; en; WOMAN
Viktor Hladky; he/him; en
Asha Nur; she/her; so; WOMAN
Skyler Benoit; they/them; en
Jamal Prewitt; he/him; en
Consuelo Arias; she/her; es; WOMAN
"""

FORMER = """
Beatriz Olmedo; she/her; en es
Lamont Pruitt; he/him; en
Wren Castellanos; they/them; en
"""

LANTERN = Plan(
    slug="lantern",
    name="Lantern Peers",
    time_zone="America/Chicago",
    phone="+1 312 555 {:04d}",  # 0100 to 0199 are nobody's
    staff={
        "admin": "Marisol Vance",
        "coordinator": "Dwayne Ellery",
        "supervisor": "Ruth Adeyemi-Stone",
        "partner": "Hannah Lindqvist",
        "analyst": "Theo Marchetti",
    },
    currency="USD",
    near=("41.881800", "-87.640000"),
    partners=("Lakefront Health", "Southside Night Shelter"),
    applicants=APPLICANTS,
    newcomers=NEWCOMERS,
    former=FORMER,
    programmes=(
        ProgrammePlan(
            name="Peer companions",
            purpose="Somebody beside you, in your language, for the first year and after.",
            mentors=MENTORS,
            mentees=MENTEES,
            places=(3, 3, 2, 3, 2, 2, 2, 3, 2, 2, 2, 2),
            waves=(
                Wave(178, 14),
                Wave(141, 5),
                Wave(103, 3, discarded_first=True),
                Wave(66, 3, RunMode.QUALITY),
                Wave(31, 2),
                Wave(1, 13),
            ),
            reminder_hours=48,
        ),
    ),
)
