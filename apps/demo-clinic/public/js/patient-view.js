import { api, Refused } from './api.js';
import { drawBadge, smallBadge } from './badge.js';
import { byId, dayText, el } from './dom.js';
import { Gauge } from './gauge.js';
import { drawRecords } from './records.js';

/** The chosen patient: reads them, notes every read in the log and shows what came back. */
export class PatientView {
  id = null;
  patient = null;
  gauge = new Gauge(byId('gauge'));

  /**
   * @param {import('./read-log.js').ReadLog} log
   * @param {import('./change-form.js').ChangeForm} form
   * @param {(id: string) => string} clinicName
   * @param {(patient: object) => void} onShown told of the patient whenever another one is shown
   */
  constructor(log, form, clinicName, onShown) {
    this.onShown = onShown;
    this.log = log;
    this.form = form;
    this.clinicName = clinicName;
    setInterval(() => this.gauge.draw(), 500);
  }

  /** Shows another patient, or none. */
  async open(id) {
    this.id = id;
    this.patient = null;
    this.gauge.clear();
    byId('empty').hidden = id !== null;
    byId('missing').hidden = true;
    byId('receipt').hidden = true;
    byId('content').hidden = id === null;
    byId('content').classList.add('loading');
    if (id !== null) await this.read();
  }

  /** Reads the profile and the records, the records too only when the profile is there. */
  async read() {
    const id = this.id;
    try {
      await this.readProfile();
      await this.readRecords(id);
    } catch (error) {
      if (id !== this.id) return;
      if (!(error instanceof Refused && [400, 404].includes(error.status))) throw error;
      byId('content').hidden = true;
      byId('missing').hidden = false;
      byId('missing').querySelector('p').textContent =
        `Nobody has the id ${id}. Choose somebody from the list.`;
    }
  }

  /** Reads the records, which whoever is at the desk may not see although the patient is there. */
  async readRecords(id) {
    let answer;
    try {
      answer = await api.records(id);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
      if (id === this.id) showNoRecords();
      return;
    }
    this.note('records', answer);
    if (id !== this.id) return;
    drawRecords(byId('records'), answer.body);
    byId('records-badge').replaceChildren(smallBadge(answer));
  }

  /** Reads the profile alone. */
  async readProfile(id = this.id) {
    const answer = await this.peek(id);
    if (id === this.id) this.showProfile(answer);
    return answer;
  }

  /** Reads the profile and notes it in the log, without showing it: for many reads at a time. */
  async peek(id = this.id) {
    const answer = await api.patient(id);
    this.note('profile', answer);
    return answer;
  }

  /** Writes, and keeps the page's own picture of the entry's life honest. */
  async write(patch, id = this.id) {
    const answer = await api.change(id, patch);
    this.log.add({ what: 'write', ms: answer.ms, version: answer.body?.version });
    this.gauge.clear();
    return answer;
  }

  note(what, { ms, cache, body }) {
    this.log.add({ what, ms, outcome: cache.outcome, age: cache.age, version: body?.version });
  }

  showProfile(answer) {
    const patient = answer.body;
    const before = this.patient;
    this.patient = patient;
    byId('content').classList.remove('loading');
    byId('name').textContent = `${patient.givenName} ${patient.familyName}`;
    byId('subtitle').textContent = [
      patient.recordNumber,
      `born ${dayText(patient.birthDate)}`,
      this.clinicName(patient.clinicId),
      `v${patient.version}`,
    ].join(' · ');
    drawBadge(byId('badge'), answer);
    this.gauge.show(this.id, answer);
    this.form.fill(before, patient);
    if (before === null) this.onShown(patient);
  }
}

function showNoRecords() {
  byId('records-badge').replaceChildren();
  byId('records').replaceChildren(
    el('p.muted', {}, 'Not for whoever is at the desk: choose the doctor above to see records.'),
  );
}
