/** The demo's clinics: invented houses; the number ranges are set aside for films, nobody is called by them. */
export const CLINICS = [
  {
    name: 'Demo-Klinik Spreebogen',
    street: 'Musterufer 1',
    city: 'Berlin',
    phonePrefix: '+49 30 23125',
  },
  {
    name: 'Demo-Klinik Alsterblick',
    street: 'Beispielweg 12',
    city: 'Hamburg',
    phonePrefix: '+49 40 66969',
  },
  {
    name: 'Demo-Praxiszentrum Isarauen',
    street: 'Probeallee 7',
    city: 'München',
    phonePrefix: '+49 89 99998',
  },
  {
    name: 'Demo-Klinik Rheinhafen',
    street: 'Musterkai 23',
    city: 'Köln',
    phonePrefix: '+49 221 4710',
  },
  {
    name: 'Demo-Kinderklinik am Mainpark',
    street: 'Beispielgasse 4',
    city: 'Frankfurt',
    phonePrefix: '+49 69 90009',
  },
  {
    name: 'Demo-Gesundheitszentrum für Innere Medizin und Rehabilitation Tiergarten-Nord',
    street: 'Vorführungsstraße 108',
    city: 'Berlin',
    phonePrefix: '+49 30 23125',
  },
] as const;

/** Appended to every family name, so that no person of the demo can be taken for a real one. */
export const FICTITIOUS_SUFFIXES = ['Testperson', 'Musterfall', 'Beispiel', 'Probefall'] as const;

/** What doctors do. */
export const SPECIALTIES = [
  'General medicine',
  'Internal medicine',
  'Cardiology',
  'Paediatrics',
  'Dermatology',
  'Neurology',
  'Orthopaedics',
  'Pulmonology',
] as const;

/** Who is called in an emergency. */
export const RELATIONSHIPS = [
  'partner',
  'parent',
  'child',
  'sibling',
  'neighbour',
  'friend',
] as const;
