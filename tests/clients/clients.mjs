// Apollo Client and urql against the service, each asked the same: { client, url, tokens, person } as JSON in, what it
// told its user as JSON out.
import { readFileSync } from "node:fs";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { filter, firstValueFrom } from "rxjs";
import { Client, cacheExchange, fetchExchange } from "@urql/core";

const told = JSON.parse(readFileSync(0, "utf8"));
const read = (name) => readFileSync(new URL(`documents/${name}.graphql`, import.meta.url), "utf8");
const card = read("people").slice(read("people").indexOf("fragment PersonCard"));
const PEOPLE = read("people");
const JOBS = read("jobs");
const EDIT = `${read("editing")}\n${card}`;
const names = (data) => data.people.edges.map((edge) => edge.node.name);

const clients = {
  /** With its normalised cache: the pages grow into one list, and an edit shows in it without asking again. */
  async apollo() {
    const signed = (token) => {
      const typePolicies = { Query: { fields: { people: relayStylePagination(["orderBy", "filter"]) } } };
      const link = new HttpLink({ uri: told.url, headers: { authorization: `Bearer ${token}` } });
      return new ApolloClient({ link, cache: new InMemoryCache({ typePolicies }) });
    };
    const client = signed(told.tokens.admin);
    const asked = { query: gql(PEOPLE), variables: { first: 2 } };
    const kept = () => client.readQuery(asked).people.edges.map((edge) => edge.node);
    const watched = client.watchQuery(asked);
    const listening = watched.subscribe(() => {});
    let page = (await firstValueFrom(watched.pipe(filter((found) => !found.loading)))).data.people;
    const first = names({ people: page });
    while (page.pageInfo.hasNextPage) {
      page = (await watched.fetchMore({ variables: { after: page.pageInfo.endCursor } })).data.people;
    }
    const all = kept().map((person) => person.name);
    const edit = (given) => client.mutate({ mutation: gql(EDIT), variables: { input: { personId: told.person, ...given } } });
    const edited = (await edit({ pronouns: "she/they" })).data.editPerson;
    const seen = kept().find((person) => person.id === told.person).pronouns;
    const refused = (await edit({ name: " " })).data.editPerson;
    listening.unsubscribe();
    const failing = async (token, query) => {
      const error = await signed(token).query({ query: gql(query) }).then(() => null, (found) => found);
      if (ServerError.is(error)) return { status: error.statusCode, codes: codes(JSON.parse(error.bodyText).errors) };
      if (CombinedGraphQLErrors.is(error)) return { codes: codes(error.errors), data: error.data ?? null };
      return { error: String(error) };
    };
    return {
      first, all, edited, seen, refused,
      stranger: await failing("kith_nobody", PEOPLE.replaceAll("$first: Int!", "$first: Int = 1")),
      forbidden: await failing(told.tokens.mentee, JOBS),
    };
  },

  /** With its document cache: an edit makes it ask for the list again. */
  async urql() {
    const signed = (token) => new Client({
      url: told.url,
      exchanges: [cacheExchange, fetchExchange],
      fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    });
    const client = signed(told.tokens.admin);
    const pages = [];
    let after = null;
    do {
      const { data } = await client.query(PEOPLE, { first: 2, after });
      pages.push(names(data));
      after = data.people.pageInfo.hasNextPage ? data.people.pageInfo.endCursor : null;
    } while (after);
    const edit = async (given) => (await client.mutation(EDIT, { input: { personId: told.person, ...given } })).data.editPerson;
    const edited = await edit({ pronouns: "she/they" });
    const again = (await client.query(PEOPLE, { first: 100 })).data.people.edges.map((edge) => edge.node);
    const seen = again.find((node) => node.id === told.person).pronouns;
    const refused = await edit({ name: " " });
    const failing = async (token, query) => {
      const { data, error } = await signed(token).query(query, { first: 1 });
      return { status: error.response?.status, codes: codes(error.graphQLErrors), data: data ?? null };
    };
    return {
      first: pages[0], all: pages.flat(), edited, seen, refused,
      stranger: await failing("kith_nobody", PEOPLE),
      forbidden: await failing(told.tokens.mentee, JOBS),
    };
  },
};

const codes = (errors) => errors.map((error) => error.extensions.code);
process.stdout.write(JSON.stringify(await clients[told.client]()));
