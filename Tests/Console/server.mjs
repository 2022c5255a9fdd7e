// The reference server as a program beside the test.
import { spawn } from 'node:child_process';

/** Starts the server with these arguments, and finds out where it listens. */
export const serve = (program, options) => new Promise((done, fail) => {
  const server = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  server.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece;
    const found = /listens on (http:\/\/[^,\s]+)/.exec(text);
    if (found) done({ server, address: found[1].replace(/\/$/, '') });
  });
  server.on('exit', () => fail(new Error('the server does not begin to listen')));
});

/** Ends it, and waits until it has ended. */
export const end = (server) => new Promise((resolve) => { server.once('exit', resolve); server.kill('SIGTERM'); });
