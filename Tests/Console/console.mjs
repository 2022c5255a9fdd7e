// Uses the console as a person would, in a real browser.
//
//   node Tests/Console/console.mjs SERVER BROWSER [FOLDER-FOR-PICTURES]
//
// SERVER is the program of the reference server, BROWSER a Chromium. It ends with 1 where something is not as it must be.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byKeyboard, readable, stays } from './access.mjs';
import { Browser } from './browser.mjs';
import { end, serve } from './server.mjs';

const [program, chromium, pictures] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'console-test-'));
const evil = '<img src=x onerror=alert(1)>';

/** Starts the server. Port 0 is any that is free. No person asks for so much in a minute, so there is no limit of requests. */
const start = (port) => serve(program, [
  '--port', String(port), '--data', join(folder, 'data'), '--sim-speed', 'fast', '--tick', '500', '--rate-limit', '0',
]);

const list = (rows) => ['Telefon,First Name,City', ...rows].join('\n');
const numbers = (begin, count, last) => Array.from({ length: count }, (_, index) => `+1415${begin + index}${last},Ada ${index},Rome`);

const step = (text) => console.log(`  ${text}`);
const isPositive = 'Number(document.querySelector("progress")?.value) > 0';
const isDone = 'document.querySelector("progress") && document.querySelector("progress").value === document.querySelector("progress").max';
const badge = (word) => `document.querySelector(".row .badge")?.textContent === ${JSON.stringify(word)}`;

/** Creates a campaign, and adds the leads of a file to it, which is chosen or dropped. */
const create = async (page, name, text, isDropped, attempts = 1) => {
  await page.go('campaigns/new', 'New campaign');
  await page.fill('[name=name]', name);
  await page.fill('[name=max_attempts]', String(attempts));
  await page.click('Create');
  await page.until('document.querySelector("h1").textContent.startsWith("Add leads")');
  if (isDropped) await page.drop('.drop', 'dropped.csv', text);
  else {
    const path = join(folder, 'leads.csv');
    writeFileSync(path, text);
    await page.choose('#file', path);
  }
  await page.until('document.querySelectorAll("select[aria-label^=What]").length === 3');
  await page.fill('select[aria-label="What Telefon means"]', 'phone');
  await page.click('#send');
  await page.until('document.body.innerText.includes("To the campaign")');
};

/** The file of the rows that were refused. */
const refusedRows = async (page, button = 'Download the refused rows') => {
  const path = join(folder, 'refused.csv');
  await page.click(button);
  for (let wait = 0; wait < 200 && !existsSync(path); wait += 1) await page.value('new Promise((r) => setTimeout(r, 50))');
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return text;
};

/** Fills in a dialog, and waits until it is gone. */
const keep = async (page, fields) => {
  for (const [name, text] of Object.entries(fields)) await page.fill(`dialog[open] [name=${name}]`, text);
  await page.click('Keep');
  await page.until('!document.querySelector("dialog")');
};

/** Clicks a button of the row that has a text, once it is there. */
const press = (page, text, button) => page.until(`(() => {
  const row = [...document.querySelectorAll("tbody tr")].find((each) => each.textContent.includes(${JSON.stringify(text)}));
  const found = [...row?.querySelectorAll("button") ?? []].find((each) => each.textContent === ${JSON.stringify(button)});
  found?.focus();
  found?.click();
  return Boolean(found);
})()`);
const rows = (page, count) => page.until(`document.querySelectorAll("tbody tr").length === ${count}`);
const inRow = (page, text) => page.until(`[...document.querySelectorAll("tbody")].some((each) => each.textContent.includes(${JSON.stringify(text)}))`);

/** Asks the server beside the page, as somebody else would. */
const ask = async (page, method, path, body) => assert.equal(await page.value(`fetch('/api' + ${path}, {
  method: '${method}', body: ${JSON.stringify(JSON.stringify(body))},
  headers: { Authorization: 'Bearer ' + sessionStorage.getItem('campaignkit.token'), 'Content-Type': 'application/json' },
}).then((response) => response.ok)`), true);

/** Lets something happen to the campaign that is shown. */
const touch = (page, change = { description: String(Math.random()) }) => ask(page, 'PUT', 'location.hash.slice(1)', change);

