import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Made once, by whichever test is the first, until something that it holds changes. */
const install = `
  tree=build/installed
  find build/program build/native config docs man packaging Makefile package.json -newer $tree.made -print -quit 2>&1 | grep -q . || exit 0
  rm -rf $tree
  touch $tree.now
  make -s -o build install DESTDIR="$PWD/$tree" PREFIX=/usr
  mv $tree.now $tree.made`;

/** The tree that `make install` makes, below /usr: to be laid over a machine's files. */
export function installed(): string {
  execFileSync('flock', ['build/installed.lock', 'sh', '-ec', install], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return `${root}build/installed`;
}
