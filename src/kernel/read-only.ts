import type { Kernel } from './kernel.ts';

/** A view of a kernel that reads what stands there and lets every change pass without effect. */
export function readOnly(kernel: Kernel): Kernel {
  return {
    links: () => kernel.links(),
    received: (index) => kernel.received(index),
    rules: () => kernel.rules(),
    policy: (family) => kernel.policy(family),
    routes: (table, family) => kernel.routes(table, family),
    defaults: (device, family) => kernel.defaults(device, family),
    route: (packet) => kernel.route(packet),
    entry: (packet) => kernel.entry(packet),
    sysctl: (name) => kernel.sysctl(name),
    addRule() {},
    deleteRule() {},
    replaceRoute() {},
    deleteRoute() {},
    setSysctl() {},
    async forget() {},
    watch() {},
    ping: (heard) => kernel.ping(heard),
    close: () => kernel.close(),
  };
}