/** Lets requests for some paths be refused without asking the server; 0 is one that cannot be reached. */
const refuse = (page, path, status) => page.value(`(() => {
  window.plain ??= window.fetch;
  window.fetch = (...request) => {
    if (!request[0].startsWith(${JSON.stringify(path)})) return window.plain(...request);
    if (${status} === 0) return Promise.reject(new TypeError('Failed to fetch'));
    return Promise.resolve(new Response('<html>no 1</html>', { status: ${status}, headers: { 'Content-Type': 'text/html', 'Retry-After': '1' } }));
  };
})()`);

/** Lets the server answer again. */
const answer = (page) => page.value('(() => { window.fetch = window.plain; })()');

/** Opens pages that cannot be read. */
const blank = async (page) => {
  const alert = 'document.querySelector("main [role=alert]")?.textContent';
  for (const [status, text] of [[503, 'The server answered 503.'], [0, 'The server cannot be reached.']]) {
    await refuse(page, '/api/agents', status);
    await page.go('agents', 'This page cannot be shown');
    assert.equal(await page.value(alert), text);
    await answer(page);
    await page.until('document.querySelector("h1").textContent === "Agents"');
    await page.go('limits', 'Limits');
  }
  await refuse(page, '/api/agents', 403);
  await page.go('agents', 'This page cannot be shown');
  await answer(page);
  await page.click('Try again');
  await page.until('document.querySelector("h1").textContent === "Agents"');
  const heard = page.problems.length;
  await page.go('campaigns/0123456789abcdef01234567', 'It is not there');
  assert.match(await page.value(alert), /campaign/i);
  // The browser tells of each 404.
  await page.until('true');
  page.problems.splice(heard);
  await page.go('campaigns/..%2Fhealth', 'There is no such page');
  step('was told of pages that cannot be read, and saw them once they could be');
};

