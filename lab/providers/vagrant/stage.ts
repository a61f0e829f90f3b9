/** Stages: the parts of a bring-up, each with a log of its own, so that one that fails can be named and looked at. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InterruptedError, LabError } from '../../exit-codes.ts';
import type { RunOptions } from './machine.ts';

const TAIL_LINES = 20;

export interface StageContext {
  say: (message: string) => void;
  signal: AbortSignal;
  /** Where the stages' logs go. */
  logDirectory: string;
}

export interface Stage {
  name: string;
  /** `options(machine)` logs what comes from one machine under its name. */
  run(options: (machine?: string) => RunOptions): Promise<void>;
}

/**
 * One after the other, in order. There is no record of what was done: each stage finds out on the machines what is missing,
 * so that the next call continues where this one failed, whatever happened to the machines in between.
 * Throws LabError that names the stage and shows the end of its log.
 */
export async function runStages(stages: readonly Stage[], context: StageContext): Promise<void> {
  mkdirSync(context.logDirectory, { recursive: true });
  for (const stage of stages) {
    context.signal.throwIfAborted();
    const startedAt = performance.now();
    const log = join(context.logDirectory, `${stage.name}.log`);
    writeFileSync(log, '');
    try {
      await stage.run((machine) => ({ log: logger(log, machine), signal: context.signal }));
    } catch (error) {
      throw stageError(stage.name, log, error, context.signal);
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    context.say(`  ${stage.name.padEnd(16)} ${seconds.padStart(6)} s  ${summarise(readFileSync(log, 'utf8'))}`);
  }
}

/** Counts of steps by what became of them, as the scripts print them. */
export function summarise(log: string): string {
  const count = (word: string): number => [...log.matchAll(new RegExp(`^(?:\\S+ +\\| )?${word} +`, 'gm'))].length;
  const [changed, ok] = [count('changed'), count('ok')];
  return changed + ok === 0 ? '' : `${changed} changed, ${ok} ok`;
}

/** Appends whole lines, so that machines that work at the same time do not cut each other's. */
function logger(file: string, machine: string | undefined): (text: string) => void {
  const prefix = machine === undefined ? '' : `${machine.padEnd(3)} | `;
  return (text) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length > 0) appendFileSync(file, lines.map((line) => `${prefix}${line}\n`).join(''));
  };
}

function stageError(name: string, log: string, error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return new InterruptedError('interrupted', { cause: error });
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
  const reason = error instanceof Error ? error.message : String(error);
  return new LabError(
    [
      `stage "${name}" failed: ${reason}`,
      `the end of ${log}:`,
      ...tail.map((line) => `  ${line}`),
      'the next lab:up continues with what is missing',
    ].join('\n'),
    { cause: error },
  );
}
