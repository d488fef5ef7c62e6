import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { afterEach } from 'node:test';
import type { Method, Outcome } from '../../../src/probe/method.ts';
import type { ProbePath } from '../../../src/probe/path.ts';
import { until } from '../../support/waiting.ts';
import { line } from './addresses.ts';

/** The first line. */
export const path: ProbePath = {
  device: 'eth1',
  index: line.index,
  source: line.address,
  mark: line.mark,
  gateway: line.gateway,
};

/** More than anything here takes, ms. */
const PATIENCE = 20_000;

/** What comes of one attempt; with a `timeout`, the attempt is one that has to run into it. */
export function attempt<Target>(
  method: Method<Target>,
  target: Target,
  timeout = PATIENCE,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const inquiry = method(path, target, (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    });
    const timer = setTimeout(() => {
      inquiry.cancel();
      resolve({ failure: inquiry.overdue });
    }, timeout);
  });
}

/** Asserts that the target has answered. */
export async function answers<Target>(method: Method<Target>, target: Target): Promise<void> {
  const outcome = await attempt(method, target);
  assert.ok('rtt' in outcome && outcome.rtt > 0 && outcome.rtt < PATIENCE, JSON.stringify(outcome));
}

const descriptors = () => readdirSync('/proc/self/fd').length;

/** From now on, asserts after each test that no descriptor is left open. */
export function expectNothingOpen(): void {
  const before = descriptors();
  afterEach(() => until(() => descriptors() <= before, PATIENCE));
}
