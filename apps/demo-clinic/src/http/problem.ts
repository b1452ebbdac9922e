import type { core } from 'zod';

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** Where it is, such as `email` or `vitals.weightKg`; `(request)` for the whole. */
  readonly field: string;
  /** What is wrong, without repeating the value. */
  readonly problem: string;
}

/** The body of an answer that refuses a request because of its fields. */
export interface Problem {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly fields: readonly FieldProblem[];
}

/** The body that says which fields are wrong; the message repeats it in one line. */
export function problemOf(
  statusCode: number,
  error: string,
  fields: readonly FieldProblem[],
): Problem {
  const message = fields.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  return { statusCode, error, message, fields };
}

/** Each issue by its field; a field that nobody knows is named by itself. */
export function fieldProblems(issues: readonly core.$ZodIssue[]): FieldProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: fieldName([...issue.path, key]),
        problem: 'is not a known field',
      }));
    }
    return [{ field: fieldName(issue.path), problem: issue.message }];
  });
}

// An unknown field's name comes from outside: it is echoed, so it is kept short.
function fieldName(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '(request)' : path.map(String).join('.').slice(0, 80);
}
