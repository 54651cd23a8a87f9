"""What people of the demo write: in their own words, about what they can do and hope for."""

from kith.people.profile import Domain

INTERESTS = (
    *("gardening", "football", "cooking", "music", "walking", "reading", "films", "swimming", "drawing", "cycling"),
    *("woodwork", "chess", "photography", "baking", "dogs", "running", "knitting", "languages"),
)

ABOUT = (
    "I have been in recovery for nine years. I listen first, and I like to walk while we talk.",
    "Seven years on my own path. I know the housing forms by heart and am glad to fill them in together.",
    "I am a parent of two and in long-term recovery. Small steps count, and so do the days between them.",
    "What helped me was one person who kept turning up. I would like to be that person for somebody.",
    "I work nights, cook too much and am in recovery since 2017. Tea is always on.",
    "I found work again after a long break, and can tell you what I wish I had known at the start.",
    "Recovery looks different for everyone. I will not tell you what yours should look like.",
    "I came here with a new language and a suitcase. I can help you find your way around.",
    "Twelve years in recovery. I enjoy bad films, good soup and honest conversation.",
)

GOALS: dict[Domain, tuple[str, ...]] = {
    Domain.HOUSING: ("Move into a place of my own", "Have an address where my post arrives", "Keep up with the rent"),
    Domain.EMPLOYMENT: ("Find part-time work that I like", "Write a CV I am happy with", "Talk to one employer"),
    Domain.EDUCATION: ("Finish the evening course", "Sit the driving theory test", "Apply to college"),
    Domain.HEALTH: ("Register with a family doctor", "Sleep through most nights", "See the dentist"),
    Domain.MENTAL_HEALTH: ("Have something that helps on a hard day", "Go to the group on Wednesdays"),
    Domain.SUBSTANCE_USE: ("Know whom to ring on a hard evening", "Keep the routine that works for me"),
    Domain.FAMILY: ("Sunday lunch with my sister once a month", "Write to my son", "Be there for the school play"),
    Domain.SOCIAL: ("Meet two people outside the house each week", "Join the walking club", "Play in the band again"),
    Domain.LEGAL: ("Understand the letter from the court", "Have the paperwork ready in time"),
    Domain.IDENTITY_DOCUMENTS: ("Renew my passport", "Have all my papers in one folder"),
    Domain.TRANSPORT: ("Get the bus pass", "Cycle to the centre and back"),
    Domain.FOOD: ("Cook three dinners a week", "Know where to shop on a small budget"),
}

WHY = (
    "It would make everything else easier.",
    "I have wanted this for a long time.",
    "Because I want to show myself that I can.",
    "",
    "",
)

PLACES = {
    "IN_PERSON": ("The quiet room at the centre", "The cafe by the library", "A walk from the park gate"),
    "PHONE": ("The mentor rings",),
    "VIRTUAL": ("The link is in the welcome letter",),
    "TEXT": ("",),
}

MISSED = ("We spoke the next day and found another time.", "Something came up; all is well.", "")

ROSE = (
    "A good week.",
    "A small step, and it counts.",
    "Made the phone call at last.",
    "Easier than I thought it would be.",
    "We looked at it together.",
    "",
    "",
    "",
)

SETBACK = (
    "A harder week. We talked about what has helped before.",
    "The answer was no this time; we will ask elsewhere.",
    "Slower than I hoped, and that is all right.",
)

REACHED = "It is done. Thank you for walking with me."

FEEDBACK = (
    "I felt at ease.",
    "We laughed, which I had not expected.",
    "Good to talk to somebody who has been there.",
    "I would like a little more time next week.",
    "",
    "",
    "",
    "",
    "",
)
