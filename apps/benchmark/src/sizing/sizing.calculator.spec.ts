import type { MeasuredInputs } from './measured-inputs.js';
import { adviceFor, sizeFor, type Workload } from './sizing.calculator.js';

const measured: MeasuredInputs = {
  ownHitUs: 1,
  sharedHitUs: 20,
  missUs: 100,
  storeReadUs: 20,
  storeOverheadBytes: 200,
  ownOverheadBytes: 300,
  recordUs: 10,
  recordUsPerProcess: 2,
};
const work: Workload = {
  users: 864_000,
  activeShare: 0.5,
  entriesPerUser: 10,
  valueBytes: 800,
  readsPerUserPerDay: 1_000,
  writesPerUserPerDay: 10,
  peakFactor: 2,
  ownHitShare: 0.5,
  sharedHitShare: 0.9,
  processCpuShare: 0.25,
  storeGb: 10,
};

describe('sizeFor', () => {
  const sizing = sizeFor(work, measured);

  it('counts entries of those who are active, and their bytes with what the store adds', () => {
    expect(sizing.entries).toBe(4_320_000);
    expect(sizing.storeGb).toBeCloseTo(4.32);
  });

  it('spreads reads over the day, and takes the peak', () => {
    expect(sizing.readsPerSecond).toBeCloseTo(20_000);
    expect(sizing.sharedReadsPerSecond).toBeCloseTo(10_000);
    expect(sizing.loadsPerSecond).toBeCloseTo(1_000);
    expect(sizing.invalidationsPerSecond).toBeCloseTo(200);
  });

  it('needs as many processes as their share of a processor allows', () => {
    // 10 000 x 1 us + 9 000 x 20 us + 1 000 x 100 us a second
    expect(sizing.cpus).toBeCloseTo(0.29);
    expect(sizing.processes).toBe(2);
  });

  it('charges each record for itself and for each process that reads it', () => {
    expect(sizing.journalShare).toBeCloseTo((200 * (10 + 2 * 2)) / 1e6);
    expect(sizing.namespaces).toBe(1);
  });

  it('needs stores for memory or for reads, whatever is more', () => {
    expect(sizing).toMatchObject({ storesForMemory: 1, storesForReads: 1, stores: 1 });
    expect(sizeFor({ ...work, users: 8_640_000 }, measured)).toMatchObject({
      storesForMemory: 5,
      storesForReads: 4,
      stores: 5,
    });
  });

  it('splits the journal when its records would be late', () => {
    const busy = sizeFor({ ...work, writesPerUserPerDay: 2_000 }, measured);
    expect(busy.journalShare).toBeGreaterThan(0.3);
    expect(busy.namespaces).toBe(2);
    expect(adviceFor(busy)).toMatch(/2 namespaces/);
  });
});

describe('adviceFor', () => {
  it('names a cluster only when one store does not do', () => {
    expect(adviceFor(sizeFor(work, measured))).toMatch(/^One Redis/);
    expect(adviceFor(sizeFor({ ...work, storeGb: 1 }, measured))).toMatch(/^5 primaries.*Cluster/);
  });
});
