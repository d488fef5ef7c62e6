import type { Readable } from 'node:stream';
import { Output } from './output.ts';

/** Tells the lines of a stream until it ends, or until they are too much: then whoever goes on gets SIGPIPE. */
export function tellLines(stream: Readable, printed: (line: string) => void): void {
  const output = new Output(printed);
  stream.on('data', (text: string) => {
    if (output.take(text)) return;
    printed('prints without end; no more is read');
    stream.destroy();
  });
  stream.on('close', () => {
    const left = output.end();
    if (left > 0) printed(`… and ${left} more lines`);
  });
}
