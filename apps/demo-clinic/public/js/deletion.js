import { api, Refused } from './api.js';
import { byId, el } from './dom.js';
import { drawReceipt } from './receipt.js';

const REASON = 'The patient asked for it';

/** 'Delete my data': asks once more, deletes, and shows the receipt; and the hold that forbids it. */
export class Deletion {
  patient = null;

  /**
   * @param {import('./login.js').Login} login
   * @param {(id: string) => void} onDeleted
   */
  constructor(login, onDeleted) {
    this.login = login;
    this.onDeleted = onDeleted;
    byId('delete').addEventListener('click', () => {
      byId('delete-whom').textContent = nameOf(this.patient);
      byId('delete-ask').showModal();
    });
    byId('delete-ask').addEventListener('close', (event) => {
      if (event.target.returnValue === 'delete') void this.erase(this.patient);
      event.target.returnValue = '';
    });
    byId('hold').addEventListener('click', () => void this.toggle(this.patient));
  }

  /** Shows what can be done about a patient. */
  async show(patient) {
    this.patient = patient;
    this.say('');
    this.drawDesk();
    try {
      const isHeld = await api.isHeld(patient.id);
      if (this.patient.id === patient.id) this.draw(isHeld);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** What whoever is at the desk may do, at once: it must not wait for an answer about the patient. */
  drawDesk() {
    const isForOthers = this.login.role === 'receptionist';
    byId('delete').hidden = isForOthers;
    byId('delete-by-others').hidden = !isForOthers;
    byId('hold').hidden = true;
  }

  draw(isHeld) {
    this.isHeld = isHeld;
    byId('held').hidden = !isHeld;
    byId('hold').hidden = this.login.role !== 'records-office';
    byId('hold').textContent = isHeld ? 'Lift the legal hold' : 'Place a legal hold';
  }

  async erase(patient) {
    this.say('Deleting …');
    try {
      const { rowsDeleted, receipt } = await api.erase(patient.id, REASON);
      this.say('');
      drawReceipt(byId('receipt'), { name: nameOf(patient), rowsDeleted, receipt });
      this.onDeleted(patient.id);
    } catch (error) {
      this.refuse(error);
    }
  }

  async toggle(patient) {
    try {
      if (this.isHeld) await api.release(patient.id);
      else await api.hold(patient.id, 'A claim that is not settled yet');
      this.say('');
      this.draw(!this.isHeld);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** What the server has a reason for is no failure. */
  refuse(error) {
    const isReason = error instanceof Refused && error.status < 500;
    this.say(`${error.message}.`, isReason ? '' : '.bad');
  }

  say(text, kind = '') {
    byId('delete-says').replaceChildren(text === '' ? '' : el(`p${kind}`, {}, text));
  }
}

function nameOf({ givenName, familyName }) {
  return `${givenName} ${familyName}`;
}
