/** Small PDFs, written out by hand (ISO 32000-1 §7): pages of text, and files that mean harm. */
import { deflateSync } from 'node:zlib';

/** One page of text per item; lines become lines. */
export function pdfOf(pages: readonly string[]): Uint8Array {
  const kids = pages.map((_, at) => `${4 + at * 2} 0 R`).join(' ');
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    FONT,
    ...pages.flatMap((text, at) => [page(5 + at * 2), stream(Buffer.from(drawn(text)))]),
  ]);
}

/** A page whose few bytes unpack to this many. */
export function bombOf(unpackedBytes: number): Uint8Array {
  const packed = deflateSync(deflateSync(Buffer.alloc(unpackedBytes, ' ')));
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [4 0 R] /Count 1 >>',
    FONT,
    page(5),
    stream(packed, '/Filter [/FlateDecode /FlateDecode]'),
  ]);
}

/** A page whose drawing repeats itself, for practical purposes without end: four times, thirty levels deep. */
export function endlessPdf(): Uint8Array {
  const levels = Array.from({ length: 30 }, (_, level) => {
    const inner = level < 29 ? `/XObject << /X ${7 + level} 0 R >>` : '';
    const drawing = level < 29 ? '/X Do /X Do /X Do /X Do' : drawn('x');
    return stream(
      Buffer.from(drawing),
      `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F 3 0 R >> ${inner} >>`,
    );
  });
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [4 0 R] /Count 1 >>',
    FONT,
    page(5, '/XObject << /X 6 0 R >>'),
    stream(Buffer.from('/X Do')),
    ...levels,
  ]);
}

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

function page(contents: number, resources = ''): string {
  return `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> ${resources} >> /Contents ${contents} 0 R >>`;
}

function drawn(text: string): string {
  const lines = text.split('\n').map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj 0 -14 Td`);
  return `BT /F 12 Tf 72 720 Td ${lines.join(' ')} ET`;
}

function stream(body: Buffer, entries = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${body.length} >>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ]);
}

function assemble(objects: readonly (string | Buffer)[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  let length = parts[0]?.length ?? 0;
  const offsets = objects.map((object, at) => {
    const offset = length;
    const part = Buffer.concat([Buffer.from(`${at + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
  parts.push(Buffer.from(`${table}trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF`));
  return new Uint8Array(Buffer.concat(parts));
}
