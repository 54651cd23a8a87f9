// A small program against the generated documents: what is right compiles, and what is wrong does not.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { EditPersonDocument, MatchDocument, PeopleDocument, type PeopleQuery } from "./made/graphql";

declare function ask<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  given: NoInfer<Variables>,
): Promise<Result>;

/** Everybody's name, page by page. */
export async function names(): Promise<string[]> {
  const found: string[] = [];
  let after: string | null | undefined = null;
  do {
    const { people }: PeopleQuery = await ask(PeopleDocument, { first: 100, after });
    found.push(...people.edges.map((edge) => edge.node.name));
    after = people.pageInfo.hasNextPage ? people.pageInfo.endCursor : null;
  } while (after);
  return found;
}

/** When a match's meetings start; nothing where the id is another thing's. */
export async function starts(id: string): Promise<string[]> {
  const { node } = await ask(MatchDocument, { id });
  return node?.__typename === "Match" ? node.meetings.nodes.map((meeting) => meeting.startsAt) : [];
}

/** Why a name is refused, as sentences; an ErrorCode is one of a few. */
export async function rename(personId: string, name: string): Promise<string[]> {
  const { editPerson } = await ask(EditPersonDocument, { input: { personId, name } });
  const refused = editPerson?.errors ?? [];
  return refused.filter((error) => error.code !== "FORBIDDEN").map((error) => error.message);
}

export async function mistakes(): Promise<void> {
  // @ts-expect-error: `first` is required
  const { people } = await ask(PeopleDocument, {});
  // @ts-expect-error: nobody asked for the time zone
  people.edges.map((edge) => edge.node.timeZone);
  // @ts-expect-error: an input has no such field
  await ask(EditPersonDocument, { input: { personId: "x", shoeSize: 42 } });
  const { editPerson } = await ask(EditPersonDocument, { input: { personId: "x" } });
  // @ts-expect-error: no such code
  editPerson?.errors.some((error) => error.code === "TOO_TALL");
  // @ts-expect-error: a mutation's answer may be null
  editPerson.errors;
}
