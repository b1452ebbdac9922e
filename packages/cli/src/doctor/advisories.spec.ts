import { advisoriesOf } from './advisories.js';

describe('advisoriesOf', () => {
  it.each([
    ['redis', '8.8.2'],
    ['redis', '7.4.11'],
    ['redis', '9.0.0'],
    ['valkey', '9.1.1'],
    ['valkey', '8.1.9'],
  ])('knows nothing against %s %s', (software, version) => {
    expect(advisoriesOf(software, version)).toEqual([]);
  });

  it.each([
    ['redis', '8.2.1', 'CVE-2025-49844'],
    ['redis', '7.4.0', 'CVE-2024-31228'],
    ['redis', '7.0.8', 'CVE-2022-36021'],
    ['redis', '7.4.10', 'CVE-2026-81934'],
    ['redis', '8.10.0', 'CVE-2026-81934'],
    ['valkey', '9.1.0', 'CVE-2026-56684, CVE-2026-63639'],
    ['valkey', '8.0.8', 'CVE-2026-23479'],
    ['valkey', '9.0.1', 'CVE-2025-67733'],
    ['valkey', '8.1.3', 'CVE-2025-49844'],
    ['valkey', '8.0.3', 'CVE-2025-32023'],
    ['valkey', '7.2.6', 'CVE-2024-31228'],
  ])('knows what is wrong with %s %s', (software, version, id) => {
    expect(advisoriesOf(software, version)?.join()).toContain(id);
  });

  it('holds nothing of one make against the other', () => {
    expect(advisoriesOf('valkey', '9.1.0')).toHaveLength(1);
    expect(advisoriesOf('redis', '8.8.1')).toEqual([expect.stringContaining('CVE-2026-81934')]);
  });

  it('takes a line that got no fix for one that has the weakness', () => {
    expect(advisoriesOf('redis', '7.0.15')?.join()).toContain('CVE-2025-49844');
    expect(advisoriesOf('redis', '7.0.15')?.join()).not.toContain('CVE-2022-36021');
  });

  it.each([
    ['dragonfly', '1.40.1'],
    ['redis', 'unstable'],
  ])('says nothing of what it does not know: %s %s', (software, version) => {
    expect(advisoriesOf(software, version)).toBeNull();
  });
});
