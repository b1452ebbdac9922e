import { api, chooseLogin, chosenLogin } from './api.js';
import { el } from './dom.js';

/** The choice of who is at the desk. It is a demo: whoever chooses is let in. */
export class Login {
  people = [];

  /**
   * @param {HTMLSelectElement} select
   * @param {() => void} onChange
   */
  constructor(select, onChange) {
    this.select = select;
    select.addEventListener('change', () => {
      chooseLogin(select.value);
      onChange();
    });
  }

  async start() {
    this.people = await api.logins();
    if (!this.people.some(({ id }) => id === chosenLogin())) chooseLogin(this.people[0].id);
    this.select.replaceChildren(
      ...this.people.map(({ id, name }) =>
        el('option', { value: id, selected: id === chosenLogin() }, name),
      ),
    );
  }

  /** What whoever is chosen works as. */
  get role() {
    return this.people.find(({ id }) => id === chosenLogin())?.role ?? null;
  }
}
