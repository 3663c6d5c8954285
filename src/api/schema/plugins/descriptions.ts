import "graphile-build-pg";
import { ARGUMENTS, RESULTS, VALUES } from "../descriptions.ts";

const MUTATION_INPUT = /Input$/;

/** Explains what PostgreSQL keeps no comments on. */
export const DescriptionsPlugin: GraphileConfig.Plugin = {
  name: "DescriptionsPlugin",
  version: "1.0.0",
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args_arg: (arg, _build, { scope: { fieldName, argName } }) =>
        arg.description ? arg : { ...arg, description: argument(fieldName, argName) },
      GraphQLInputObjectType_fields_field: (field, build, { Self, scope: { fieldName, isMutationInput } }) =>
        field.description || !isMutationInput
          ? field
          : {
              ...field,
              description: argument(
                build.inflection.camelCase(Self.name.replace(MUTATION_INPUT, "")),
                fieldName,
              ),
            },
      GraphQLObjectType_fields_field: (field, _build, { scope: { fieldName, isMutationPayload } }) =>
        field.description || !isMutationPayload ? field : { ...field, description: RESULTS[fieldName] },
      GraphQLEnumType_values_value: (value, _build, { Self, scope: { valueName } }) =>
        value.description ? value : { ...value, description: VALUES[Self.name]?.[valueName] },
    },
  },
};

const argument = (field: string, name: string): string | undefined =>
  ARGUMENTS[`${field}.${name}`] ?? ARGUMENTS[name];
