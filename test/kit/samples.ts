/** Small inputs that several client tests send. */

/** A PNG of one pixel. */
const PNG_BASE64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const PNG_URL = `data:image/png;base64,${PNG_BASE64}`;
export const PNG_BYTES: Uint8Array = Uint8Array.from(Buffer.from(PNG_BASE64, 'base64'));

export const WEATHER_SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
  additionalProperties: false,
} as const;

const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
export const PDF_URL = `data:application/pdf;base64,${btoa(PDF)}`;
export const PDF_BYTES = PDF.length;
