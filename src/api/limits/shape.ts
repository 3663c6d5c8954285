import { type DocumentNode, Kind, type SelectionSetNode } from "grafast/graphql";
import { ApiError } from "../errors.ts";
import { LIMITS } from "./limits.ts";

type Shape = { depth: number; introspectionDepth: number; fields: number; rootFields: number };

const EMPTY: Shape = { depth: 0, introspectionDepth: 0, fields: 0, rootFields: 0 };

/**
 * Refuses a document that is too deep or asks for too much, before it is validated: validation itself grows with what it is
 * given. Every fragment is measured once, however often it is used.
 */
export function checkShape(document: DocumentNode): void {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [],
    ),
  );
  const measured = new Map<string, Shape>();

  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) refuse(shapeOf(node.selectionSet));
  }

  function shapeOf({ selections }: SelectionSetNode): Shape {
    const shape = { ...EMPTY };
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const below = node.selectionSet ? shapeOf(node.selectionSet) : EMPTY;
        shape.fields += below.fields + 1;
        shape.rootFields += 1;
        if (node.name.value.startsWith("__")) {
          shape.introspectionDepth = Math.max(shape.introspectionDepth, below.depth + 1);
        } else {
          shape.depth = Math.max(shape.depth, below.depth + 1);
          if (below.introspectionDepth > 0) {
            shape.introspectionDepth = Math.max(shape.introspectionDepth, below.introspectionDepth + 1);
          }
        }
      } else {
        const part =
          node.kind === Kind.INLINE_FRAGMENT ? shapeOf(node.selectionSet) : ofFragment(node.name.value);
        shape.fields += part.fields;
        shape.rootFields += part.rootFields;
        shape.depth = Math.max(shape.depth, part.depth);
        shape.introspectionDepth = Math.max(shape.introspectionDepth, part.introspectionDepth);
      }
    }
    return shape;
  }

  /** A fragment that is unknown or holds itself counts nothing: validation refuses it. */
  function ofFragment(name: string): Shape {
    let shape = measured.get(name);
    if (!shape) {
      measured.set(name, EMPTY);
      const selections = fragments.get(name);
      shape = selections ? shapeOf(selections) : EMPTY;
      measured.set(name, shape);
    }
    return shape;
  }
}

function refuse({ depth, introspectionDepth, fields, rootFields }: Shape): void {
  if (depth > LIMITS.depth || introspectionDepth > LIMITS.introspectionDepth) {
    throw new ApiError("TOO_DEEP", `fields are nested more than ${LIMITS.depth} deep`);
  }
  if (fields > LIMITS.fields) {
    throw new ApiError("TOO_LARGE", `more than ${LIMITS.fields} fields, fragments and aliases counted`);
  }
  if (rootFields > LIMITS.rootFields) {
    throw new ApiError(
      "TOO_LARGE",
      `more than ${LIMITS.rootFields} fields at the top; ask in several requests`,
    );
  }
}
