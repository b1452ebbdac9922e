/** Why people come. */
export const VISIT_REASONS = [
  'Annual check-up',
  'Persistent cough',
  'Back pain',
  'Follow-up after treatment',
  'Blood pressure control',
  'Headache',
  'Skin rash',
  'Vaccination advice',
  'Knee pain',
  'Tiredness',
] as const;

/** What is noted after a visit. */
export const VISIT_NOTES = [
  'No acute findings. Control in six months.',
  'Symptoms improving. Continue as before.',
  'Advised rest and plenty of fluids.',
  'Referred for further examination.',
  'Medication well tolerated.',
  'Discussed exercise and nutrition.',
] as const;

/** Conditions in a history. */
export const CONDITIONS = [
  'Hypertension',
  'Asthma',
  'Type 2 diabetes',
  'Migraine',
  'Hypothyroidism',
  'Osteoarthritis',
  'Atopic dermatitis',
] as const;

/** Substances and what they do. */
export const ALLERGIES = [
  { substance: 'Penicillin', reaction: 'Rash' },
  { substance: 'Birch pollen', reaction: 'Rhinitis' },
  { substance: 'Peanut', reaction: 'Swelling' },
  { substance: 'Latex', reaction: 'Contact dermatitis' },
  { substance: 'Ibuprofen', reaction: 'Wheezing' },
] as const;

/** Procedures in a history. */
export const PROCEDURES = [
  'Appendectomy',
  'Tonsillectomy',
  'Arthroscopy of the knee',
  'Cataract surgery',
  'Hernia repair',
] as const;

/** Tests in a history. */
export const TESTS = [
  'Resting ECG',
  'Lung function test',
  'Exercise ECG',
  'Allergy test',
  'Hearing test',
] as const;

/** Images in a history. */
export const IMAGES = [
  'Chest X-ray',
  'Abdominal ultrasound',
  'MRI of the knee',
  'CT of the head',
  'Echocardiogram',
] as const;

/** What tests and images show. */
export const FINDINGS = [
  'Without findings',
  'Within normal limits',
  'Slight deviation, to be watched',
  'Unchanged against the previous examination',
] as const;

/** Medications with their usual dose. */
export const MEDICATIONS = [
  { medication: 'Ramipril 5 mg', dosage: '1-0-0' },
  { medication: 'Metformin 850 mg', dosage: '1-0-1' },
  { medication: 'Levothyroxine 75 µg', dosage: '1-0-0' },
  { medication: 'Salbutamol inhaler', dosage: 'as needed' },
  { medication: 'Pantoprazole 20 mg', dosage: '1-0-0' },
  { medication: 'Simvastatin 20 mg', dosage: '0-0-1' },
] as const;

/** Laboratory tests with the range that counts as normal. */
export const LAB_TESTS = [
  { test: 'Haemoglobin', unit: 'g/dL', referenceLow: 12, referenceHigh: 17 },
  { test: 'Leukocytes', unit: '10^9/L', referenceLow: 4, referenceHigh: 10 },
  { test: 'Creatinine', unit: 'mg/dL', referenceLow: 0.6, referenceHigh: 1.2 },
  { test: 'HbA1c', unit: '%', referenceLow: 4, referenceHigh: 6 },
  { test: 'TSH', unit: 'mU/L', referenceLow: 0.4, referenceHigh: 4 },
  { test: 'C-reactive protein', unit: 'mg/L', referenceLow: 0, referenceHigh: 5 },
] as const;
