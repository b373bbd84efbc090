/** Reads one PDF and answers; its owner ends it. */
import type { PdfTask } from './pdf-reader.ts';
import { pdfText } from './pdf-text.ts';

declare const self: Worker;

self.onmessage = (event: MessageEvent<PdfTask>) => {
  const { bytes, ...limits } = event.data;
  void pdfText(bytes, limits).then((outcome) => self.postMessage(outcome));
};
