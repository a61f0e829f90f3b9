/** The paths of discovery. */
import type { Exchange } from '../exchange.ts';
import { sendTagged } from '../etag.ts';
import { parseAccept } from '../negotiation.ts';
import { splitGroupVersion } from '../request-info.ts';
import { sendValue } from '../resources/respond.ts';
import { aggregatedGroups } from './aggregated.ts';
import type { AggregatedVersion } from './aggregated.ts';
import { coreVersions, groupDocument, groupList, resourceList } from './resource-lists.ts';

/** False when the path is none of discovery's, or names a group or version that is not served. */
export async function serveDiscovery(exchange: Exchange): Promise<boolean> {
  const path = exchange.path.replace(/\/$/, '');
  if (path === '/api' || path === '/apis') {
    await sendRoot(exchange, path === '/api');
    return true;
  }
  const document = groupOrVersion(path);
  if (document === undefined) return false;
  await sendValue(exchange, document);
  return true;
}

async function sendRoot(exchange: Exchange, core: boolean): Promise<void> {
  const { request, response } = exchange;
  response.setHeader('Vary', 'Accept');
  const version = aggregatedVersion(request.headers.accept);
  if (version === undefined) {
    const address = `${request.socket.localAddress}:${request.socket.localPort}`;
    return sendValue(exchange, core ? coreVersions(address) : groupList());
  }
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return sendTagged(exchange, JSON.stringify(aggregatedGroups(core, version)), type);
}

/** The form of the aggregated document that the client takes, if any. */
function aggregatedVersion(accept = ''): AggregatedVersion | undefined {
  const clause = parseAccept(accept).find(
    ({ media, parameters }) => media === 'application/json' && parameters.get('as') !== 'Table',
  );
  if (clause?.parameters.get('as') !== 'APIGroupDiscoveryList') return undefined;
  if (clause.parameters.get('g') !== 'apidiscovery.k8s.io') return undefined;
  const version = clause.parameters.get('v');
  return version === 'v2' || version === 'v2beta1' ? version : undefined;
}

function groupOrVersion(path: string): object | undefined {
  const group = /^\/apis\/([^/]+)$/.exec(path)?.[1];
  if (group !== undefined) return groupDocument(group);
  const split = splitGroupVersion(path);
  return split?.segments.length === 0 ? resourceList(split.groupVersion) : undefined;
}
