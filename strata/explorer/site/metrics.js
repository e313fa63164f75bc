// Reads Prometheus' text format, version 0.0.4, as far as a node's metrics need it.

/// Returns [{name, labels, value}].
export function read_metrics(text) {
  const out = [];
  for (const line of String(text).slice(0, 1 << 20).split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? (\S+)$/.exec(line);
    if (!found) continue;
    const labels = Object.fromEntries([...(found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(one => [one[1], one[2]]));
    out.push({name: found[1], labels, value: Number(found[3])});
  }
  return out;
}

/// The upper bounds of a histogram with the number of values in each: [{le, count}]; empty if there is none. `where`
/// chooses one of several series by their labels.
export function histogram(metrics, name, where = {}) {
  const is_meant = one => Object.entries(where).every(([label, value]) => one.labels[label] === value);
  const buckets = metrics.filter(one => one.name === `${name}_bucket` && is_meant(one)).map(one => ({le: Number(one.labels.le.replace('+Inf', 'Infinity')), upto: one.value}));
  buckets.sort((a, b) => a.le - b.le);
  return buckets.map((one, i) => ({le: one.le, count: one.upto - (buckets[i - 1]?.upto ?? 0)}));
}
