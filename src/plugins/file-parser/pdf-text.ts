/** The text of a PDF. Runs in a worker: a hostile file may take all the time and memory there is. */
import { getDocument } from 'unpdf/pdfjs';
import type { PdfLimits, PdfOutcome } from './pdf-reader.ts';

/** The text of every page, in order. Never throws: a file that cannot be read says why. */
export async function pdfText(bytes: Uint8Array, { maxPages, maxCharacters }: PdfLimits): Promise<PdfOutcome> {
  const task = getDocument({
    data: bytes,
    verbosity: 0,
    // Fonts are never drawn, forms never filled: none is loaded.
    disableFontFace: true,
    useSystemFonts: true,
    enableXfa: false,
  });
  try {
    const document = await task.promise;
    const { numPages } = document;
    if (numPages > maxPages) return unreadable(`it has ${numPages} pages; at most ${maxPages} are read`);
    const pages: string[] = [];
    let characters = 0;
    for (let number = 1; number <= numPages; number++) {
      const page = await document.getPage(number);
      const text = await pageText(page, maxCharacters - characters);
      if (text === null) return unreadable(`it holds more than ${maxCharacters} characters of text`);
      characters += text.length;
      pages.push(text.trim());
      page.cleanup();
    }
    return { kind: 'text', pages };
  } catch (error) {
    return unreadable(reasonOf(error));
  } finally {
    await task.destroy();
  }
}

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof getDocument>['promise']>['getPage']>>;

/** Null where it is longer than `maxCharacters`. Read piece by piece: a page has no size limit of its own. */
async function pageText(page: Page, maxCharacters: number): Promise<string | null> {
  const pieces = page.streamTextContent().getReader();
  let text = '';
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) return text;
    for (const item of value.items) text += item.hasEOL ? `${item.str}\n` : item.str;
    if (text.length <= maxCharacters) continue;
    // The library wants a reason of this class.
    await pieces.cancel(new Error('too long'));
    return null;
  }
}

function unreadable(because: string): PdfOutcome {
  return { kind: 'unreadable', because };
}

/** The library tells its errors by name; its messages are for developers. */
function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException') return 'it is locked with a password';
  return 'it is damaged, or no PDF';
}
