import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type ListValueNode,
  OperationTypeNode,
  type SelectionSetNode,
} from "grafast/graphql";
import { fieldsAsText, ROWS } from "./rows-plugin.ts";

/**
 * Has the `nodes` of a valid document answered as text where that gives the same answer: where all that is asked of them is columns, by
 * plain fields and fragments. What directives leave open, and keys that are asked for twice, stay as they are.
 */
export function askForText(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const query = schema.getQueryType()!;
  return {
    ...document,
    definitions: document.definitions.map((node) =>
      node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.QUERY
        ? { ...node, selectionSet: ofObject(node.selectionSet, query) }
        : node,
    ),
  };

  function ofObject(selectionSet: SelectionSetNode, type: GraphQLObjectType): SelectionSetNode {
    const fields = plainFields(selectionSet, fragments);
    return fields ? { ...selectionSet, selections: fields.map((node) => ofField(node, type)) } : selectionSet;
  }

  function ofField(node: FieldNode, parent: GraphQLObjectType): FieldNode {
    const { selectionSet } = node;
    // Introspection is no field of a type.
    const field = parent.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (!selectionSet || !isObjectType(type)) return node;
    const asText = fieldsAsText(parent);
    if (asText && node.name.value === "nodes") {
      const columns = plainFields(selectionSet, fragments);
      return columns?.every(({ name }) => asText.has(name.value)) ? rows(node, columns) : node;
    }
    return { ...node, selectionSet: ofObject(selectionSet, type) };
  }
}

/** The fields of a selection, those of its fragments among them; undefined: they are not plain. */
function plainFields(
  { selections }: SelectionSetNode,
  fragments: Map<string, FragmentDefinitionNode>,
): FieldNode[] | undefined {
  const fields: FieldNode[] = [];
  for (const node of selections) {
    if (node.directives && node.directives.length > 0) return undefined;
    if (node.kind === Kind.FIELD) {
      fields.push(node);
      continue;
    }
    // Our types are neither interfaces nor unions: a fragment is of the type that it is in.
    const { selectionSet } = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)!;
    const inner = plainFields(selectionSet, fragments);
    if (!inner) return undefined;
    fields.push(...inner);
  }
  return new Set(fields.map(keyOf)).size === fields.length ? fields : undefined;
}

function rows({ selectionSet: _, ...node }: FieldNode, columns: FieldNode[]): FieldNode {
  return {
    ...node,
    alias: { kind: Kind.NAME, value: keyOf(node) },
    name: { ...node.name, value: ROWS },
    arguments: [
      { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "keys" }, value: list(columns.map(keyOf)) },
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: "fields" },
        value: list(columns.map(({ name }) => name.value)),
      },
    ],
  };
}

function keyOf({ alias, name }: Pick<FieldNode, "alias" | "name">): string {
  return (alias ?? name).value;
}

function list(values: string[]): ListValueNode {
  return { kind: Kind.LIST, values: values.map((value) => ({ kind: Kind.STRING, value })) };
}
