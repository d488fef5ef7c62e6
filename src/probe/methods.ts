import { dns } from './dns.ts';
import { http } from './http.ts';
import type { Method } from './method.ts';
import { neighbour, type Solicit } from './neighbour.ts';
import type { SoloTarget } from './target.ts';
import { tcp } from './tcp.ts';

/** Asks a target as its kind wants it. */
export function methods(solicit: Solicit): Method<SoloTarget> {
  const gateway = neighbour(solicit);
  return (path, target, done) => {
    switch (target.method) {
      case 'tcp':
        return tcp(path, target, done);
      case 'dns':
        return dns(path, target, done);
      case 'http':
        return http(path, target, done);
      case 'neighbour':
        return gateway(path, target, done);
    }
  };
}
