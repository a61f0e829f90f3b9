import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { makeCertificate } from './certificate.ts';

void t.test('the certificate is its own authority and names the address it is for', async (t) => {
  const { certPem, keyPem } = await makeCertificate('127.42.0.1');
  const certificate = new X509Certificate(certPem);
  t.ok(certificate.verify(certificate.publicKey));
  t.ok(certificate.ca);
  for (const address of ['127.42.0.1', '127.0.0.1']) t.equal(certificate.checkIP(address), address);
  t.equal(certificate.checkHost('localhost'), 'localhost');
  t.match(keyPem, /PRIVATE KEY/);
  t.equal(certificate.publicKey.asymmetricKeyType, 'ec', 'an RSA key would take too long to make');
});
