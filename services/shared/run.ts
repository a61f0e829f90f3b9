/** The main program of a service: read the configuration, build, listen, end on a signal. */
import type { FastifyInstance } from 'fastify';
import { ConfigurationError, Environment } from './environment.ts';
import { addFaults } from './faults.ts';
import { exitOnSignal, type Lifecycle } from './lifecycle.ts';
import { createLogger, type Logger } from './logger.ts';
import type { ServiceConfig } from './service-config.ts';

export interface Program<C extends ServiceConfig> {
  name: string;
  readConfig: (environment: Environment) => C;
  /** @param onFatal ends the process: for what is found wrong only after the service has begun to listen */
  build: (config: C, logger: Logger, onFatal: (error: Error) => void) => { app: FastifyInstance; lifecycle: Lifecycle };
}

/** Exits with 1 when the configuration is wrong or the service cannot listen. */
export async function run<C extends ServiceConfig>({ name, readConfig, build }: Program<C>): Promise<void> {
  const logger = createLogger({ service: name });
  const fail = (error: unknown) => {
    // A list of wrong settings says all; a stack would only hide it.
    if (error instanceof ConfigurationError) logger.error(error.message);
    else logger.error('cannot run', { error });
    process.exit(1);
  };
  try {
    const environment = new Environment(process.env);
    const config = readConfig(environment);
    environment.finish();
    const { app, lifecycle } = build(config, logger, fail);
    if (config.faults) addFaults(app, config.identity);
    exitOnSignal(app, lifecycle, config, logger);
    const address = await app.listen({ host: config.host, port: config.port });
    logger.info('listening', { address, ...config.identity, startupMs: Math.round(process.uptime() * 1000) });
  } catch (error) {
    fail(error);
  }
}
