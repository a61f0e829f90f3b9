/** All commands, by name; each is loaded when it is called, since a command line should answer at once. */
import type { Command } from './command.ts';

export const COMMANDS: Record<string, () => Promise<Command>> = {
  up: async () => (await import('./up.ts')).up,
  down: async () => (await import('./down.ts')).down,
  status: async () => (await import('./status.ts')).status,
  hosts: async () => (await import('./hosts.ts')).hosts,
  scenario: async () => (await import('./scenario.ts')).scenario,
  report: async () => (await import('./report.ts')).report,
  doctor: async () => (await import('./doctor.ts')).doctor,
  bundle: async () => (await import('./bundle.ts')).bundle,
  images: async () => (await import('./images.ts')).images,
  bench: async () => (await import('./bench.ts')).bench,
};
