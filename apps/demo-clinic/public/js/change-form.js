import { byId } from './dom.js';

const FIELDS = ['phone', 'email'];

/** The form that changes a patient. */
export class ChangeForm {
  element = byId('change');

  /** Shows the patient's values; what somebody typed and did not save yet stays. */
  fill(before, patient) {
    for (const field of FIELDS) {
      const input = this.element.elements[field];
      if (before === null || input.value === before[field]) input.value = patient[field] ?? '';
    }
  }

  /** What differs from the patient, or null, and then the form says so. */
  changes(patient) {
    const typed = FIELDS.map((field) => [field, this.element.elements[field].value.trim()]);
    const changed = typed.filter(([field, value]) => value !== patient[field]);
    this.show(
      changed.length > 0
        ? []
        : [{ field: '', problem: 'Change the phone number or the e-mail address first.' }],
    );
    return changed.length > 0 ? Object.fromEntries(changed) : null;
  }

  /**
   * Shows each problem at its field, the others above the button.
   * @param {{ field: string, problem: string }[]} problems
   */
  show(problems) {
    for (const field of FIELDS) {
      const found = problems.filter((problem) => problem.field === field);
      byId(`${field}-problem`).textContent = found.map(({ problem }) => problem).join(', ');
      this.element.elements[field].setAttribute('aria-invalid', String(found.length > 0));
    }
    byId('form-problem').textContent = problems
      .filter(({ field }) => !FIELDS.includes(field))
      .map(({ field, problem }) => `${field} ${problem}`.trim())
      .join(', ');
  }
}
