// Adds records to a book until it is refused; says on stdout which it was told are safe.
import { FileRecordBook } from '../dist/index.js';

const book = new FileRecordBook(process.argv[2]);
try {
  for (let n = 0; ; n++) {
    await book.add({ n, reason: 'x'.repeat(700) });
    console.log(String(n));
  }
} catch (error) {
  console.log(error.code);
}
