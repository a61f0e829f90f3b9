/** The API server's certificate: self-signed, made anew at each start, valid for loopback only. */
import { isIP } from 'node:net';

export interface Certificate {
  /** PEM. Being self-signed it is its own authority: clients trust exactly this one. */
  certPem: string;
  keyPem: string;
}

/** Makes a certificate for `host` (an address or a name) and localhost. An EC key: an RSA one takes ten times as long. */
export async function makeCertificate(host: string): Promise<Certificate> {
  const { generate } = await import('selfsigned');
  const altNames = [{ type: 2, value: 'localhost' } as const, { type: 7, ip: '127.0.0.1' } as const];
  const own = isIP(host) === 0 ? ({ type: 2, value: host } as const) : ({ type: 7, ip: host } as const);
  const made = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...altNames, own] },
    ],
  });
  return { certPem: made.cert, keyPem: made.private };
}
