/** A model file with another document in it, by the published layout: what our own writer would refuse to write. */
import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function editDocument(bytes: Uint8Array, edit: (document: Record<string, unknown>) => void): Uint8Array {
  const buffer = Buffer.from(bytes);
  const length = Number(buffer.readBigUInt64LE(0));
  const header = JSON.parse(buffer.toString('utf8', 8, 8 + length)) as { __metadata__: Record<string, string> };
  const document = JSON.parse(header.__metadata__['flexor']!) as Record<string, unknown>;
  edit(document);
  const text = JSON.stringify(document);
  const metadata = { ...header.__metadata__, flexor: text, 'flexor.sha256': sha256(text) };
  const head = Buffer.from(JSON.stringify({ ...header, __metadata__: metadata }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(head.length));
  return Uint8Array.from(Buffer.concat([size, head, buffer.subarray(8 + length)]));
}
