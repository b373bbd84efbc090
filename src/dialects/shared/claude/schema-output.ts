/** `response_format` → a schema for native JSON output, or an instruction where the model has none. */
import type { ResponseFormat } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { NoteSink } from '../notebook.ts';
import { toStrictSchema } from './strict-schema.ts';

export interface EncodedFormat {
  readonly schema?: JsonObject;
  /** Goes to the end of the system prompt. */
  readonly instruction?: string;
}

const ONLY_JSON = 'Answer with one JSON object only: no prose before or after it, no code fence.';

/** @param isNative the model can be held to a schema at this host */
export function encodeFormat(format: ResponseFormat | undefined, isNative: boolean, notes: NoteSink): EncodedFormat {
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
      if (isNative) return { schema: toStrictSchema(schema, 'response_format.json_schema.schema', notes) };
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
