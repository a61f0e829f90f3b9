/** Where things are in the project. */
import { dirname, join } from 'node:path';

export const PROJECT_DIRECTORY = dirname(import.meta.dirname);

/** State of the embedded lab; LAB_DIRECTORY lets several live side by side, as tests do. */
export function labDirectory(): string {
  return process.env['LAB_DIRECTORY'] ?? join(PROJECT_DIRECTORY, '.lab');
}

export function projectPath(...parts: string[]): string {
  return join(PROJECT_DIRECTORY, ...parts);
}
