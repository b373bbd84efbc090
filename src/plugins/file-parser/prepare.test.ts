import { describe, expect, test } from 'bun:test';
import type { ChatRequest, FilePart } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { choiceOf, endpointOf, requestOf, responseOf } from '../samples.fixture.ts';
import { annotationOf, knownFiles } from './annotations.ts';
import { kindOf, textOf } from './file-text.ts';
import { pdfOf } from './pdf.fixture.ts';
import type { PdfOutcome, PdfReader, ReadOptions } from './pdf-reader.ts';
import { type FileOptions, prepareFiles } from './prepare.ts';

const TEXT_ONLY = endpointOf(100_000);
const TAKES_FILES = endpointOf(100_000, { inputModalities: ['text', 'file'] });
const OPTIONS: FileOptions = { engine: 'default', isOnlyWay: false, known: new Map() };

function fileOf(mediaType: string, bytes: Uint8Array | string, filename?: string): FilePart {
  const base64 = Buffer.from(bytes).toString('base64');
  return { type: 'file', source: { kind: 'data', mediaType, base64 }, ...(filename && { filename }) };
}

const PDF = fileOf('application/pdf', pdfOf(['One', 'Two']), 'report.pdf');
const NOTES = fileOf('text/plain', 'Grüße', 'a"b\n<c>.txt');
const REMOTE: FilePart = { type: 'file', source: { kind: 'url', url: 'https://example.com/a.pdf' } };

function asking(...files: readonly FilePart[]): ChatRequest {
  return requestOf([{ role: 'user', content: [{ type: 'text', text: 'Summarise' }, ...files] }]);
}

function ports(outcome: PdfOutcome = { kind: 'text', pages: ['One', 'Two'] }) {
  const reads: ReadOptions[] = [];
  let nowMs = 1000;
  const pdfReader: PdfReader = {
    async read(_, options) {
      reads.push(options);
      nowMs += 15_000;
      return outcome;
    },
  };
  return { reads, ports: { pdfReader, clock: { now: () => nowMs } } };
}

function prepare(request: ChatRequest, options: Partial<FileOptions> = {}, outcome?: PdfOutcome) {
  return prepareFiles(request, { ...OPTIONS, ...options }, ports(outcome).ports);
}