const run = async (page, address) => {
  await page.open(`${address}/`);
  await page.until('Boolean(document.querySelector("#local"))');
  await readable(page);
  await byKeyboard(page);
  step('signed in without a password on this machine, made a campaign and deleted it, all by keyboard');
  await page.until('document.querySelector("#connection").textContent === "live"');

  const sent = [...numbers(556, 20, '0001'), `+14157000001,${evil},Rome`, 'nonsense,Bob,Paris'];
  await create(page, `First ${evil}`, list(sent), false);
  assert.match(await page.value('document.body.innerText'), /Refused\s+1\b/);
  await page.until('document.body.innerText.includes("nonsense")');
  if (pictures) await page.picture(join(pictures, 'upload.png'));
  await page.ask('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder }, undefined);
  const refused = (await refusedRows(page)).split('\r\n');
  assert.equal(refused[0], '"row","field","value","error","Telefon","First Name","City"');
  assert.match(refused[1], /^"22","phone","nonsense",".+","nonsense","Bob","Paris"$/);
  assert.equal(refused.length, 2, 'a file with all of them has nothing behind them');
  await page.value(`import('/console/csv.js').then((csv) => document.querySelector('main').append(csv.refusedRows(['row', 'error'], {
    columns: ['A', 'B'], errors: [{ row: 1, error: 'x', cells: ['=1', 'y'] }, { row: 2, error: 'z', cells: [] }], errors_left_out: 1233,
  })))`);
  assert.deepEqual((await refusedRows(page, 'Download the first 2 of 1,235 refused rows')).split('\r\n'), [
    '"row","error","A","B"', '"1","x","\'=1","y"', '"2","z"',
    '"","1,233 more refused rows are not in this file. Rows of which only what is wrong is told, since their cells take too much room: 1."',
  ]);
  await page.click('To the campaign');
  await page.click('#do-start');
  step('created a campaign, added a file, had its refused row downloaded, and started it');

  await page.until(isPositive);
  if (pictures) {
    await page.picture(join(pictures, 'campaign.png'));
    await page.picture(join(pictures, 'campaign-dark.png'), { scheme: 'dark' });
  }
  await page.until(isDone, 60);
  await page.until(badge('completed'), 30);
  await page.until('document.querySelectorAll("svg rect.bar-answered").length >= 1');
  assert.match(await page.value('document.querySelector("#explanation").textContent'), /completed/);
  if (pictures) {
    await page.picture(join(pictures, 'completed.png'));
    await page.picture(join(pictures, 'completed-phone.png'), { width: 390, height: 844 });
    await page.picture(join(pictures, 'completed.png'));
  }
  step('watched it reach 100 %');

  // The first answer is held back until the search has been answered, and must not be drawn over it.
  await page.value(`(() => {
    const plain = window.fetch;
    window.held = new Promise((resolve) => {
      window.fetch = async (...request) => {
        const response = await plain(...request);
        if (/\\/leads\\?limit=50&offset=0$/.test(request[0])) await window.held;
        else if (/search=onerror/.test(request[0])) { window.fetch = plain; setTimeout(resolve, 200); }
        return response;
      };
    });
  })()`);
  await page.click('Leads');
  await page.until('document.querySelector("[name=status]")?.textContent.includes("pending or queued")');
  await page.fill('[name=search]', 'onerror');
  await page.click('Find');
  await page.value('window.held');
  await page.value('new Promise((resolve) => { setTimeout(resolve, 200); })');
  await page.until('document.querySelectorAll("tbody tr").length === 1');
  assert.ok((await page.value('document.querySelector("tbody").textContent')).includes(evil));
  await page.click('tbody a');
  await page.until(`document.querySelector("h1").textContent === ${JSON.stringify(evil)}`);
  assert.match(await page.value('document.body.innerText'), /Rule: /);
  assert.equal(await page.value('document.querySelectorAll("img").length'), 0);
  step('found a lead whose name is markup, and saw it as text');

  await page.click('Change');
  await page.fill('dialog[open] [name=custom_fields]', '{"City": ');
  await page.click('Keep');
  await page.until('document.querySelector("dialog[open] .error").textContent !== ""');
  await keep(page, { notes: `Ask for ${evil}`, priority: 'high', custom_fields: '{"City": "Oslo"}' });
  await page.until(`document.querySelector("main").innerText.includes(${JSON.stringify(`Ask for ${evil}`)})`);
  await page.until('document.querySelector("main").innerText.includes("Oslo")');
  assert.match(await page.value('document.querySelector("main").innerText'), /Priority\s+high/);
  assert.equal(await page.value('document.querySelectorAll("img").length'), 0);
  step('changed a lead');

  // The first answer is held back until a later question has failed. What it brings is shown all the same.
  await page.value(`(() => {
    const plain = window.fetch;
    let fail;
    const failed = new Promise((resolve) => { fail = resolve; });
    window.fetch = async (...request) => {
      if (/search=unanswered/.test(request[0])) { window.fetch = plain; setTimeout(fail, 200); throw new TypeError('lost'); }
      const response = await plain(...request);
      if (/\\/leads\\?limit=50&offset=0$/.test(request[0])) await failed;
      return response;
    };
  })()`);
  await page.click('All leads of the campaign');
  await page.fill('[name=search]', 'unanswered');
  await page.click('Find');
  await page.until('document.querySelector("#notice").textContent.includes("cannot be reached")');
  await rows(page, 21);
  step('lost an answer, and kept the one before');

  await create(page, 'Second', list(numbers(600, 300, '0012')), true);
  await page.click('To the campaign');
  await page.click('#do-start');
  await page.until(badge('active'));
  await page.click('#do-pause');
  await page.until(badge('paused'));
  await page.until('document.querySelector("#explanation").textContent.includes("paused")');
  await page.click('Add leads');
  const bare = join(folder, 'bare.csv');
  writeFileSync(bare, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('+14156130001;Ada Löwe\n+14156130002;Bo\n', 'utf16le')]));
  await page.until('Boolean(document.querySelector("#file"))');
  await page.choose('#file', bare);
  await page.until('document.querySelector("[name=person]")?.checked === true');
  await inRow(page, 'Löwe');
  await page.fill('select[aria-label="What Column 2 means"]', 'first_name');
  await page.click('#send');
  await page.until('/Added\\s+2\\b/.test(document.body.innerText)');
  await page.click('To the campaign');
  step('added a list in UTF-16 whose first row is a person');
  await page.click('#do-resume');
  await page.until(badge('active'));
  step('paused and resumed');
  await stays(page, 'Settings', () => touch(page));
  step('kept the focus while the page was drawn anew');

  const second = await page.value('location.hash');
  await refuse(page, '/console/campaigns', 429);
  await touch(page);
  await page.until('document.querySelector("#connection").textContent === "stale"');
  await answer(page);
  await page.until('document.querySelector("#connection").textContent === "live"');
  step('saw that a page was stale, and current again');
  await refuse(page, '/console/campaigns', 429);
  await touch(page);
  await page.until('document.querySelector("#connection").textContent === "stale"');
  await page.go('limits', 'Limits');
  assert.equal(await page.value('document.querySelector("#connection").textContent'), 'live', 'another page is not stale');
  await page.value('new Promise((resolve) => { setTimeout(resolve, 2500); })');
  assert.equal(await page.value('document.querySelector("#connection").textContent'), 'live', 'a page that is left asks no more');
  await answer(page);
  await page.go(second.slice(2), 'Second');
  await touch(page);
  await page.until('document.querySelector("#explanation")');
  await refuse(page, '/console/campaigns', 404);
  await touch(page);
  await page.until('document.querySelector("h1").textContent === "It is not there any more"');
  await answer(page);
  await blank(page);
  await page.go(second.slice(2), 'Second');
  // A field for a time cannot hold the end of the day. What was not touched is not sent.
  await touch(page, { first_call_time: '00:00', last_call_time: '24:00' });
  await page.click('Settings');
  await page.fill('[name=description]', 'Changed');
  await page.fill('[name=max_concurrent_calls]', '5');
  await page.click('Keep');
  await page.until(`location.hash === ${JSON.stringify(second)}`);
  const kept = page.requests.findLast((request) => request.method === 'PUT');
  assert.deepEqual(JSON.parse(kept.postData), { description: 'Changed', max_concurrent_calls: 5 });
  await page.until('/Calls at once at most\\s+5\\b/.test(document.body.innerText)');
  await page.go('limits', 'Limits');
  await page.fill('[name=limit]', '7');
  await page.click('Set');
  await page.until('document.querySelector(".facts dd").textContent === "7"');
  await page.fill('[name=timezone]', 'Asia/Kathmandu');
  await page.click('Keep');
  await page.until('document.querySelector("#notice").textContent === "The time zone is kept."');
  await page.go('campaigns/new', 'New campaign');
  await page.until('document.querySelector("[name=timezone]").value === "Asia/Kathmandu"');
  step('changed settings, limits and the time zone of the account');

  await page.go('agents', 'Agents');
  await page.click('Add an agent');
  await keep(page, { name: evil, phone: '+14155551234', agent_group_id: 'sales' });
  await rows(page, 1);
  await page.fill('tbody select', 'available');
  await page.until('document.querySelector("tbody .badge").textContent === "available"');
  await press(page, evil, 'Change');
  await keep(page, { name: `Bo ${evil}`, max_concurrent_calls: '5' });
  await inRow(page, `Bo ${evil}`);
  assert.equal(await page.value('document.activeElement.textContent'), 'Change', 'the focus is where it was before the dialog');
  await inRow(page, '0 of 5');
  await page.click('Add an agent');
  await keep(page, { name: 'Cy', phone: '+14155551235' });
  await rows(page, 2);
  await press(page, 'Cy', 'Remove');
  await page.click('dialog .main');
  await rows(page, 1);
  await page.go('dnc', 'Do not call');
  await page.fill('[name=phone]', '+14155559999');
  await page.click('Add');
  await inRow(page, '+14155559999');
  await page.drop('.drop', 'numbers.csv', 'phone\n+14155559998\nnonsense\n+1900*\n');
  await inRow(page, '+1900*');
  await rows(page, 4);
  assert.match(await refusedRows(page), /"2","nonsense",".+","nonsense"/);
  await press(page, '+1900*', 'Take off');
  await page.click('dialog .main');
  await rows(page, 3);
  await ask(page, 'POST', '"/dnc"', { phone_numbers: ['+14155559997'] });
  await inRow(page, '+14155559997');
  await page.go(`${second.slice(2)}/leads`, 'Leads of Second');
  await page.until('Boolean(document.querySelector("tbody a"))');
  await ask(page, 'PUT', '"/leads/" + document.querySelector("tbody a").hash.split("/")[2]', { first_name: 'Zed' });
  await inRow(page, 'Zed');
  step('saw what somebody else did to the do-not-call list and to leads');
  await page.go('calls', 'Calls');
  await page.until('document.querySelectorAll("tbody tr").length > 1');
  await page.go('contacts', 'Contacts');
  await page.click('Add a contact');
  await keep(page, { name: 'Dee', phone_number: '+14155554444', company: 'Acme' });
  await page.fill('[name=search]', 'Dee');
  await page.click('Find');
  await rows(page, 1);
  await press(page, 'Dee', 'Change');
  await keep(page, { name: 'Dee Two', company: '' });
  await inRow(page, 'Dee Two');
  await press(page, 'Dee Two', 'Remove');
  await page.click('dialog .main');
  await rows(page, 0);
  await page.fill('[name=search]', 'onerror');
  await page.click('Find');
  await page.until('document.querySelectorAll("tbody tr").length === 1');
  await page.click('tbody input');
  await page.click('Call these');
  await page.click('dialog .main');
  await page.until('document.querySelector("#explanation")');
  await page.go('health', 'Health');
  await page.until('document.querySelectorAll("tbody tr").length > 3');
  const hasFigures = 'Boolean(document.querySelector("section[aria-label=Figures]"))';
  assert.ok(await page.value(hasFigures));
  await refuse(page, '/metrics', 403);
  await page.click('Look again');
  await page.until(`!${hasFigures}`);
  await refuse(page, '/health', 0);
  await page.click('Look again');
  await page.until('document.querySelector("#notice").textContent === "The server cannot be reached."');
  await answer(page);
  step('changed agents, the do-not-call list and contacts, looked at calls and health, and called a contact');

  await flood(page);
  await page.go('campaigns', 'Campaigns');
  await page.until('document.querySelectorAll("tbody tr").length === 3');
  if (pictures) {
    await page.picture(join(pictures, 'campaigns-dark.png'), { scheme: 'dark' });
    await page.picture(join(pictures, 'campaigns-phone.png'), { width: 390, height: 844 });
    await page.picture(join(pictures, 'campaigns.png'));
  }
  assert.equal(await page.value('document.documentElement.scrollWidth <= innerWidth'), true);
  await page.value('[...document.querySelectorAll("tbody tr")].find((e) => e.textContent.includes("Second")).querySelector("input").click()');
  assert.match(await page.value('document.querySelector("main [role=status]").textContent'), /^1 chosen/);
  await page.fill('main select', 'failed');
  await page.until('document.querySelector("main").innerText.includes("None of this status.")');
  await page.click('cancel');
  await page.click('dialog .main');
  await page.until('document.querySelector("main [role=status]").textContent.startsWith("none chosen")');
  await page.fill('main select', '');
  await page.until('[...document.querySelectorAll("tbody tr")].find((e) => e.textContent.includes("Second")).textContent.includes("cancelled")');
  step('cancelled one of many, which was not in the list any more');
  assert.deepEqual(await page.value(`import('/console/listing.js').then(async ({ listing }) => {
    const [place, asked] = [document.createElement('div'), []];
    let total = 120;
    const list = listing(place, 'List', [], async (offset) => { asked.push(offset); return { rows: [], total }; });
    const next = async () => { place.querySelector('[data-key=next]').click(); await new Promise((resolve) => { setTimeout(resolve); }); };
    await list.show();
    await next();
    await next();
    total = 60;
    await list.show();
    return asked;
  })`), [0, 50, 100, 100, 50], 'a page that is gone gives way to the last one');

  for (const [name, heading] of [['campaigns', 'Campaigns'], ['campaigns/new', 'New campaign'], ['calls', 'Calls'], ['contacts', 'Contacts'],
    ['agents', 'Agents'], ['dnc', 'Do not call'], ['limits', 'Limits'], ['health', 'Health'], [second.slice(2), 'Second'],
    [`${second.slice(2)}/leads`, 'Leads']]) {
    await page.go(name, heading);
    await readable(page);
  }
  step('read every page, light and dark');
};

