"""What is asked: three operations, in the words of Kith, of PostGraphile and of the hand-written routes.

PostGraphile's documents rename fields where it calls them otherwise, so that the answers are alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import psycopg

from schema.ids import global_id
from tests.bench.data import NOW, USUAL, secret_of

ROLES = ("admin", "coordinator", "supervisor", "mentor")
NONE = UUID(int=0)


@dataclass(frozen=True)
class Operation:
    """One operation, and how many times the throughput of the others it is meant to have."""

    name: str
    title: str
    kith: str
    postgraphile: str
    route: str
    of_match: bool = False
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """Who asks, in which organisation, and about which match where the operation is of one."""

    slug: str
    organisation: UUID
    role: str = "admin"
    match: UUID = NONE


@dataclass(frozen=True)
class Request:
    """A POST request: where to, the one header that differs between callers, and the body."""

    path: str
    header: str
    value: str
    body: bytes


MATCH = Operation(
    "Q1",
    "one match with its two people and the next three meetings",
    """
    query Match($id: ID!, $now: DateTime!) {
      match(id: $id) {
        id status beganAt
        mentor { id name status }
        mentee { id name status }
        meetings(first: 3, filter: {startsFrom: $now}, orderBy: SOONEST) {
          nodes { id startsAt minutes format place status }
        }
      }
    }
    """,
    """
    query Match($organisation: UUID!, $id: UUID!, $now: Datetime!) {
      match: matchByOrganisationIdAndRowId(organisationId: $organisation, rowId: $id) {
        id: rowId status beganAt
        mentor { id: rowId name status }
        mentee { id: rowId name status }
        meetings(first: 3, filter: {startsAt: {greaterThanOrEqualTo: $now}}, orderBy: [STARTS_AT_ASC, ROW_ID_ASC]) {
          nodes { id: rowId startsAt minutes format place status }
        }
      }
    }
    """,
    "/match",
    of_match=True,
    targets={"PostGraphile": 2.5, "hand-written": 0.9},
)
DASHBOARD = Operation(
    "Q2",
    "fifty matches with their people, the last five meetings and the open goals",
    """
    query Dashboard {
      matches(first: 50, filter: {status: [ACTIVE]}, orderBy: NEWEST) {
        nodes {
          id status beganAt
          mentor { id name }
          mentee { id name status }
          meetings(first: 5, orderBy: LATEST) { nodes { id startsAt minutes format status } }
          goals(first: 10, filter: {status: [PROPOSED, AGREED]}, orderBy: OLDEST) { nodes { id title domain status } }
        }
        pageInfo { hasNextPage }
      }
    }
    """,
    """
    query Dashboard {
      matches: allMatches(first: 50, condition: {status: "ACTIVE"}, orderBy: [BEGAN_AT_DESC, ROW_ID_DESC]) {
        nodes {
          id: rowId status beganAt
          mentor { id: rowId name }
          mentee { id: rowId name status }
          meetings(first: 5, orderBy: [STARTS_AT_DESC, ROW_ID_DESC]) {
            nodes { id: rowId startsAt minutes format status }
          }
          goals(first: 10, filter: {status: {in: ["PROPOSED", "AGREED"]}}, orderBy: [SET_AT_ASC, ROW_ID_ASC]) {
            nodes { id: rowId title domain status }
          }
        }
        pageInfo { hasNextPage }
      }
    }
    """,
    "/dashboard",
    targets={"PostGraphile": 2.0, "hand-written": 0.9},
)
BY_MONTH = Operation(
    "Q3",
    "the organisation's meetings by month and format",
    "query ByMonth { meetingsByMonth { month format meetings minutes } }",
    "query ByMonth { meetingsByMonth: meetingsByMonthList { month format meetings minutes } }",
    "/meetings-by-month",
    targets={"PostGraphile": 1.1, "hand-written": 0.9},
)
OPERATIONS = (MATCH, DASHBOARD, BY_MONTH)

# Twenty matches that go on of each organisation, of those that the first person of the role may see.
_MATCH = """
    SELECT slug, o.id, m.id FROM organisations o, LATERAL (
        SELECT m.id FROM matches m WHERE organisation_id = o.id AND status = 'ACTIVE' AND {}
         ORDER BY began_at DESC LIMIT 20) m
     WHERE o.id IN (SELECT id FROM organisations WHERE slug LIKE %s ORDER BY slug LIMIT %s) ORDER BY m.id
"""
_WHO = """(SELECT t.{} FROM tokens t JOIN members p USING (organisation_id, person_id)
            WHERE t.organisation_id = o.id AND p.role = '{}')"""
_ORGANISATIONS = f"SELECT slug, id, '{NONE}'::uuid FROM organisations WHERE slug LIKE %s ORDER BY slug LIMIT %s"
_MATCHES = {
    "admin": _MATCH.format("true"),
    "coordinator": _MATCH.format(f"m.programme_id = {_WHO.format('programme_id', 'COORDINATOR')}"),
    "supervisor": _MATCH.format(
        "m.mentor_id IN (SELECT id FROM mentors WHERE organisation_id = o.id"
        f" AND supervisor_id = {_WHO.format('person_id', 'SUPERVISOR')})"
    ),
    "mentor": _MATCH.format("m.mentor_person_id IN (SELECT person_id FROM tokens WHERE organisation_id = o.id)"),
}


def of_kith(operation: Operation, ask: Ask) -> Request:
    """The operation as Kith is asked it."""
    variables = {"id": global_id("Match", ask.match), "now": NOW} if operation.of_match else {}
    secret = secret_of(ask.slug, ask.role)
    return Request("/graphql", "authorization", f"Bearer {secret}", _graphql(operation.kith, variables))


def of_postgraphile(operation: Operation, ask: Ask) -> Request:
    """The operation as PostGraphile is asked it; nobody signs in."""
    given = {"organisation": ask.organisation, "id": ask.match, "now": NOW} if operation.of_match else {}
    return Request("/graphql", "x-organisation", str(ask.organisation), _graphql(operation.postgraphile, given))


def of_hand_written(operation: Operation, ask: Ask) -> Request:
    """The operation as the hand-written routes are asked it; nobody signs in."""
    given = {"match": ask.match, "now": NOW} if operation.of_match else {}
    return Request(operation.route, "x-organisation", str(ask.organisation), orjson.dumps(given))


def asks(
    address: str, operation: Operation, *, role: str = "admin", slug: str = USUAL.slug, most: int = 10
) -> list[Ask]:
    """What is asked in turn: of several organisations, and in each of several matches where it is of one."""
    with psycopg.connect(address) as session:
        statement = _MATCHES[role] if operation.of_match else _ORGANISATIONS
        found = session.execute(statement.encode(), [f"{slug}-%", most]).fetchall()
    return [Ask(name, organisation, role, match) for name, organisation, match in found]


def _graphql(document: str, variables: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"query": " ".join(document.split()), "variables": variables})
