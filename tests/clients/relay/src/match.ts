// What a Relay frontend of a coordinator asks: a list that grows, one thing fetched again by its id, and a mutation.
import { graphql } from "relay-runtime";

export const page = graphql`
  query matchPageQuery {
    viewer {
      roles
    }
    ...match_list
  }
`;

export const list = graphql`
  fragment match_list on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 2 }, after: { type: "String" })
  @refetchable(queryName: "matchListQuery") {
    matches(first: $first, after: $after, orderBy: NEWEST, filter: { status: [ACTIVE] })
      @connection(key: "match_list_matches") {
      totalCount
      edges {
        node {
          id
          ...match_card
        }
      }
    }
  }
`;

export const card = graphql`
  fragment match_card on Match @refetchable(queryName: "matchCardQuery") {
    status
    beganAt
    mentor {
      name
    }
    mentee {
      name
    }
    ...match_meetings
  }
`;

export const meetings = graphql`
  fragment match_meetings on Match
  @argumentDefinitions(last: { type: "Int", defaultValue: 5 }, before: { type: "String" })
  @refetchable(queryName: "matchMeetingsQuery") {
    meetings(last: $last, before: $before, orderBy: SOONEST)
      @connection(key: "match_meetings_meetings", filters: ["orderBy"]) {
      edges {
        node {
          startsAt
          format
          status
        }
      }
    }
  }
`;

export const found = graphql`
  query matchNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...match_card @alias(as: "match")
      ... on Person {
        name
      }
    }
  }
`;

export const setGoal = graphql`
  mutation matchSetGoalMutation($input: SetGoalInput!, $connections: [ID!]!) {
    setGoal(input: $input) {
      result @appendNode(connections: $connections, edgeTypeName: "GoalEdge") {
        title
        status
        progress(first: 1) {
          nodes {
            score
          }
        }
      }
      errors {
        code
        message
        path
      }
    }
  }
`;
