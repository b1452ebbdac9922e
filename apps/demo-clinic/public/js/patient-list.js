import { api } from './api.js';
import { byId, el } from './dom.js';

const PAGE_SIZE = 25;

/** The list to choose a patient from: one page at a time, filtered by clinic, searched within the page. */
export class PatientList {
  people = [];
  /** The cursors of the pages up to this one; the first page has none. */
  cursors = [null];
  nextCursor = null;
  selected = null;
  /** Answers that arrive after a later question are dropped. */
  question = 0;

  /**
   * @param {(id: string) => void} onChoose
   * @param {(error: Error, retry: () => void) => void} onError
   */
  constructor(onChoose, onError) {
    this.onChoose = onChoose;
    this.onError = onError;
    byId('clinic').addEventListener('change', () => this.load([null]));
    byId('search').addEventListener('input', () => this.draw());
    byId('next').addEventListener('click', () => this.load([...this.cursors, this.nextCursor]));
    byId('previous').addEventListener('click', () => this.load(this.cursors.slice(0, -1)));
  }

  async start() {
    try {
      const clinics = await api.clinics();
      this.clinics = new Map(clinics.map(({ id, name }) => [id, name]));
      byId('clinic').append(...clinics.map(({ id, name }) => el('option', { value: id }, name)));
    } catch (error) {
      this.fail(error, () => this.start());
      return;
    }
    await this.load([null]);
  }

  async load(cursors) {
    const question = (this.question += 1);
    byId('patients').setAttribute('aria-busy', 'true');
    try {
      const page = await api.patients({
        limit: PAGE_SIZE,
        cursor: cursors.at(-1),
        clinicId: byId('clinic').value,
      });
      if (question !== this.question) return;
      Object.assign(this, { people: page.items, nextCursor: page.nextCursor, cursors });
      byId('patients').scrollTop = 0;
      this.draw();
    } catch (error) {
      if (question === this.question) this.fail(error, () => this.load(cursors));
    }
  }

  fail(error, retry) {
    byId('patients').setAttribute('aria-busy', 'false');
    byId('patients').replaceChildren(el('li.none', {}, 'The list could not be loaded.'));
    this.onError(error, retry);
  }

  clinicName(id) {
    return this.clinics?.get(id) ?? id;
  }

  select(id) {
    this.selected = id;
    this.draw();
  }

  draw() {
    const wanted = byId('search').value.trim().toLocaleLowerCase();
    const found = this.people.filter((person) => textOf(person).includes(wanted));
    byId('patients').setAttribute('aria-busy', 'false');
    byId('patients').replaceChildren(
      ...(found.length > 0
        ? found.map((person) => this.item(person))
        : [el('li.none', {}, this.emptyText(wanted))]),
    );
    byId('page').textContent = `Page ${this.cursors.length}`;
    byId('previous').disabled = this.cursors.length === 1;
    byId('next').disabled = this.nextCursor === null;
  }

  item({ id, givenName, familyName, recordNumber, birthDate }) {
    return el(
      'li',
      {},
      el(
        'button.person',
        {
          type: 'button',
          'aria-current': id === this.selected ? 'true' : null,
          onclick: () => this.onChoose(id),
        },
        el('b', {}, `${familyName}, ${givenName}`),
        el('span', {}, `${recordNumber} · born ${birthDate}`),
      ),
    );
  }

  emptyText(wanted) {
    return wanted === '' ? 'No patients here.' : 'Nobody on this page matches.';
  }
}

function textOf({ givenName, familyName, recordNumber }) {
  return `${givenName} ${familyName}, ${givenName} ${recordNumber}`.toLocaleLowerCase();
}
