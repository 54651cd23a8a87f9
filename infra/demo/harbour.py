"""Harbour Recovery, in Dublin, with two programmes."""

from infra.demo.plan import Plan, ProgrammePlan, Wave
from kith.matching.run import RunMode
from kith.people.profile import LifeStage
from kith.programmes import AsksFirst

ONE_TO_ONE_MENTORS = """
Aoife Brannock; she/her; en ga; WOMAN
Tomasz Wilkowski; he/him; en pl
Declan Feeley; he/him; en
Siobhán Cregg; she/her; en ga; WOMAN
Rafael Moutinho; he/him; en pt-BR
Gráinne Tuohig; she/her; en; WOMAN
Noel Haverty; he/him; en
Kasia Brzezna; she/her; en pl; WOMAN
"""

ONE_TO_ONE_MENTEES = """
Liam Corrivan; he/him; en
Niamh Dollard; she/her; en ga; WOMAN
Piotr Zalenski; he/him; pl en
Eoin Mulvagh; he/him; en
Clodagh Rattigan; she/her; en; WOMAN
Bruna Siqueira; she/her; pt-BR en
Cathal Dunphrey; he/him; en
Saoirse Lenihan; they/them; en ga
Marek Dobrowicz; he/him; pl en
Fionnuala Keaveny; she/her; en; WOMAN
Dermot Costigan; he/him; en
Róisín Halpenny; she/her; en; WOMAN
Jamie Whelehan; they/them; en
Oisín Treacey; he/him; en ga
Maeve Scully-Byrne; she/her; en; WOMAN
Brian Lehane; he/him; en
Agnieszka Morawa; she/her; pl en; WOMAN
Colm Devanney; he/him; en
Thiago Valadares; he/him; pt-BR en
Patrick Ormsby; he/him; en
Una McGlade; she/her; en; WOMAN
Gerard Tansey; he/him; en
Sinéad Kilbride; she/her; en; WOMAN
Vincent Okoro; he/him; en
Mary Pat Dargan; she/her; en; WOMAN
Oksana Lysenko; she/her; uk; WOMAN
Hugh Lavelle; he/him; en
Deirdre Nangle; she/her; en
"""

YOUNG_MENTORS = """
Ciara Fallowes; she/her; en; WOMAN
Seán Óg Dempsey; he/him; en ga
Zuzanna Piekarz; they/them; en pl
Kwame Adjei; he/him; en
"""

YOUNG_MENTEES = """
Ella Carbery; she/her; en
Josh Tierney-Ward; he/him; en
Robin Galvey; they/them; en
Aisling Moyne; she/her; en ga
Kuba Lisowski; he/him; pl en
Shauna Prior; she/her; en
Adam Killeen; he/him; en
Tadhg Rourke; he/him; en ga
Amara Eze; she/her; en
Alex Harkin; they/them; en
Conor Blaney; he/him; en
Daryna Kovalchuk; she/her; uk
"""

APPLICANTS = """
Donal Sheerin; he/him; en ga
Ewa Krajewska; she/her; en pl; WOMAN
Joyce Omondi; she/her; en; WOMAN
Shane Mulcahy; he/him; en
Ruairí Hession; they/them; en ga
"""

NEWCOMERS = """
Ferdia Mangan; he/him; en ga
Nadia Rahimi; she/her; en fa; WOMAN
Bronagh Culhane; she/her; en; WOMAN
Emeka Nwosu; he/him; en
Yaroslav Hrytsenko; he/him; uk
Tess Kinnerk; they/them; en
Luke Prendiville; he/him; en
Marta Oliveira; she/her; pt-BR en; WOMAN
"""

FORMER = """
Gwendolyn Achterberg; she/her; en nl
Idris Mahmoudi; he/him; en ar
Petra Vondrak; they/them; en
"""

HARBOUR = Plan(
    slug="harbour",
    name="Harbour Recovery",
    time_zone="Europe/Dublin",
    phone="+353 20 910 {:04d}",  # numbers that are nobody's
    staff={
        "admin": "Orla Hennigan",
        "coordinator": "Fergal Tierney",
        "supervisor": "Bríd Naughton",
        "partner": "Callum Pryce",
        "analyst": "Ines Farrelly",
    },
    currency="EUR",
    near=("53.344000", "-6.267200"),
    partners=("Riverside Clinic", "St Brigid's Night Shelter"),
    applicants=APPLICANTS,
    newcomers=NEWCOMERS,
    former=FORMER,
    programmes=(
        ProgrammePlan(
            name="One-to-one recovery",
            purpose="A mentor who has been there, for as long as it helps.",
            mentors=ONE_TO_ONE_MENTORS,
            mentees=ONE_TO_ONE_MENTEES,
            places=(3, 3, 2, 3, 3, 3, 3, 2),
            waves=(
                Wave(177, 14),
                Wave(140, 3),
                Wave(104, 1, discarded_first=True),
                Wave(68, 1, RunMode.QUALITY),
                Wave(30, 1),
                Wave(1, 8),
            ),
            reminder_hours=48,
        ),
        ProgrammePlan(
            name="Young adults",
            purpose="For people from 18 to 25, with mentors not much older.",
            mentors=YOUNG_MENTORS,
            mentees=YOUNG_MENTEES,
            places=(2, 3, 2, 2),
            waves=(Wave(172, 4), Wave(120, 1), Wave(61, 1), Wave(1, 6)),
            asks_first=AsksFirst.MENTOR,
            life_stage=LifeStage.YOUNG_ADULT,
            publishes_last=False,
        ),
    ),
)
