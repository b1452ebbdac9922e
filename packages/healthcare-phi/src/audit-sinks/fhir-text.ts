/** What a FHIR `string` has no place for: controls other than tab and line ends, and halves of letters. */
// eslint-disable-next-line no-control-regex
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/gu;

/** Whether a text says anything: FHIR has no element that is blank. */
export function isTold(text: string): boolean {
  return text.trim() !== '';
}

/** Whether a text is a FHIR `code`: single spaces, and those inside only. */
export function isFhirCode(text: string): boolean {
  return /^[^\s]+(\s[^\s]+)*$/.test(text);
}

/** A resource whose texts are those of FHIR, without what is blank or empty. */
export function tidied<T extends object>(resource: T): T {
  return withoutBlanks(resource) as T;
}

function withoutBlanks(node: unknown): unknown {
  if (typeof node === 'string') {
    return isTold(node) ? node.replace(NO_TEXT, '\ufffd') : undefined;
  }
  if (node instanceof Array) {
    const kept = node.map(withoutBlanks).filter((member) => member !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node)
    .map(([name, member]) => [name, withoutBlanks(member)] as const)
    .filter(([, member]) => member !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
