/** `response_format` → native JSON-schema output, or an instruction where the model has none. */
import type { ResponseFormat } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ModelTraits } from '../../host.ts';
import type { NoteSink } from './notes.ts';
import { toStrictSchema } from './schema.ts';

export interface EncodedFormat {
  readonly format?: { readonly type: 'json_schema'; readonly schema: JsonObject };
  /** Goes to the end of the system prompt. */
  readonly instruction?: string;
}

const ONLY_JSON = 'Answer with one JSON object only: no prose before or after it, no code fence.';

export function encodeFormat(format: ResponseFormat | undefined, traits: ModelTraits, notes: NoteSink): EncodedFormat {
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      notes.add('parameter.changed', 'response_format', 'There is no JSON mode; the model is asked for JSON in words.');
      return { instruction: ONLY_JSON };
    case 'json_schema': {
      if (!format.schema) {
        notes.add('parameter.changed', 'response_format', 'Without a schema the model is asked for JSON in words.');
        return { instruction: ONLY_JSON };
      }
      const described = format.description !== undefined && format.schema['description'] === undefined;
      const schema = described ? { ...format.schema, description: format.description } : format.schema;
      if (traits.jsonSchema !== false) {
        const strict = toStrictSchema(schema, 'response_format.json_schema.schema', notes);
        return { format: { type: 'json_schema', schema: strict } };
      }
      notes.add(
        'parameter.changed',
        'response_format',
        'The model has no JSON-schema output; it is asked for it in words.',
      );
      return { instruction: `${ONLY_JSON} It must satisfy this JSON Schema:\n${JSON.stringify(schema)}` };
    }
    case 'other':
      notes.add('parameter.dropped', 'response_format', 'The endpoint knows no such format.');
      return {};
  }
}
