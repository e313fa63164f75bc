#pragma once
// The distinct coefficients of a circuit. Large circuits have 10^9 terms but only some thousands of coefficients, so
// rows hold ids, and sums of coefficients are looked up instead of computed.
#include <unordered_map>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/crypto/fr.hpp>
#include <strata/proofs/circuit/variable.hpp>

namespace strata::proofs {

class Coefficients {
  public:
    /// The id of the coefficient zero, which never appears in a row.
    static constexpr CoefficientId kZero = ~CoefficientId{0};

    Coefficients();
    CoefficientId id_of(const crypto::Fr& value);
    /// Returns the id of the sum of two coefficients.
    CoefficientId sum(CoefficientId a, CoefficientId b);
    /// Returns the ids of a list, which must not change: it is identified by its address and looked up only once.
    const std::vector<CoefficientId>& ids_of(const std::vector<crypto::Fr>& list);
    const crypto::Fr& operator[](CoefficientId id) const { return values_[id]; }
    /// Returns the coefficient as 32 big-endian bytes, as the row hash takes it.
    const Hash256& big_endian(CoefficientId id) const { return big_endian_[id]; }
    const std::vector<crypto::Fr>& values() const { return values_; }

  private:
    struct HashOfBytes {
        std::size_t operator()(const Hash256& key) const {
            // The low 64 bits, spread by a multiplication (Fibonacci hashing).
            return load_be<std::uint64_t>(key.data() + 24) * 0x9e3779b97f4a7c15;
        }
    };
    std::vector<crypto::Fr> values_;
    std::vector<Hash256> big_endian_;
    std::unordered_map<Hash256, CoefficientId, HashOfBytes> ids_;
    std::unordered_map<std::uint64_t, CoefficientId> sums_;
    std::unordered_map<const crypto::Fr*, std::vector<CoefficientId>> lists_;
};

/// Sorts terms by variable, merges equal variables and drops zeros, in place.
void normalise(std::vector<Term>& terms, Coefficients& coefficients);

}  // namespace strata::proofs
