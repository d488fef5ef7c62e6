import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { addresses } from './addresses.ts';

/** Runs one openssl command in a folder. */
function openssl(folder: string, command: string): void {
  execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'pipe' });
}

const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';

/**
 * Writes a certificate and a key for each name, NAME.crt and NAME.key: "good" for good.example and the host's
 * addresses, "wrong" for another name, "expired" since yesterday, "self" signed by nobody; ca.crt has signed the others.
 */
export function makeCertificates(folder: string): void {
  openssl(folder, `req -x509 ${NEW_KEY} -days 2 -subj /CN=authority -keyout ca.key -out ca.crt`);
  const sign = (name: string, names: string, days: number) => {
    writeFileSync(`${folder}/${name}.ext`, `subjectAltName=${names}`);
    openssl(folder, `req ${NEW_KEY} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
    openssl(
      folder,
      `x509 -req -in ${name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days ${days} -extfile ${name}.ext -out ${name}.crt`,
    );
  };
  sign('good', `DNS:good.example,IP:${addresses[4].host},IP:${addresses[6].host}`, 2);
  sign('wrong', 'DNS:other.example', 2);
  sign('expired', 'DNS:expired.example', -1);
  openssl(
    folder,
    `req -x509 ${NEW_KEY} -days 2 -subj /CN=self.example -addext subjectAltName=DNS:self.example -keyout self.key -out self.crt`,
  );
}
