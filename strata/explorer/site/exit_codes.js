// Says what exit codes mean. Source: docs/protocol/fvm.md §4.1; above 32, builtin-actors actors/evm/src/lib.rs.
const kMeanings = {
  0: 'done', 1: 'sender is invalid', 2: 'sender state is invalid', 4: 'illegal instruction', 5: 'receiver is invalid',
  6: 'insufficient funds', 7: 'out of gas', 9: 'illegal exit code', 10: 'system assertion failed', 11: 'missing return',
  16: 'illegal argument', 17: 'not found', 18: 'forbidden', 19: 'insufficient funds', 20: 'illegal state',
  21: 'serialization failed', 22: 'unhandled message', 23: 'unspecified', 24: 'assertion failed', 25: 'read only',
  26: 'not payable', 33: 'contract reverted',
};
export const meaning = code => kMeanings[code] ?? 'failed';
