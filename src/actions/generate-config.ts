import { closeSync, fchmodSync, fchownSync, openSync, writeFileSync } from 'node:fs';
import { exampleConfiguration } from '../config/example.ts';
import { configurationJsonSchema } from '../config/json-schema.ts';
import { SERVICE_GROUP } from '../config/load.ts';
import { findGroup } from '../control/group.ts';
import type { Action } from './action.ts';

/**
 * Writes an example of a configuration where the configuration is to be, for the eyes of its owner and of the service
 * only, since it may come to hold a password; never in place of another file. The file "-" is standard output.
 */
export const generateConfig: Action = ({ file, demo }) => {
  const text = exampleConfiguration(configurationJsonSchema());
  if (file === '-' || demo) {
    process.stdout.write(text);
    return 0;
  }
  try {
    create(file, text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST' ? 'this file exists and stays as it is; --config=- prints the example' : message;
    process.stderr.write(`${file}: ${reason}\n`);
    return 1;
  }
  process.stdout.write(
    `${file}: an example, to be changed and then judged by "fault_tolerant_router check"\n`,
  );
  return 0;
};

function create(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    const group = process.getuid?.() === 0 ? findGroup(SERVICE_GROUP) : undefined;
    if (group !== undefined) {
      fchownSync(descriptor, 0, group);
      fchmodSync(descriptor, 0o640);
    }
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
