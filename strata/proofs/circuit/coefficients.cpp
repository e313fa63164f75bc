#include <strata/proofs/circuit/coefficients.hpp>

#include <algorithm>

namespace strata::proofs {

using crypto::Fr;

namespace {

Hash256 big_endian_of(const Fr& value) {
    auto bytes = value.to_bytes();
    std::ranges::reverse(bytes);
    return bytes;
}

}  // namespace

Coefficients::Coefficients() {
    // Ids 0 to 255 are the powers of two, 256 to 511 their negatives. 2^255 exceeds r, so no row uses its entry, which
    // only fills the place.
    Fr power = Fr::one();
    std::vector<Fr> powers;
    for (int k = 0; k < 256; ++k, power = power + power) powers.push_back(power);
    for (const auto& p : powers) values_.push_back(p);
    for (const auto& p : powers) values_.push_back(-p);
    for (CoefficientId id = 0; id < values_.size(); ++id) {
        big_endian_.push_back(big_endian_of(values_[id]));
        ids_.emplace(big_endian_.back(), id);
    }
}

CoefficientId Coefficients::id_of(const Fr& value) {
    if (value.is_zero()) return kZero;
    const auto bytes = big_endian_of(value);
    const auto [entry, fresh] = ids_.try_emplace(bytes, static_cast<CoefficientId>(values_.size()));
    if (fresh) {
        values_.push_back(value);
        big_endian_.push_back(bytes);
    }
    return entry->second;
}

CoefficientId Coefficients::sum(CoefficientId a, CoefficientId b) {
    if (a == kZero) return b;
    if (b == kZero) return a;
    const auto key = static_cast<std::uint64_t>(a) << 32 | b;
    if (const auto known = sums_.find(key); known != sums_.end()) return known->second;
    const auto id = id_of(values_[a] + values_[b]);
    sums_.emplace(key, id);
    return id;
}

const std::vector<CoefficientId>& Coefficients::ids_of(const std::vector<Fr>& list) {
    auto& ids = lists_[list.data()];
    if (ids.empty())
        for (const auto& value : list) ids.push_back(id_of(value));
    return ids;
}

void normalise(std::vector<Term>& terms, Coefficients& coefficients) {
    if (!std::ranges::is_sorted(terms, {}, &Term::variable)) std::ranges::sort(terms, {}, &Term::variable);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < terms.size();) {
        Term merged = terms[i];
        for (++i; i < terms.size() && terms[i].variable == merged.variable; ++i)
            merged.coefficient = coefficients.sum(merged.coefficient, terms[i].coefficient);
        if (merged.coefficient != Coefficients::kZero) terms[kept++] = merged;
    }
    terms.resize(kept);
}

}  // namespace strata::proofs