/** What a page is told of a stream of events: how many, none where it has to read everything anew. */
const told = (page, events) => page.value(`(async () => {
  const live = await import('/console/live.js');
  const ask = window.fetch;
  // What came before is told to whoever listened before.
  live.stop();
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  const text = ${JSON.stringify(events)}.map((event) => 'data: ' + JSON.stringify(event) + '\\n\\n').join('');
  window.fetch = (path, options) => path === '/events' ? Promise.resolve(new Response(text)) : ask(path, options);
  const count = await new Promise((resolve) => { live.listen((events) => resolve(events.length)); live.start(); });
  window.fetch = ask;
  live.start();
  return count;
})()`);

const flood = async (page) => {
  const other = { event: 'call:ended', data: { campaignId: 'other' } };
  const last = { event: 'agent:updated', data: { agentId: 'one' } };
  assert.equal(await told(page, [other, last]), 2);
  assert.equal(await told(page, [...Array(250).fill(other), last]), 0, 'more than are kept');
  assert.equal(await told(page, [{ event: 'resync', data: {} }]), 0, 'what was missed');
  await page.until('document.querySelector("#connection").textContent === "live"');
  step('read anew after more events than are kept, and after some that were missed');
};

/** Takes the server away, and gives it back. */
const lose = async (page, server, address) => {
  assert.deepEqual(page.problems, [], 'the browser has nothing to complain of');
  await end(server);
  await page.until('document.querySelector("#connection").textContent === "reconnecting"');
  const again = await start(new URL(address).port);
  await page.until('document.querySelector("#connection").textContent === "live"', 30);
  const streams = page.requests.filter((request) => new URL(request.url).pathname === '/events');
  assert.ok(Number(streams.at(-1).headers['Last-Event-ID']) > 0, 'the stream goes on behind what was heard');
  await page.go('limits', 'Limits');
  await page.until('document.querySelector(".facts dd").textContent === "7"');
  step('saw the connection lost, and found again');
  return again.server;
};

