/**
 * Loaded by `node --import` into every pod that runs Node: makes the pod's network what it would be in a container of its
 * own. A server on all addresses listens on the pod's address; cluster names resolve by the cluster's DNS; an
 * address that had to move is found where it is; localhost is the pod itself. Nothing else changes.
 * What it needs to know is in the environment (pod-environment.ts). It imports only built-ins that servers load anyway.
 */
import dns from 'node:dns';
import { readFileSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

type Endpoint = { host: string; port: number };
type Callback = (error: Error | null, ...result: unknown[]) => void;
type Options = Record<string, any>;

const { LAB_POD_IP: podIP = '', LAB_POD_BIND: bindHost = podIP, LAB_DNS: server, LAB_PARENT_PID: parent } = process.env;
const search = (process.env['LAB_DNS_SEARCH'] ?? '').split(' ').filter(Boolean);
const ports = new Map<number, Endpoint>();
for (const entry of (process.env['LAB_POD_PORTS'] ?? '').split(',').filter(Boolean)) {
  const [port, real = ''] = entry.split('=');
  ports.set(Number(port), endpoint(real));
}

if (podIP !== '') {
  patchListen();
  patchConnect();
  if (server !== undefined) patchLookup(server);
  syncBuiltinESMExports();
}
if (parent !== undefined && process.ppid === Number(parent)) endWith(Number(parent));

function endpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** A dead parent's children are given to another one at once, even while the dead one is not yet reaped. */
function endWith(parentId: number): void {
  setInterval(() => {
    if (process.ppid !== parentId) process.exit(1);
  }, 1000).unref();
}

// Listening: 0.0.0.0, ::, or no host -> the pod's address and the real port of that container port.

function patchListen(): void {
  const { listen } = net.Server.prototype as unknown as { listen: (...args: any[]) => net.Server };
  net.Server.prototype.listen = function (this: net.Server, ...args: any[]) {
    const options = listenOptions(args);
    if (!options || !isEveryAddress(options['host'])) return listen.apply(this, args);
    const real = ports.get(Number(options['port'])) ?? { host: bindHost, port: options['port'] };
    const callback = args.findLast((arg) => typeof arg === 'function');
    return listen.call(this, { ...options, ...real, ipv6Only: false }, callback);
  } as typeof net.Server.prototype.listen;
}

/** The options that `listen(...args)` means; undefined for a pipe, a file descriptor or a handle. */
function listenOptions([first, ...rest]: any[]): Options | undefined {
  if (typeof first === 'object' && first !== null) {
    return 'port' in first && first.path === undefined && first.fd === undefined ? first : undefined;
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined;
  const host = typeof rest[0] === 'string' ? rest[0] : undefined;
  const backlog = rest.find((arg) => typeof arg === 'number');
  return {
    port: typeof first === 'function' ? 0 : Number(first ?? 0),
    host,
    ...(backlog !== undefined && { backlog }),
  };
}

function isEveryAddress(host: unknown): boolean {
  return host === undefined || host === null || host === '' || host === '0.0.0.0' || host === '::' || host === podIP;
}

// Connecting.

function patchConnect(): void {
  const { connect } = net.Socket.prototype as unknown as { connect: (...args: any[]) => net.Socket };
  net.Socket.prototype.connect = function (this: net.Socket, ...args: any[]) {
    // net.connect() hands over its normalized arguments as one marked array, which must stay that array.
    const list: any[] = Array.isArray(args[0]) ? args[0] : args;
    const options = connectOptions(list);
    if (!options) return connect.apply(this, args);
    const go = (host: string) => {
      const real = realEndpoint(host, Number(options['port']));
      if (!real) return connect.apply(this, args);
      if (typeof list[0] === 'object') list[0] = { ...options, ...real };
      else args = [{ ...options, ...real }, list.findLast((arg) => typeof arg === 'function')];
      return connect.apply(this, args);
    };
    const host: string = options['host'] || 'localhost';
    if (net.isIP(host) || host === 'localhost' || Object.keys(translations()).length === 0) return go(host);
    // The port depends on the address, so the name has to be looked up first. Writes wait while this is set.
    (this as { connecting: boolean }).connecting = true;
    dns.lookup(host, { family: options['family'] ?? 0 }, (error, address) => {
      if (this.destroyed) return;
      if (error) this.destroy(error);
      else go(address);
    });
    return this;
  } as typeof net.Socket.prototype.connect;
}

/** The options that `connect(...args)` means; undefined for a pipe. */
function connectOptions([first, second]: any[]): Options | undefined {
  if (typeof first === 'object' && first !== null) return first.path || first.port === undefined ? undefined : first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined;
  return { port: first, ...(typeof second === 'string' && { host: second }) };
}

function realEndpoint(host: string, port: number): Endpoint | undefined {
  if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return ports.get(port);
  const real = host.startsWith('127.') ? translations()[`${host}:${port}`] : undefined;
  return real === undefined ? undefined : endpoint(real);
}

let table: Record<string, string> = {};
let tableVersion = '';

/** The file is nearly always empty and unchanged: one stat (3 microseconds) is the whole cost. */
function translations(): Record<string, string> {
  const path = process.env['LAB_TRANSLATIONS'];
  const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  const version = found ? `${found.ino} ${found.mtimeMs}` : '';
  if (version === tableVersion) return table;
  table = found ? JSON.parse(readFileSync(path!, 'utf8')) : {};
  tableVersion = version;
  return table;
}

// Names: those the cluster's DNS knows, by the search list (ndots 5); all others as before.

function patchLookup(address: string): void {
  const resolver = new dns.Resolver({ timeout: 1000, tries: 3 });
  resolver.setServers([address]);
  const cache = new Map<string, { until: number; addresses: string[] }>();
  const system = dns.lookup as (name: string, options: Options, callback: Callback) => void;
  const { lookup: systemPromise } = dns.promises;

  /** Calls back with the first candidate's addresses, or with none when no candidate exists. */
  function find(candidates: string[], callback: (error: Error | null, found: dns.RecordWithTtl[]) => void): void {
    const [name, ...others] = candidates;
    if (name === undefined) return callback(null, []);
    resolver.resolve4(name, { ttl: true }, (error, found) => {
      if (!error) callback(null, found);
      else if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') find(others, callback);
      else callback(error, []);
    });
  }

  function lookup(name: string, options: Options | number | Callback, callback?: Callback): void {
    if (typeof options === 'function') return lookup(name, {}, options as Callback);
    const settings: Options = typeof options === 'number' ? { family: options } : (options ?? {});
    const done = callback as Callback;
    const fallThrough = () => system(name, settings, done);
    const candidates = typeof name === 'string' ? candidatesOf(name) : [];
    if (candidates.length === 0) return fallThrough();
    const answer = (addresses: string[]) => {
      if (settings['family'] === 6 || settings['family'] === 'IPv6') return done(lookupError('ENOTFOUND', name));
      const order = rotated(addresses).map((address) => ({ address, family: 4 }));
      if (settings['all']) done(null, order);
      else done(null, order[0]!.address, 4);
    };
    const cached = cache.get(name);
    if (cached && cached.until > performance.now()) return process.nextTick(answer, cached.addresses);
    find(candidates, (error, found) => {
      if (error) return done(lookupError('EAI_AGAIN', name));
      // Nobody but the cluster's DNS knows names of its domain.
      if (found.length === 0) return isOwn(name) ? done(lookupError('ENOTFOUND', name)) : fallThrough();
      const addresses = found.map((record) => record.address);
      cache.set(name, { until: performance.now() + found[0]!.ttl * 1000, addresses });
      answer(addresses);
    });
  }

  function lookupPromise(name: string, options: Options | number = {}): Promise<unknown> {
    if (typeof name !== 'string' || candidatesOf(name).length === 0) return systemPromise(name, options as Options);
    return new Promise((resolve, reject) => {
      lookup(name, options, (error, result, family) => {
        if (error) reject(error);
        else resolve(Array.isArray(result) ? result : { address: result, family });
      });
    });
  }

  Object.assign(lookup, { [Symbol.for('nodejs.util.promisify.custom')]: lookupPromise });
  dns.lookup = lookup as unknown as typeof dns.lookup;
  dns.promises.lookup = lookupPromise as typeof dns.promises.lookup;
}

/** What to ask the cluster's DNS for, in order; empty for an address or a name that cannot be the cluster's. */
function candidatesOf(name: string): string[] {
  if (name === '' || net.isIP(name) || name === 'localhost' || name.endsWith('.localhost')) return [];
  const absolute = name.replace(/\.$/, '');
  const own = isOwn(name) ? [absolute] : [];
  if (name.endsWith('.')) return own;
  const searched = search.map((suffix) => `${absolute}.${suffix}`);
  return absolute.split('.').length > 5 ? [...own, ...searched] : [...searched, ...own];
}

function isOwn(name: string): boolean {
  return name.replace(/\.$/, '').endsWith(`.${search.at(-1)}`);
}

/** A headless Service has many addresses: while they are cached each lookup still starts at a random one. */
function rotated(addresses: string[]): string[] {
  const start = Math.floor(Math.random() * addresses.length);
  return [...addresses.slice(start), ...addresses.slice(0, start)];
}

/** As getaddrinfo(3) reports it through Node. */
function lookupError(code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): Error {
  const errno = code === 'ENOTFOUND' ? -3008 : -3001;
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { errno, code, syscall: 'getaddrinfo', hostname });
}
