// The recommended rules of @graphql-eslint for our schema and for what asks it; each exception with its reason.
import graphql from "@graphql-eslint/eslint-plugin";

const { configs, parser } = graphql;
const rule = (name, setting) => ({ [`@graphql-eslint/${name}`]: setting });
const documents = "./{documents,readme,frontend}/*.graphql";

export default [
  {
    files: ["**/*.graphql"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: "./schema.graphql", documents } } },
    plugins: { "@graphql-eslint": graphql },
  },
  {
    files: ["schema.graphql"],
    rules: {
      ...configs["flat/schema-recommended"].rules,
      ...configs["flat/schema-relay"].rules,
      // Stricter than recommended: everything has its sentence, and every mutation one argument `input: …Input!`.
      ...rule("require-description", ["error", {
        types: true, rootField: true, DirectiveDefinition: true,
        FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true,
      }]),
      ...rule("input-name", ["error", { checkInputType: true, caseSensitiveInputType: false }]),
      // Lists of scalars, of errors and of few things by nature are plain lists; what can grow is a connection.
      ...rule("relay-edge-types", ["error", { listTypeCanWrapOnlyEdgeType: false }]),
      // Values without a life of their own have no id: a page, an answer, an item of a stored list.
      ...rule("strict-id-in-types", ["error", {
        exceptions: {
          suffixes: ["Connection", "Edge", "Payload", "Event"],
          types: [
            "PageInfo", "UserError", "Viewer", "Window", "Contribution", "Opening",
            "IssuedToken", "ProvisionedOrganisation", "MeetingsByMonth", "RateLimit",
            "BaselineAnswer", "CoreTraining", "EarlierNote", "EligibilityAnswer", "ImportFinding", "IssuedCalendar",
            "OutreachByMonth", "PlannedGoal", "PlannedStep", "TrainingCompleteness",
          ],
        },
      }]),
    },
  },
  { files: ["{documents,readme,frontend}/*.graphql"], rules: configs["flat/operations-recommended"].rules },
  {
    files: ["{readme,frontend}/*.graphql"],
    // An id in every selection is for clients with a cache by id; a terminal and the sample frontend have none.
    rules: rule("require-selections", "off"),
  },
  {
    files: ["readme/*.graphql"],
    // What is typed by hand needs no name.
    rules: rule("no-anonymous-operations", "off"),
  },
];