describe('prepareFiles', () => {
  test('sends the text in place of the file where the endpoint takes none', async () => {
    const cacheControl = { ttl: '1h' } as const;
    const request = asking({ ...PDF, cacheControl }, NOTES);
    const { effect, notes, readsFiles, addedPromptTokens } = await prepare(request);
    expect(readsFiles).toBe(true);
    expect(notes).toEqual([]);
    expect(effect.mayEditRequest?.(TEXT_ONLY)).toBe(true);
    const edited = effect.editRequest?.(structuredClone(request), TEXT_ONLY);
    const pdfText = '<file name="report.pdf">\nOne\n\nTwo\n</file>';
    const noteText = '<file name="a_b__c_.txt">\nGrüße\n</file>';
    expect(edited?.value.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Summarise' },
          { type: 'text', text: pdfText, cacheControl },
          { type: 'text', text: noteText },
        ],
      },
    ]);
    expect(edited?.notes.map(({ code, field }) => [code, field])).toEqual([
      ['part.converted', 'messages[0].content[1]'],
      ['part.converted', 'messages[0].content[2]'],
    ]);
    expect(edited?.stages).toEqual([
      { type: 'plugin', name: 'file-parser', summary: '2 files were sent as text.', data: { files: 2 } },
    ]);
    expect(addedPromptTokens).toBe(Math.ceil((pdfText.length + noteText.length) / 4));
  });

  test('leaves files to an endpoint that takes them, unless text is asked for', async () => {
    const request = asking(PDF);
    const byDefault = await prepare(request);
    expect(byDefault.effect.mayEditRequest?.(TAKES_FILES)).toBe(false);
    expect(byDefault.effect.editRequest?.(request, TAKES_FILES).value).toBe(request);
    const asText = await prepare(request, { engine: 'text' });
    expect(asText.effect.mayEditRequest?.(TAKES_FILES)).toBe(true);
    expect(asText.effect.editRequest?.(request, TAKES_FILES).stages).toHaveLength(1);
  });

  test('reads the same file once, and all within one time limit', async () => {
    const other = fileOf('application/pdf', pdfOf(['Other']));
    const { reads, ports: shared } = ports();
    const error = await prepareFiles(
      asking(PDF, PDF, other, fileOf('application/pdf', pdfOf(['Late']))),
      { ...OPTIONS, isOnlyWay: true },
      shared,
    ).catch((thrown: unknown) => thrown);
    expect(reads.map(({ timeoutMs }) => timeoutMs)).toEqual([20_000, 5000]);
    expect(reads[0]).toMatchObject({ maxPages: 1000 });
    expect(error).toMatchObject({
      code: 'client.invalid_request',
      details: { field: 'messages[0].content[4]' },
      message: expect.stringContaining('reading the files takes more than 20 s'),
    });
  });

  test('the reply tells what was read, for the next request', async () => {
    const { effect } = await prepare(asking(PDF, PDF, NOTES));
    const reply = effect.editReply?.(responseOf(choiceOf('Fine.'), choiceOf('Good.', { index: 1 }))).value;
    const annotations = reply?.choices[0]?.annotations ?? [];
    expect(annotations).toEqual([
      {
        type: 'file',
        file: {
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
          name: 'report.pdf',
          content: [{ type: 'text', text: '<file name="report.pdf">\nOne\n\nTwo\n</file>' }],
        },
      },
    ]);
    expect(reply?.choices[1]?.annotations).toEqual([]);

    const { reads, ports: next } = ports({ kind: 'text', pages: ['Not asked'] });
    const again = await prepareFiles(asking(PDF), { ...OPTIONS, known: knownFiles(annotations) }, next);
    expect(reads).toEqual([]);
    expect(JSON.stringify(again.effect.editRequest?.(asking(PDF), TEXT_ONLY).value)).toContain('One\\n\\nTwo');
    expect(again.effect.editReply).toBeUndefined();
  });

  test.each([
    ['a type that is not read', fileOf('image/png', 'x'), 'files of type image/png are not read'],
    [
      'an archive without a type',
      fileOf('application/octet-stream', new Uint8Array([80, 75, 0, 1])),
      'files of type application/octet-stream are not read',
    ],
    [
      'what is no base64',
      { ...PDF, source: { kind: 'data', mediaType: 'text/plain', base64: '!!!!!!' } },
      'its data is not base64',
    ],
    [
      'too large a file',
      fileOf('text/plain', new Uint8Array(32 * 1024 * 1024 + 1)),
      'it has 33554433 bytes; at most 33554432 are read',
    ],
    ['an address', REMOTE, 'it is sent as an address, and addresses are not downloaded'],
    ['an id', { type: 'file', source: { kind: 'id', id: 'file-1' } }, 'it is sent as the id of a file at a provider'],
  ] as const)(
    'cannot read %s: an error where no endpoint takes files, else for those that do',
    async (_, file, because) => {
      const cure = 'Send a PDF with text in it or a text file as a data URL, or choose a model that takes files.';
      await expect(prepare(asking(file), { isOnlyWay: true })).rejects.toMatchObject({
        code: 'client.invalid_request',
        message: `messages[0].content[1]: the file cannot be read: ${because}. ${cure}`,
        details: { field: 'messages[0].content[1]' },
      });
      const { readsFiles, notes, effect } = await prepare(asking(file));
      expect(readsFiles).toBe(false);
      expect(notes).toMatchObject([{ code: 'parameter.changed', field: 'messages[0].content[1]' }]);
      expect(effect).toEqual({});
    },
  );

  test('a PDF that cannot be read, or holds no text', async () => {
    const because = 'it is locked with a password';
    await expect(prepare(asking(PDF), { isOnlyWay: true }, { kind: 'unreadable', because })).rejects.toThrow(because);
    await expect(prepare(asking(PDF), { isOnlyWay: true }, { kind: 'text', pages: ['', ''] })).rejects.toThrow(
      'it may be a scan',
    );
  });

  test('text was asked for: what cannot be read is an error, an address is left to endpoints that take files', async () => {
    await expect(prepare(asking(fileOf('image/png', 'x')), { engine: 'text' })).rejects.toMatchObject({
      code: 'client.invalid_request',
    });
    const request = asking(REMOTE, NOTES);
    const { readsFiles, effect } = await prepare(request, { engine: 'text' });
    expect(readsFiles).toBe(false);
    const parts = effect.editRequest?.(request, TAKES_FILES).value.messages[0]?.content.map(({ type }) => type);
    expect(parts).toEqual(['text', 'file', 'text']);
  });

  test('what is no fault of the file is passed on', async () => {
    const busy = new GatewayError('gateway.unavailable', 'busy');
    const pdfReader: PdfReader = { read: () => Promise.reject(busy) };
    const clock = { now: () => 0 };
    await expect(prepareFiles(asking(PDF), OPTIONS, { pdfReader, clock })).rejects.toBe(busy);
  });

  test('a request that was changed in between keeps its other files', async () => {
    const { effect } = await prepare(asking(PDF));
    const other = asking(fileOf('application/pdf', 'something else'));
    expect(effect.editRequest?.(other, TEXT_ONLY).value).toBe(other);
  });
});

describe('knownFiles', () => {
  test('reads what annotationOf writes', () => {
    const file = { hash: 'abc', name: undefined, text: 'told' };
    expect(knownFiles([annotationOf(file)])).toEqual(new Map([['abc', 'told']]));
  });

  test.each<[string, Json]>([
    ['citations', { type: 'url_citation', url_citation: { url: 'https://a.example' } }],
    [
      'files with more than text',
      { type: 'file', file: { hash: 'abc', content: [{ type: 'image_url', image_url: { url: 'data:' } }] } },
    ],
    ['files without content', { type: 'file', file: { hash: 'abc', content: [] } }],
    ['nonsense', { type: 'file', file: 'abc' }],
    ['nothing', null],
  ])('passes over %s', (_, annotation) => {
    expect(knownFiles([annotation]).size).toBe(0);
  });
});

describe('files as text', () => {
  test.each([
    ['application/pdf', 'anything', 'pdf'],
    [' Application/PDF ', 'anything', 'pdf'],
    ['application/octet-stream', '\n%PDF-1.7 …', 'pdf'],
    ['application/octet-stream', 'plain text', 'text'],
    ['', 'plain text', 'text'],
    ['application/octet-stream', '\0\0', 'other'],
    ['text/csv', 'a,b', 'text'],
    ['application/ld+json', '{}', 'text'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'PK', 'other'],
    ['image/svg', '<svg>', 'other'],
  ] as const)('%s with %j is %s', (mediaType, content, kind) => {
    expect(kindOf(mediaType, Buffer.from(content))).toBe(kind);
  });

  test.each([
    ['UTF-8', [0xc3, 0xbc], 'ü'],
    ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0x61], 'a'],
    ['UTF-16, little end first', [0xff, 0xfe, 0xfc, 0x00], 'ü'],
    ['UTF-16, big end first', [0xfe, 0xff, 0x00, 0xfc], 'ü'],
    ['Windows-1252', [0xfc, 0x80], 'ü€'],
  ])('decodes %s', (_, bytes, text) => {
    expect(textOf(new Uint8Array(bytes))).toBe(text);
  });
});
