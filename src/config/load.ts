import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { contradictions, PASSWORD_FILE } from './consistency.ts';
import { ConfigurationError, type Fault, formatPath, type Path } from './fault.ts';
import { type Configuration, configurationSchema } from './schema.ts';
import { readSecret } from './secret.ts';
import { sound } from './sound.ts';
import { YamlDocument } from './yaml-document.ts';

/** The configuration in a file. Throws ConfigurationError with everything that is wrong with it. */
export function loadConfiguration(file: string): Configuration {
  return parseConfiguration(decode(read(file), file), file);
}

/**
 * The configuration in a YAML text; `file` is its name in messages. Throws ConfigurationError with all its
 * faults.
 */
export function parseConfiguration(text: string, file: string): Configuration {
  const document = new YamlDocument(text);
  const fault = (offset: number, path: Path, message: string): Fault => ({
    position: document.position(offset),
    path: formatPath(path),
    message,
  });
  const flaws = document.flaws.map(({ offset, path, message }) => fault(offset, path, message));
  if (document.value === undefined) {
    throw new ConfigurationError(file, flaws.length > 0 ? flaws : [fault(0, [], EMPTY)]);
  }
  const result = consistentSchema.safeParse(document.value);
  const found = result.success ? [] : result.error.issues.flatMap((issue) => findings(issue, []));
  const flawed = new Set(flaws.map(({ path }) => path));
  const faults = firstOfEach(found, flawed).map(({ path, message, at }) =>
    fault(document.offset(path, at), path, message),
  );
  if (!result.success || flaws.length > 0) throw new ConfigurationError(file, [...flaws, ...faults]);
  try {
    return withPassword(result.data);
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigurationError(file, [
      fault(document.offset(PASSWORD_FILE, 'value'), PASSWORD_FILE, message),
    ]);
  }
}

/** With the password that stands elsewhere, where this process may have it. Throws as `readSecret`. */
function withPassword(configuration: Configuration): Configuration {
  const { email } = configuration;
  const place = email?.smtp_parameters.password_file;
  if (email === undefined || place === undefined) return configuration;
  const password = readSecret(place, process.env);
  return { ...configuration, email: { ...email, smtp_parameters: { ...email.smtp_parameters, password } } };
}

const EMPTY = 'the file is empty; "fault_tolerant_router generate_config" writes an example';

/** Runs also when values have faults, on those that have none: every fault is to be reported at once. */
const consistentSchema = configurationSchema.superRefine(
  (configuration, context) => {
    for (const { path, message } of contradictions(sound(configuration, context.issues))) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  },
  { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
);

interface Finding {
  readonly path: Path;
  readonly message: string;
  /** What of the path to point at. */
  readonly at: 'key' | 'value';
}

function findings(issue: z.core.$ZodIssue, parent: Path): Finding[] {
  const path: Path = [
    ...parent,
    ...issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
  ];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ path: [...path, key], message: messages[index]!, at: 'key' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return common(meant(issue.errors), path);
  return [{ path, message: issue.message, at: 'value' }];
}

/**
 * The first finding about each value that is not known as flawed: it says enough, for what does not fit its
 * kind cannot fit its limits.
 */
function firstOfEach(findings: readonly Finding[], flawed: ReadonlySet<string>): Finding[] {
  const seen = new Set(flawed);
  return findings.filter(({ path }) => seen.size < seen.add(formatPath(path)).size);
}

/** The variants of a union that a value may have been meant for: those that find fault with parts of it, or else the first. */
function meant(variants: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[][] {
  const near = variants.filter((issues) =>
    issues.some(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return near.length > 0 ? near : variants.slice(0, 1);
}

/** What every variant of a union finds is wrong, whichever was meant. */
function common(variants: readonly z.core.$ZodIssue[][], path: Path): Finding[] {
  const [first = [], ...others] = variants.map((issues) => issues.flatMap((issue) => findings(issue, path)));
  const same = (a: Finding, b: Finding) =>
    a.message === b.message && formatPath(a.path) === formatPath(b.path);
  return first.filter((finding) => others.every((variant) => variant.some((other) => same(finding, other))));
}

/** Whose file it may be beside root's; config/fault-tolerant-router.sysusers. */
export const SERVICE_GROUP = 'fault-tolerant-router';

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigurationError(file, [
      { path: '', message: unreadable(file, error as NodeJS.ErrnoException) },
    ]);
  }
}

function unreadable(file: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file; "fault_tolerant_router generate_config" writes an example';
  if (code === 'EACCES')
    return `no permission to read the file; for the service: chgrp ${SERVICE_GROUP} ${file} && chmod 640 ${file}`;
  if (code === 'EISDIR') return 'this is a directory; a file is needed';
  return `cannot be read: ${message}`;
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigurationError(file, [
      { path: '', message: 'not UTF-8 text; save the file in that encoding' },
    ]);
  }
}
