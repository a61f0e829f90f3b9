/** The paths of OpenAPI. */
import { createHash } from 'node:crypto';
import { CATALOG } from '../discovery/catalog.ts';
import type { CatalogGroup } from '../discovery/catalog.ts';
import { sendTagged } from '../etag.ts';
import type { Exchange } from '../exchange.ts';
import { sendJson } from '../exchange.ts';
import { notAcceptable, parseAccept } from '../negotiation.ts';

const ROOT = '/openapi/v3';
const JSON_TYPE = 'application/json';

const made = new Map<string, string>();

/** False when the path is none of OpenAPI's. Throws 406 NotAcceptable for protobuf, which is not offered. */
export async function serveOpenApi(exchange: Exchange, kubernetesVersion: string): Promise<boolean> {
  const { path, response } = exchange;
  if (path === ROOT) {
    sendJson(response, 200, index(kubernetesVersion));
    return true;
  }
  const text = await documentAt(path, kubernetesVersion);
  if (text === undefined) return false;
  checkAccept(exchange);
  sendTagged(exchange, text, JSON_TYPE);
  return true;
}

/** Made when first asked for. The documents only depend on the version of this program. */
async function documentAt(path: string, kubernetesVersion: string): Promise<string | undefined> {
  const known = made.get(path);
  if (known !== undefined) return known;
  const group = CATALOG.find((group) => path === `${ROOT}/${pathOf(group)}`);
  if (group === undefined && path !== '/openapi/v2') return undefined;
  const { openApi2, openApi3 } = await import('./documents.ts');
  const text = group === undefined ? openApi2(kubernetesVersion) : openApi3(group, kubernetesVersion);
  made.set(path, text);
  return text;
}

/** The hash lets clients keep documents apart; before they use one that they have kept, they ask whether it is fresh. */
function index(kubernetesVersion: string): object {
  const hash = createHash('sha256').update(kubernetesVersion).digest('hex').slice(0, 32).toUpperCase();
  const paths = CATALOG.map((group) => [pathOf(group), { serverRelativeURL: `${ROOT}/${pathOf(group)}?hash=${hash}` }]);
  return { paths: Object.fromEntries(paths) };
}

function pathOf({ group, groupVersion }: CatalogGroup): string {
  return group === '' ? `api/${groupVersion}` : `apis/${groupVersion}`;
}

function checkAccept({ request }: Exchange): void {
  const accept = request.headers.accept ?? '*/*';
  if (
    !parseAccept(accept).some(({ media }) => media === JSON_TYPE || media.startsWith('*') || media === 'application/*')
  ) {
    throw notAcceptable([JSON_TYPE]);
  }
}
