/** What a request may ask for. docs/graphql.md tells of them. */
export const LIMITS = {
  /** Characters of a document, and what they consist of. */
  documentLength: 20_000,
  documentTokens: 5000,
  /** Nested fields. Introspection, as tools ask for it, goes deeper. */
  depth: 10,
  introspectionDepth: 20,
  /** Fields once fragments are put in; each alias is one. */
  fields: 300,
  /** At the top: each may be a query of the database. */
  rootFields: 20,
  /** Of variables, and how deep they are nested; a JSON document counts as one. */
  values: 10_000,
  valueDepth: 30,
  /** Rows of a page. */
  page: 1000,
  /** Bytes of a request. */
  body: 4 * 1024 * 1024,
} as const;