/** Lets the server be silent with its connections open, as one is behind a network that is gone, and tells when that is noticed. */
const silence = async (page, server) => {
  server.kill('SIGSTOP');
  try {
    await page.until('document.querySelector("#connection").textContent === "reconnecting"', 45);
  } finally { server.kill('SIGCONT'); }
  await page.until('document.querySelector("#connection").textContent === "live"', 45);
  step('saw that a connection was dead, though it was open, and found another');
  const streams = page.requests.filter((request) => new URL(request.url).pathname === '/events').length;
  await page.value('window.dispatchEvent(new Event("online"))');
  await page.until('document.querySelector("#connection").textContent === "reconnecting"');
  await page.until('document.querySelector("#connection").textContent === "live"');
  assert.ok(page.requests.filter((request) => new URL(request.url).pathname === '/events').length > streams);
  step('connected anew as the network came back');
};

/** Signs out, and has a token that the server does not take. */
const leave = async (page) => {
  const isSignIn = 'document.activeElement.textContent === "Sign in" && document.activeElement.matches("h1") && document.title.startsWith("Sign in")';
  await page.click('#leave');
  await page.until(isSignIn);
  await page.click('#local');
  await page.until('document.querySelector("#connection").textContent === "live"');
  await page.value('sessionStorage.setItem("campaignkit.token", "ended")');
  await page.value('window.dispatchEvent(new Event("online"))');
  await page.until(isSignIn);
  assert.match(await page.value('document.querySelector("[role=alert]").textContent'), /sign in again/);
  await page.value('new Promise((resolve) => { setTimeout(resolve, 3000); })');
  const streams = page.requests.filter((request) => new URL(request.url).pathname === '/events' && request.headers.Authorization === 'Bearer ended');
  assert.equal(streams.length, 1, 'a token that is refused is not tried again');
  step('signed out, and was told that a sign-in had ended');
};

let { server, address } = await start(0);
const page = new Browser(chromium);
let status = 0;
try {
  await run(page, address);
  server = await lose(page, server, address);
  await silence(page, server);
  await leave(page);
  assert.deepEqual([...page.hosts], [new URL(address).host], 'no other host is asked for anything');
  console.log('the console does what it must');
} catch (error) {
  console.error(error);
  console.error('problems that the browser tells:', page.problems);
  if (pictures) await page.picture(join(pictures, 'failed.png')).catch(() => {});
  status = 1;
}
await page.close();
await end(server);
rmSync(folder, { recursive: true, force: true });
process.exit(status);
