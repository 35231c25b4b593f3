#!/usr/bin/env node
// Plain JavaScript, since an older Node has to read it: the program itself needs Node 26, which `npm ci` brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const NEEDED = 26;
/** Set for the process that this file starts: it then holds the far end of a pipe from its starter. */
const STARTED_BY = 'BROADSHEET_STARTED_BY_BIN';
/** npm passes on a Ctrl-C that the terminal gave us already: two within this time are one. */
const SAME_SIGNAL_MS = 500;

/** @param {string} sentence */
function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

/** A starter that was killed cannot pass that on. Its end of the pipe closes, and then this process ends as hard. */
function endWithStarter() {
  delete process.env[STARTED_BY];
  const pipe = new Socket({ fd: 3 });
  pipe.on('error', () => {});
  pipe.on('close', () => process.kill(process.pid, 'SIGKILL'));
  pipe.resume().unref();
}

async function runHere() {
  if (process.env[STARTED_BY]) endWithStarter();
  try {
    await import('./main.ts');
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/^Cannot find package/.test(error.message)) throw error;
    giveUp(
      `Broadsheet's packages are not all installed (${error.message.split(' imported')[0]}). Run: npm ci`,
    );
  }
}

/**
 * Starts this file again with the checkout's own Node. It gets a process group of its own, so that a signal to ours
 * reaches it once, from here, and not a second time from the terminal: a second signal forces a stop.
 */
function runWithOwnNode() {
  const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(node)) {
    giveUp(
      `Broadsheet needs Node ${NEEDED} or newer. This is ${process.versions.node}, and the one that belongs to this checkout is not installed. Run: npm ci`,
    );
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, [STARTED_BY]: '1' },
    detached: true,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) passOn(signal, child);
  suspendTogether(child);
  child.on('error', (error) => giveUp(`Node ${NEEDED} could not be started (${error.message}). Run: npm ci`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** @param {NodeJS.Signals} signal @param {import('node:child_process').ChildProcess} child */
function passOn(signal, child) {
  let last = Number.NEGATIVE_INFINITY;
  process.on(signal, () => {
    const now = performance.now();
    if (now - last > SAME_SIGNAL_MS) child.kill(signal);
    last = now;
  });
}

/** Ctrl-Z and `fg`. @param {import('node:child_process').ChildProcess} child */
function suspendTogether(child) {
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', () => child.kill('SIGCONT'));
}

if (Number.parseInt(process.versions.node, 10) >= NEEDED) await runHere();
else runWithOwnNode();
