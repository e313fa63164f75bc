// What a client script says, and how it ends.
let failed = 0

export function report(what, value) {
  console.log(`${what}: ${value}`)
}

export function check(what, holds) {
  if (!holds) failed += 1
  console.log(`${holds ? 'ok' : 'NOT SO'}: ${what}`)
}

export function done() {
  console.log(failed === 0 ? 'all right' : `${failed} checks failed`)
  process.exit(failed === 0 ? 0 : 1)
}
