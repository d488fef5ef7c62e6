/**
 * What can happen, in the words by which programs know it: EVENT= in the journal, events that hooks wait for. Each has
 * the MESSAGE_ID of its entries in the journal, under which config/fault-tolerant-router.catalog tells of it
 * (sd_journal_print(3), journalctl(1), -x). A word and its id stay as they are for ever.
 */
export const MESSAGE_IDS = {
  started: 'c090b7bb49364a9f8243d98337880c58',
  stopped: 'd8166c02b9244d93bd3b7378ac48e05d',
  reloaded: 'cd20fbf60fe34c898a3d3f03abcc342f',
  reload_failed: '997f371412574fff88bb851e9b2dfc9a',
  uplink_up: 'a2a09addf4c841fda13a83e5f40833ab',
  uplink_down: '0b7406eac6e242169a4f398eab891f44',
  uplink_change: '7f944ce261fe48f68c89e0ce187d0571',
  route_change: '8155480101be4e4ba4dbd341ea3a60fd',
  policy_change: 'cb60511af05b44a4b3a76a13627dfb6a',
  all_down: '709e0f11e94c478cb9a04eea3a097de4',
  some_up: 'a337deb1f5264a028842b5f1690a8817',
  override: '1453ad1f762b4fd4ae35a823ebcc22d8',
  override_failed: 'e34ad8394de34c1bb9c5a6d94b56ddcd',
  flushed: 'b6ebae62afe3454f9585cd424a95f2f7',
  flush_failed: '2ff9abc8e2464e4c980138c82888fff2',
  probe: '8642bbfaa1254e2cb39ea2ad9e046990',
  check: 'e785b9a8e0f7426f8f4a4c1c36fca92b',
  target_dead: '6548ef93aba046e489300f9b5195c976',
  target_alive: '5a89a57af0384be69d0d6dbb5c28de2b',
  stalled: '08a68afbedfb42f8b9d9972f975e2d05',
  kernel_change: '0c069688d89346e980a1857bba2cafa1',
  repaired: '4605dfcc37ef404baf618fdc9297db45',
  kernel_error: '920eb6a8d4af40929087aa58ca110583',
  overrun: '8d15c0b3e33d4e39afc553aded83e856',
  watchdog: 'c4b321244c174d83863bcdba0fd1f55d',
} as const;

export type EventName = keyof typeof MESSAGE_IDS;

/** What hooks may be told of; docs/hooks.md. The rest is too frequent, or says nothing to anybody who is not there. */
export const HOOK_EVENTS = [
  'uplink_up',
  'uplink_down',
  'uplink_change',
  'route_change',
  'policy_change',
  'all_down',
  'some_up',
  'override',
  'flushed',
  'started',
  'repaired',
  'kernel_error',
] as const satisfies readonly EventName[];
