/** `████░░░░` of 24 places. */
export function bar(share: number): string {
  const full = Math.round(24 * Math.min(1, Math.max(0, share)));
  return '█'.repeat(full) + '░'.repeat(24 - full);
}
