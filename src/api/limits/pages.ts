import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "grafast/graphql";
import { ApiError } from "../errors.ts";
import { LIMITS } from "./limits.ts";

type Options = {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown>;
};

/** Refuses lists whose page is not given or too large; a variable's value counts as it is now. For a document that is valid. */
export function checkPages({ schema, document, operation, variables }: Options): void {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const defaults = new Map(
    operation.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  const root = schema.getRootType(operation.operation);
  if (root) visit(operation.selectionSet, root);

  function visit({ selections }: SelectionSetNode, parent: GraphQLCompositeType): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) visitField(node, parent);
      else if (node.kind === Kind.FRAGMENT_SPREAD)
        visit(fragments.get(node.name.value)!.selectionSet, parent);
      else visit(node.selectionSet, parent);
    }
  }

  function visitField(node: FieldNode, parent: GraphQLCompositeType): void {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return;
    const field = parent.getFields()[node.name.value];
    if (!field || !node.selectionSet) return;
    if (isPaged(field) && asksForRows(node, field)) checkPage(node);
    visit(node.selectionSet, getNamedType(field.type) as GraphQLCompositeType);
  }

  /** Of a connection its count may be asked for without any rows. */
  function asksForRows(node: FieldNode, field: GraphQLField<unknown, unknown>): boolean {
    return isListType(getNullableType(field.type)) || selects(node.selectionSet!, ["nodes", "edges"]);
  }

  function selects({ selections }: SelectionSetNode, names: string[]): boolean {
    return selections.some((node) => {
      if (node.kind === Kind.FIELD) return names.includes(node.name.value);
      return selects(
        node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value)!.selectionSet : node.selectionSet,
        names,
      );
    });
  }

  function checkPage(node: FieldNode): void {
    const sizes = ["first", "last"].map((name) => sizeOf(node, name)).filter((size) => size !== undefined);
    if (sizes.length === 0 || sizes.some((size) => size < 0 || size > LIMITS.page)) {
      throw new ApiError(
        "PAGE_TOO_LARGE",
        `${node.alias?.value ?? node.name.value}: first (or last) must be given, from 0 to ${LIMITS.page}`,
      );
    }
  }

  /** What is no number is refused when variables are read. */
  function sizeOf(node: FieldNode, name: string): number | undefined {
    let value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.VARIABLE) {
      const given = variables[value.name.value];
      if (given !== undefined) return typeof given === "number" ? given : undefined;
      value = defaults.get(value.name.value);
    }
    return value?.kind === Kind.INT ? Number(value.value) : undefined;
  }
}

function isPaged(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some(({ name }) => name === "first" || name === "last");
}
