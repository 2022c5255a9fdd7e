// What people need who see little, or use no mouse.
import assert from 'node:assert/strict';

const keys = { Tab: 9, Enter: 13, Escape: 27, ' ': 32 };

/** Presses a key, as a keyboard would. */
const press = async (page, key) => {
  const event = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode: keys[key] };
  const text = { Enter: '\r', ' ': ' ' }[key];
  await page.ask('Input.dispatchKeyEvent', { ...event, type: 'keyDown', text });
  await page.ask('Input.dispatchKeyEvent', { ...event, type: 'keyUp' });
};

/** Goes on with the tabulator until something with a name has the focus, which has to be seen each time. */
const tabTo = async (page, name) => {
  for (let step = 0; step < 100; step += 1) {
    await press(page, 'Tab');
    const [text, outline] = await page.value(`(() => {
      const e = document.activeElement;
      if (e === document.body) return ['', 'the end of the page'];
      return [e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent, getComputedStyle(e).outlineStyle];
    })()`);
    assert.notEqual(outline, 'none', `the focus on '${text}' is seen`);
    if (text.trim().startsWith(name)) return;
  }
  assert.fail(`the tabulator never comes to '${name}'`);
};

/** Signs in, makes a campaign and gives it up again without a mouse. */
export const byKeyboard = async (page) => {
  await page.until('Boolean(document.querySelector("#local"))');
  await tabTo(page, 'Enter as the owner');
  await press(page, 'Enter');
  await page.until('document.querySelector("h1")?.textContent === "Campaigns"');
  await tabTo(page, 'New campaign');
  await press(page, 'Enter');
  await page.until('document.querySelector("h1").textContent.startsWith("New campaign")');
  await tabTo(page, 'Name');
  await page.ask('Input.insertText', { text: 'By keyboard' });
  assert.equal(await page.value('document.querySelector("[name=calling_days]").closest("fieldset").querySelector("legend").textContent'),
    'Days of the week', 'the boxes have a name together');
  await tabTo(page, 'Wednesday');
  await press(page, ' ');
  await press(page, 'Enter');
  await page.until('document.querySelector("h1").textContent.startsWith("Add leads")');
  const settings = (await page.value('location.hash')).slice(2).replace(/upload$/, 'edit');
  await page.go(settings, 'Settings of By keyboard');
  assert.deepEqual(await page.value('[...document.querySelectorAll("[name=calling_days]:checked")].map((box) => box.value)'),
    ['monday', 'tuesday', 'thursday', 'friday', 'saturday', 'sunday']);
  await tabTo(page, 'Or an agent of another system');
  await page.ask('Input.insertText', { text: 'theirs' });
  await press(page, 'Enter');
  await page.until('document.querySelector("h1").textContent === "By keyboard"');
  await page.go(settings, 'Settings of By keyboard');
  assert.equal(await page.value('document.querySelector("[name=agent_id]").value'), 'theirs');
  await page.go('campaigns', 'Campaigns');
  await page.until('document.querySelectorAll("tbody tr").length === 1');
  await tabTo(page, 'Choose By keyboard');
  await press(page, ' ');
  await tabTo(page, 'delete');
  await press(page, 'Enter');
  await page.until('Boolean(document.querySelector("dialog[open]"))');
  await press(page, 'Escape');
  await page.until('!document.querySelector("dialog")');
  assert.equal(await page.value('document.activeElement.textContent'), 'delete', 'the focus is where it was');
  await press(page, 'Enter');
  await page.until('Boolean(document.querySelector("dialog[open]"))');
  await tabTo(page, 'Delete');
  await press(page, 'Enter');
  await page.until('document.querySelectorAll("tbody tr").length === 0');
};

/**
 * Goes to something on the page of a campaign with the tabulator, and looks whether it keeps the focus as the page is drawn
 * anew because something happens.
 */
export const stays = async (page, name, happen) => {
  await tabTo(page, name);
  await page.value('document.querySelector("#explanation").setAttribute("data-old", "")');
  await happen();
  await page.until('!document.querySelector("#explanation").hasAttribute("data-old")');
  assert.equal(await page.value('document.activeElement.textContent'), name, 'the focus stays');
};

/** Looks whether every text stands out from what is behind it, light and dark: by 4.5, large ones by 3 (WCAG 2, AA). */
export const readable = async (page) => {
  for (const scheme of ['dark', 'light']) {
    await page.ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const faint = await page.value(`(() => {
      const parts = (color) => color.match(/[\\d.]+/g).map(Number);
      const light = (color) => parts(color).slice(0, 3).map((each) => each / 255)
        .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
      const behind = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return (parts(color)[3] ?? 1) > 0 || !element.parentElement ? color : behind(element.parentElement);
      };
      const found = new Set();
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest(':disabled')) continue;
        const style = getComputedStyle(element);
        const [dim, bright] = [light(element.namespaceURI.endsWith('svg') ? style.fill : style.color), light(behind(element))]
          .sort((left, right) => left - right);
        const size = parseFloat(style.fontSize);
        const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
        const ratio = (bright + 0.05) / (dim + 0.05);
        if (ratio < least) found.add(texts.currentNode.data.trim() + ': ' + ratio.toFixed(2));
      }
      return [...found];
    })()`);
    assert.deepEqual(faint, [], `these are hard to read (${scheme}), on ${await page.value('location.hash')}`);
  }
};
