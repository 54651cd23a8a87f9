// What a TypeScript frontend configures: the client preset, strict about our scalars.
export default {
  schema: "schema.graphql",
  documents: ["documents/*.graphql"],
  generates: {
    "made/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true,
        useTypeImports: true,
        scalars: { Date: "string", DateTime: "string", Decimal: "string", JSON: "unknown", Time: "string" },
      },
    },
  },
};
