/** What is measured at every visit. */
export interface Vitals {
  readonly heartRatePerMinute: number;
  readonly systolicMmHg: number;
  readonly diastolicMmHg: number;
  readonly temperatureCelsius: number;
  readonly weightKg: number;
}
