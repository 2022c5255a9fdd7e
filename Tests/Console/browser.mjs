// A browser without a screen, spoken to over a pipe in the DevTools protocol: JSON with a zero byte behind each message.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Browser {
  constructor(program) {
    this.folder = mkdtempSync(join(tmpdir(), 'console-'));
    this.process = spawn(program, [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--remote-debugging-pipe',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${this.folder}`,
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.waiting = new Map();
    this.number = 0;
    this.problems = [];
    this.hosts = new Set();
    this.requests = [];
    let text = '';
    this.process.stdio[4].setEncoding('utf8').on('data', (piece) => {
      text += piece;
      const parts = text.split('\0');
      text = parts.pop();
      parts.forEach((part) => this.take(JSON.parse(part)));
    });
    this.process.on('exit', () => {
      for (const { fail } of this.waiting.values()) fail(new Error('the browser has ended'));
    });
  }

  take(message) {
    if (message.id !== undefined) {
      const { done, fail } = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) fail(new Error(message.error.message)); else done(message.result);
      return;
    }
    const { method, params } = message;
    if (method === 'Runtime.exceptionThrown') this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.problems.push(params.args.map((each) => each.value ?? each.description).join(' '));
    if (method === 'Log.entryAdded' && params.entry.level === 'error') this.problems.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    if (method === 'Page.javascriptDialogOpening') {
      this.problems.push(`a dialog: ${params.message}`);
      this.ask('Page.handleJavaScriptDialog', { accept: false });
    }
    if (method === 'Network.requestWillBeSent' && /^(https?|wss?):/.test(params.request.url)) {
      this.hosts.add(new URL(params.request.url).host);
      this.requests.push(params.request);
    }
  }

  ask(method, params = {}, sessionId = this.session) {
    this.number += 1;
    const id = this.number;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((done, fail) => { this.waiting.set(id, { done, fail }); });
  }

  async open(address) {
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    this.session = (await this.ask('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'DOM']) await this.ask(`${domain}.enable`);
    await this.ask('Page.navigate', { url: address });
  }

  /** What an expression of JavaScript is in the page. */
  async value(expression) {
    const { result, exceptionDetails } = await this.ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  /** Waits until an expression holds. */
  async until(expression, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      let found = false;
      try { found = await this.value(expression); } catch { /* The page is still on its way. */ }
      if (found) return found;
      if (Date.now() > end) throw new Error(`this does not become true: ${expression}\n${await this.value('document.body.innerText')}`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }

  /** Clicks what a selector finds, or the button or link with a text. */
  async click(what) {
    const find = `(() => { try { const e = document.querySelector(${JSON.stringify(what)}); if (e) return e; } catch {}
      return [...document.querySelectorAll('dialog[open] button, button, a')].find((e) => e.textContent.trim() === ${JSON.stringify(what)}); })()`;
    await this.until(`Boolean(${find})`);
    await this.value(`${find}.click()`);
  }

  /** Fills in a field. */
  async fill(selector, text) {
    await this.until(`Boolean(document.querySelector(${JSON.stringify(selector)}))`);
    await this.value(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.focus(); e.value = ${JSON.stringify(text)};
      e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true })); })()`);
  }

  /** Chooses a file in a field. */
  async choose(selector, path) {
    await this.until(`Boolean(document.querySelector(${JSON.stringify(selector)}))`);
    const { root } = await this.ask('DOM.getDocument');
    const { nodeId } = await this.ask('DOM.querySelector', { nodeId: root.nodeId, selector });
    await this.ask('DOM.setFileInputFiles', { nodeId, files: [path] });
  }

  /** Goes to a page, and waits until its heading begins so. */
  async go(page, heading) {
    await this.value(`location.hash = ${JSON.stringify(`#/${page}`)}`);
    await this.until(`document.querySelector('h1')?.textContent.startsWith(${JSON.stringify(heading)})`);
    const unnamed = await this.value(`[...document.querySelectorAll('main input, main select, main textarea, main button')]
      .filter((e) => !e.labels?.length && !e.getAttribute('aria-label') && !e.textContent.trim()).map((e) => e.outerHTML)`);
    if (unnamed.length > 0) throw new Error(`these have no name for a screen reader: ${unnamed}`);
  }

  /** Drops a file on something. */
  async drop(selector, name, text) {
    await this.until(`Boolean(document.querySelector(${JSON.stringify(selector)}))`);
    await this.value(`(() => { const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      document.querySelector(${JSON.stringify(selector)}).dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })); })()`);
  }

  async picture(path, { width = 1200, height = 900, scheme = 'light' } = {}) {
    await this.ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await this.ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const { data } = await this.ask('Page.captureScreenshot', { format: 'png' });
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  async close() {
    const ended = new Promise((resolve) => { this.process.once('exit', resolve); });
    this.ask('Browser.close', {}, undefined).catch(() => {});
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
