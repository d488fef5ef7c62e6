import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';

/**
 * Lets a group, by its name or number, use a socket beside its owner; undefined: the owner alone. What cannot be given
 * stays private: why, and what to do about it, is returned.
 */
export function giveToGroup(path: string, group: string | undefined): string | undefined {
  try {
    // In this order nobody but the owner and the group has ever access.
    chmodSync(path, 0o600);
    if (group === undefined) return undefined;
    const id = groupId(group);
    // A hardened service may not even give its group what that has.
    if (statSync(path).gid !== id) chownSync(path, -1, id);
    chmodSync(path, 0o660);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EPERM'
        ? `this process is not a member of it (in its systemd unit: SupplementaryGroups=${group}, SystemCallFilter=@chown)`
        : message;
    return `The control socket stays its owner's alone, group ${group} cannot have it: ${reason}`;
  }
}

/** As group(5) has it. Of groups that are kept elsewhere (LDAP, say) the number does. */
function groupId(group: string): number {
  const id = /^\d+$/.test(group) ? Number(group) : findGroup(group);
  if (id === undefined) throw new Error('there is no such group in /etc/group');
  return id;
}

/** The number of a group in /etc/group; undefined where there is none. group(5). */
export function findGroup(name: string): number | undefined {
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [found, , id] = line.split(':');
    if (found === name && id) return Number(id);
  }
  return undefined;
}
