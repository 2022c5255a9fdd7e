// Creating a campaign, and changing its settings.
import { api, console_ } from './api.js';
import { attempt, field, h, tell, zones } from './dom.js';

const check = (label, name, isOn) => h('label', { class: 'inline' }, h('input', { type: 'checkbox', name, checked: isOn }), label);

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** A box for each day of the week, which is told with the name of them all. */
const week = (chosen) => h('fieldset', { class: 'wide' }, h('legend', null, 'Days of the week'),
  days.map((day) => h('label', { class: 'inline' },
    h('input', { type: 'checkbox', name: 'calling_days', value: day, checked: chosen.includes(day) }), day[0].toUpperCase() + day.slice(1))));

/** What a form says, in the words of the API. Empty means that there is none. */
const settings = (form) => {
  const text = (name) => form.elements[name].value.trim() || null;
  const numbers = text('caller_ids')?.split(/[,;\n]/).map((number) => number.trim()).filter((number) => number) ?? [];
  return {
    name: text('name'), description: text('description'), caller_ids: numbers, timezone: text('timezone'),
    daily_calls_per_caller_id: Number(form.elements.daily_calls_per_caller_id.value) || null,
    max_concurrent_calls: text('max_concurrent_calls') === null ? null : Number(text('max_concurrent_calls')),
    first_call_time: text('first_call_time'), last_call_time: text('last_call_time'),
    calling_days: [...form.querySelectorAll('[name=calling_days]:checked')].map((box) => box.value), start_date: text('start_date'),
    end_date: text('end_date'), agent_group_id: text('agent_group_id'), agent_id: text('agent_id'), stream_url: text('stream_url'), next_action: text('next_action'),
    voicemail_message_url: text('voicemail_message_url'), abandoned_message_url: text('abandoned_message_url'),
    amd_enabled: form.elements.amd_enabled.checked, record_calls: form.elements.record_calls.checked,
    retry_policy: {
      max_attempts: Number(form.elements.max_attempts.value), delay_minutes: Number(form.elements.delay_minutes.value),
      retry_on_no_answer: form.elements.retry_on_no_answer.checked, retry_on_busy: form.elements.retry_on_busy.checked,
      retry_on_voicemail: form.elements.retry_on_voicemail.checked,
    },
  };
};

/** Only what differs from what the form held at first: an active campaign refuses most changes, and a field cannot hold every value. */
const news = (wanted, held) => Object.fromEntries(Object.entries(wanted).filter(
  ([name, value]) => JSON.stringify(value) !== JSON.stringify(held[name]) && !(name === 'timezone' && value === null)));

/** The time zone of a new campaign: the account's, or this browser's as long as that is the one with which accounts begin. */
const usualZone = async () => {
  const { timezone } = await console_('GET', '/timezone');
  return timezone === 'UTC' ? Intl.DateTimeFormat().resolvedOptions().timeZone : timezone;
};

/** The page with the settings of a campaign; of a new one without an identifier. */
export const editing = async (place, id) => {
  const old = id ? (await api('GET', `/campaigns/${id}`)).campaign : {};
  const zone = old.timezone ?? await usualZone();
  const retries = old.retry_policy ?? { max_attempts: 3, delay_minutes: 60, retry_on_no_answer: true, retry_on_busy: true };
  const problem = h('p', { class: 'error', role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    const wanted = settings(event.target);
    await attempt(async () => {
      if (id) {
        const changes = news(wanted, held);
        if (Object.keys(changes).length > 0) await api('PUT', `/campaigns/${id}`, changes);
        tell('The settings are kept.');
        location.hash = `#/campaigns/${id}`;
      } else {
        // That calls are recorded is the server's to say where nobody has said no: not every carrier can.
        const given = Object.fromEntries(Object.entries(wanted).filter(
          ([name, value]) => value !== null && !(name === 'record_calls' && value)));
        const made = (await api('POST', '/campaigns', given)).campaign;
        tell('The campaign is there. Add leads next.');
        location.hash = `#/campaigns/${made.id}/upload`;
      }
    }, problem);
  };
  const group = (title, ...fields) => h('section', { 'aria-label': title }, h('h2', null, title), h('div', { class: 'grid' }, fields));
  place.append(
    h('h1', null, id ? `Settings of ${old.name}` : 'New campaign'), problem,
    h('form', { submit },
      group('What it is',
        field('Name', 'name', { required: true, maxlength: 200, value: old.name ?? '' }),
        field('Description', 'description', { rows: 2, value: old.description ?? '' }, 'textarea'),
        field('Calls from, with commas between several numbers', 'caller_ids', { placeholder: 'the number of the server', value: (old.caller_ids ?? []).join(', ') }),
        field('Calls a day from each number at most', 'daily_calls_per_caller_id', { type: 'number', min: 1, placeholder: 'no limit', value: old.daily_calls_per_caller_id ?? '' }),
        field('Calls at once at most', 'max_concurrent_calls', { type: 'number', min: 0, placeholder: 'no limit of its own', value: old.max_concurrent_calls ?? '' }),
        field('Agent group', 'agent_group_id', { value: old.agent_group_id ?? '' }),
        field('Or an agent of another system', 'agent_id', { maxlength: 200, value: old.agent_id ?? '' }),
        field('Or a program that talks: where it listens', 'stream_url', { placeholder: 'wss://', value: old.stream_url ?? '' }),
        field('Next action', 'next_action', { value: old.next_action ?? '' })),
      group('When it calls',
        field('Time zone', 'timezone', { list: 'zones', required: true, value: zone }), zones(),
        field('From', 'first_call_time', { type: 'time', step: 1, value: old.first_call_time ?? '' }),
        field('Until (empty: until midnight)', 'last_call_time', { type: 'time', step: 1, value: old.last_call_time ?? '' }),
        week(old.calling_days ?? days),
        field('First day', 'start_date', { type: 'date', value: old.start_date ?? '' }),
        field('Last day', 'end_date', { type: 'date', value: old.end_date ?? '' })),
      group('Trying again',
        field('Attempts in all', 'max_attempts', { type: 'number', min: 1, max: 100, required: true, value: retries.max_attempts }),
        field('Minutes between them', 'delay_minutes', { type: 'number', min: 0, max: 525600, step: 'any', required: true, value: retries.delay_minutes }),
        check('after no answer', 'retry_on_no_answer', retries.retry_on_no_answer),
        check('after a busy line', 'retry_on_busy', retries.retry_on_busy),
        check('after a machine', 'retry_on_voicemail', retries.retry_on_voicemail)),
      group('Calls',
        check('Tell machines from people', 'amd_enabled', old.amd_enabled ?? true),
        check('Record calls', 'record_calls', old.record_calls ?? true),
        field('Message for machines (address)', 'voicemail_message_url', { type: 'url', value: old.voicemail_message_url ?? '' }),
        field('Message for people whom no agent takes (address)', 'abandoned_message_url', { type: 'url', value: old.abandoned_message_url ?? '' })),
      h('div', { class: 'row' },
        h('button', { class: 'main' }, id ? 'Keep' : 'Create'),
        h('a', { class: 'button', href: id ? `#/campaigns/${id}` : '#/campaigns' }, 'Back'))));
  const held = settings(place.querySelector('form'));
};
