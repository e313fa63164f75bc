#include <strata/proofs/circuit/poseidon_rows.hpp>

#include <map>

namespace strata::proofs {

using crypto::Fr;

namespace {

constexpr PoseidonRows::Slot kOneSlot = 0;
constexpr unsigned kHalfFullRounds = 4;

}  // namespace

/// Returns Σ by[i]·elements[i].
PoseidonRows::Combination PoseidonRows::scaled_sum(const std::vector<Combination>& elements,
                                                   const std::vector<Fr>& by) {
    std::map<Slot, Fr> sum;
    for (std::size_t i = 0; i < elements.size(); ++i)
        for (const auto& [slot, coefficient] : elements[i]) sum[slot] += coefficient * by[i];
    Combination out;
    for (const auto& [slot, coefficient] : sum)
        if (!coefficient.is_zero()) out.emplace_back(slot, coefficient);
    return out;
}

PoseidonRows::Range PoseidonRows::append(const Combination& terms) {
    Range range{static_cast<std::uint32_t>(slots_.size()), 0};
    for (const auto& [slot, coefficient] : terms) {
        if (coefficient.is_zero()) continue;
        slots_.push_back(slot);
        coefficients_.push_back(coefficient);
    }
    range.end = static_cast<std::uint32_t>(slots_.size());
    return range;
}

PoseidonRows::Slot PoseidonRows::push_row(const Combination& a, const Combination& b, const Combination& c) {
    const Slot fresh = first_fresh() + static_cast<Slot>(rows_.size());
    Combination result = c;
    result.emplace_back(fresh, Fr::one());
    const auto range_a = append(a);
    const auto range_b = append(b);
    rows_.push_back({range_a, range_b, append(result)});
    return fresh;
}

/// Adds the row (value)·(1) = (x) for a fresh x, which turns a combination into a single variable.
PoseidonRows::Slot PoseidonRows::define(const Combination& value) {
    return push_row(value, {{kOneSlot, Fr::one()}}, {});
}

/// Adds the rows of x⁵ + post_key, where x = input + pre_key and `input` is a single slot: square = x·x,
/// fourth = square·square, out - post_key = x·fourth.
PoseidonRows::Combination PoseidonRows::s_box(const Combination& input, const Fr& pre_key, const Fr& post_key) {
    Combination x = input;
    x.insert(x.begin(), {kOneSlot, pre_key});
    const Slot square = push_row(x, x, {});
    const Slot fourth = push_row({{square, Fr::one()}}, {{square, Fr::one()}}, {});
    // The reference has one case with a pre key and one without; both give this row.
    const Slot out = push_row(x, {{fourth, Fr::one()}}, {{kOneSlot, -post_key}});
    return {{out, Fr::one()}};
}

PoseidonRows::PoseidonRows(const crypto::PoseidonConstants& p) : constants_(&p), width_(p.width) {
    auto key = p.keys.begin();
    const auto pre_keys = key;
    key += width_;

    // In round 0 the tag is a constant, so its S-box is folded away, and the inputs are single variables already.
    std::vector<Combination> state(width_);
    const Fr tag = p.tag + pre_keys[0];
    const Fr fourth = tag * tag * tag * tag;
    state[0] = {{kOneSlot, fourth * tag + key[0]}};
    for (unsigned i = 1; i < width_; ++i) state[i] = s_box({{i, Fr::one()}}, pre_keys[i], key[i]);
    key += width_;

    // The dense matrix serves all rounds here. A matrix step adds no rows but only makes combinations, so the sparse
    // form would save nothing. The matrix is symmetric, so row j is column j.
    const auto mix = [&] {
        std::vector<Combination> mixed;
        for (unsigned j = 0; j < width_; ++j) mixed.push_back(scaled_sum(state, p.mds[j]));
        state = std::move(mixed);
    };
    const auto full_round = [&](bool last) {
        for (unsigned i = 0; i < width_; ++i) {
            const Slot x = define(state[i]);
            state[i] = s_box({{x, Fr::one()}}, Fr(), last ? Fr() : *key++);
        }
        mix();
    };
    mix();
    for (unsigned i = 1; i < kHalfFullRounds; ++i) full_round(/*last=*/false);
    for (unsigned i = 0; i < p.partial_rounds; ++i) {
        const Slot x = define(state[0]);
        state[0] = s_box({{x, Fr::one()}}, Fr(), *key++);
        mix();
    }
    for (unsigned i = 1; i < kHalfFullRounds; ++i) full_round(/*last=*/false);
    full_round(/*last=*/true);
    define(state[1]);  // the digest is element 1
}

}  // namespace strata::proofs
