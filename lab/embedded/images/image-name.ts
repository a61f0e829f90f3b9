/** Names of images, as container runtimes read them. */

const REFERENCE =
  /^(?:(?:[a-z0-9.-]+(?::\d+)?|\[[0-9a-f:]+\](?::\d+)?)\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/i;

export function isImageName(name: string): boolean {
  return REFERENCE.test(name);
}

/** The full name: `postgres` is `docker.io/library/postgres:latest`. */
export function fullImageName(name: string): string {
  const [first, ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first!);
  const repository = hasRegistry ? name : `docker.io/${rest.length > 0 ? name : `library/${name}`}`;
  return hasTagOrDigest(repository) ? repository : `${repository}:latest`;
}

/** What images are told apart by: names that mean the same have the same key. A digest is ignored if there is a tag. */
export function imageKey(name: string): string {
  return fullImageName(name).replace(/(:[\w.-]+)@sha256:.*$/, '$1');
}

function hasTagOrDigest(name: string): boolean {
  return /[:@]/.test(name.slice(name.lastIndexOf('/')));
}
