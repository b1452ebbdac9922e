import type { LoopbackAnswer, LoopbackRequest } from './loopback.js';

/** KMS as far as it is used: a blob holds what was encrypted and the context, which must come back the same. */
export function kmsFake({ headers, body }: LoopbackRequest): LoopbackAnswer {
  const context = JSON.stringify(body['EncryptionContext']);
  if (headers['x-amz-target'] === 'TrentService.Encrypt') {
    const blob = JSON.stringify({ key: body['KeyId'], context, text: body['Plaintext'] });
    const CiphertextBlob = Buffer.from(blob).toString('base64');
    return { status: 200, body: { CiphertextBlob, KeyId: body['KeyId'] } };
  }
  const blob = JSON.parse(Buffer.from(body['CiphertextBlob'] as string, 'base64').toString()) as {
    context: string;
    text: string;
  };
  if (blob.context === context)
    return { status: 200, body: { Plaintext: blob.text, KeyId: 'key' } };
  return { status: 400, body: { __type: 'InvalidCiphertextException', message: 'SECRET' } };
}
