import { dayText, el } from './dom.js';

/** Draws a patient's visits and prescriptions. */
export function drawRecords(target, body) {
  const visits = Array.isArray(body) ? body : (body?.records ?? []);
  const prescriptions = body?.prescriptions ?? [];
  if (visits.length === 0 && prescriptions.length === 0) {
    target.replaceChildren(el('p.muted', {}, 'Nothing is recorded for this patient.'));
    return;
  }
  target.replaceChildren(
    ...visits.map(visit),
    prescriptions.length === 0
      ? ''
      : el(
          'article.prescriptions',
          {},
          el('h4', {}, 'Prescriptions'),
          el('ul', {}, prescriptions.map(prescription)),
        ),
  );
}

function visit({ visitedAt, reason, notes, vitals }) {
  return el(
    'article',
    {},
    el('header', {}, el('h4', {}, reason), el('time', { datetime: visitedAt }, dayText(visitedAt))),
    el('p', {}, notes ?? ''),
    vitals
      ? el(
          'ul.vitals',
          {},
          vitalTexts(vitals).map((text) => el('li', {}, text)),
        )
      : null,
  );
}

function vitalTexts(vitals) {
  return [
    `${vitals.systolicMmHg}/${vitals.diastolicMmHg} mmHg`,
    `${vitals.heartRatePerMinute} bpm`,
    `${vitals.temperatureCelsius} °C`,
    `${vitals.weightKg} kg`,
  ];
}

function prescription({ medication, dosage, endsOn }) {
  return el(
    'li',
    {},
    el('b', {}, medication),
    ` ${dosage}, ${endsOn ? `until ${dayText(endsOn)}` : 'until further notice'}`,
  );
}
