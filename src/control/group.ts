import { chmodSync, chownSync, readFileSync } from 'node:fs';

/**
 * Lets a group, by its name or number, use a socket beside its owner; undefined: the owner alone. What cannot be given
 * stays private: why, and what to do about it, is returned.
 */
export function giveToGroup(path: string, group: string | undefined): string | undefined {
  try {
    // In this order nobody but the owner and the group has ever access.
    chmodSync(path, 0o600);
    chownSync(path, -1, group === undefined ? (process.getegid?.() ?? -1) : groupId(group));
    if (group !== undefined) chmodSync(path, 0o660);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EPERM'
        ? `this process is not a member of it (in its systemd unit, SupplementaryGroups=${group} makes it one)`
        : message;
    return `The control socket stays its owner's alone, group ${group} cannot have it: ${reason}`;
  }
}

/** As group(5) has it. Of groups that are kept elsewhere (LDAP, say) the number does. */
function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [name, , id] = line.split(':');
    if (name === group && id) return Number(id);
  }
  throw new Error('there is no such group in /etc/group');
}
