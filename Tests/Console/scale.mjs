// Looks at the console while a great campaign goes on: how long the browser is busy with an update, and what it keeps.
//
//   node Tests/Console/scale.mjs SERVER BROWSER [--leads N] [--calls N] [--seconds N] [--minutes N] [--picture FILE]
//
// SERVER is a release build. Each page is watched for some seconds, the page of the campaign for some minutes. It ends
// with 1 where a task in the browser takes 100 ms or longer, or where the memory of the page grows.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Browser } from './browser.mjs';
import { end, serve } from './server.mjs';

const { values: given, positionals: [program, chromium] } = parseArgs({
  allowPositionals: true,
  options: {
    leads: { type: 'string', default: '1000000' }, calls: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' }, minutes: { type: 'string', default: '3' }, picture: { type: 'string' },
  },
});
const [leads, calls, seconds, minutes] = [given.leads, given.calls, given.seconds, given.minutes].map(Number);
const longest = 100;
const growth = 4 << 20;

/** A file of so many people, each with a number of its own that asks for no outcome. */
const people = () => {
  const rows = ['phone,first_name,last_name,city'];
  for (let index = 0; index < leads; index += 1) {
    const exchange = Math.floor(index / 9000);
    const area = [212, 312, 415, 617][Math.floor(exchange / 80)];
    rows.push(`+1${area}${220 + (exchange % 80)}${1000 + (index % 9000)},Ada ${index % 977},Nguyen-Okafor,Springfield`);
  }
  return new Blob([rows.join('\n')], { type: 'text/csv' });
};

/** Makes the campaign as a program would, and waits until there are as many calls as there may be. */
const prepare = async (address) => {
  const ask = async (method, path, body, headers = {}) => {
    const isForm = body instanceof FormData;
    const response = await fetch(address + path, {
      method, body: isForm || body === undefined ? body : JSON.stringify(body),
      headers: { ...(isForm || body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    });
    const answer = await response.json();
    assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { token } = await ask('POST', '/console/session', undefined, { Origin: address });
  const authority = { Authorization: `Bearer ${token}` };
  const { campaign } = await ask('POST', '/api/campaigns', { name: 'Renewals' }, authority);
  const form = new FormData();
  form.append('campaign_id', campaign.id);
  form.append('file', people(), 'leads.csv');
  const begin = performance.now();
  const { results } = await ask('POST', '/api/leads/upload', form, authority);
  assert.equal(results.inserted, leads);
  console.log(`${leads} leads added in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  await ask('POST', `/api/campaigns/${campaign.id}/start`, undefined, authority);
  for (let wait = 0; ; wait += 1) {
    const { leads: { calling } } = await ask('GET', `/console/campaigns/${campaign.id}`, undefined, authority);
    if (calling >= calls * 0.98) { console.log(`${calling} calls at once`); break; }
    assert.ok(wait < 60, `there are only ${calling} calls at once`);
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
  }
  return campaign.id;
};

const watching = `(() => {
  window.seen = { tasks: [], updates: 0 };
  new PerformanceObserver((list) => window.seen.tasks.push(...list.getEntries().map((each) => Math.round(each.duration))))
    .observe({ type: 'longtask', buffered: true });
  new MutationObserver(() => { window.seen.updates += 1; }).observe(document.getElementById('main'), { childList: true, subtree: true });
})()`;

const metrics = async (page) => Object.fromEntries((await page.ask('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
const heap = async (page) => {
  await page.ask('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize: bytes, Nodes: nodes, JSEventListeners: listeners } = await metrics(page);
  return { bytes, nodes, listeners };
};
const mebibytes = (bytes) => (bytes / (1 << 20)).toFixed(1);
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** What the browser has to do for the updates of some seconds. */
const watch = async (page, title, length, work = async () => {}) => {
  await page.value('window.seen.tasks.length = 0; window.seen.updates = 0;');
  const before = await metrics(page);
  const begin = performance.now();
  await work();
  const opened = performance.now() - begin;
  await pause(length * 1000);
  const after = await metrics(page);
  const { tasks, updates } = await page.value('window.seen');
  const spent = (name) => 1000 * (after[name] - before[name]);
  const each = updates ? spent('TaskDuration') / updates : 0;
  console.log([
    title.padEnd(28), String(Math.round(opened)).padStart(6), String(updates).padStart(8), each.toFixed(1).padStart(8),
    (updates ? spent('ScriptDuration') / updates : 0).toFixed(1).padStart(8), String(Math.max(0, ...tasks)).padStart(8),
    mebibytes(after.JSHeapUsedSize).padStart(8),
  ].join(' '));
  return Math.max(0, ...tasks);
};

/** What the server takes, where the system tells. */
const served = (server) => {
  try {
    const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1] / 1024;
    const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return { memory, seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
  } catch { return { memory: NaN, seconds: NaN }; }
};

const look = async (page, server, address, id) => {
  await page.open(`${address}/`);
  await page.ask('Performance.enable');
  await page.click('#local');
  await page.until('document.querySelector("#connection").textContent === "live"');
  await page.until('document.querySelectorAll("tbody tr").length === 1');
  await page.value(watching);
  // Whoever sees nothing must not be blind.
  await page.value('new Promise((done) => { setTimeout(() => { const end = performance.now() + 120; while (performance.now() < end); setTimeout(done, 200); }); })');
  assert.ok((await page.value('Math.max(0, ...window.seen.tasks)')) >= 100, 'a task of 120 ms is not noticed');
  console.log('page                          open ms  updates  ms each   script  longest  heap MiB');
  const busy = [];
  const see = async (...what) => { busy.push(await watch(page, ...what)); };
  const find = async (text) => { await page.fill('[name=search]', text); await page.click('Find'); };
  const rows = (count) => page.until(`document.querySelectorAll("tbody tr").length === ${count}`);
  const isTold = (text) => page.until(`document.querySelector("nav[aria-label=Pages]")?.innerText.includes(${JSON.stringify(text)})`);

  await see('campaigns', seconds, () => page.go('campaigns', 'Campaigns'));
  await see('leads', seconds, async () => { await page.go(`campaigns/${id}/leads`, 'Leads of'); await rows(50); });
  await see('leads, a text that many have', seconds, async () => { await find('Ada 97'); await rows(50); });
  await see('leads, a text that none has', seconds, async () => { await find('Zebedee'); await isTold('0'); await rows(0); });
  await see('lead', seconds, async () => { await find('+12122201000'); await rows(1); await page.click('tbody a'); await page.until('document.body.innerText.includes("Rule: ")'); });
  await see('calls', seconds, async () => { await page.go('calls', 'Calls'); await rows(50); });
  await see('contacts', seconds, async () => { await page.go('contacts', 'Contacts'); await rows(50); });
  await see('do not call', seconds, () => page.go('dnc', 'Do not call'));
  await see('agents', seconds, () => page.go('agents', 'Agents'));
  await see('limits', seconds, () => page.go('limits', 'Limits'));
  await see('health', seconds, () => page.go('health', 'Health'));
  await see('campaign', seconds, async () => { await page.go(`campaigns/${id}`, 'Renewals'); await page.until('document.querySelector("#explanation")'); });
  if (given.picture) await page.picture(given.picture, { height: 760 });

  const first = await heap(page);
  let last = first;
  for (let minute = 1; minute <= minutes; minute += 1) {
    const before = served(server);
    busy.push(await watch(page, `campaign, minute ${minute}`, 60));
    const { memory, seconds: spent } = served(server);
    last = await heap(page);
    console.log(`  the server has ${Math.round(memory)} MiB, and took ${(100 * (spent - before.seconds) / 60).toFixed(1)} % of a core`);
    console.log(`  kept after ${minute} min: ${mebibytes(last.bytes)} MiB, ${last.nodes} nodes, ${last.listeners} listeners (first ${mebibytes(first.bytes)}, ${first.nodes}, ${first.listeners})`);
  }
  assert.ok(Math.max(...busy) < longest, `an update takes ${Math.max(...busy)} ms`);
  assert.ok(last.bytes - first.bytes < growth, `the page has grown by ${mebibytes(last.bytes - first.bytes)} MiB`);
  assert.ok(last.nodes <= first.nodes * 1.5, `the page has ${last.nodes} nodes where it had ${first.nodes}`);
  assert.deepEqual(page.problems, [], 'the browser has nothing to complain of');
};

const folder = mkdtempSync(join(tmpdir(), 'console-scale-'));
const { server, address } = await serve(program, [
  '--port', '0', '--data', join(folder, 'data'), '--system-limit', String(calls), '--account-limit', String(calls),
]);
const page = new Browser(chromium);
let status = 0;
try {
  await look(page, server, address, await prepare(address));
  console.log('the console stays smooth');
} catch (error) {
  console.error(error);
  console.error('problems that the browser tells:', page.problems);
  status = 1;
}
await page.close();
await end(server);
rmSync(folder, { recursive: true, force: true });
process.exit(status);
