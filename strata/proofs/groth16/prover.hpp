#pragma once
// Groth16 proofs (docs/protocol/proofs.md §13).
#include <memory>

#include <strata/base/watch.hpp>
#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/groth16/key.hpp>

namespace strata::proofs {

/// A circuit and its key. Several threads may use it, though one proof takes the whole pool.
class Groth16Prover {
  public:
    /// Errors: invalid_argument if the key belongs to a different circuit.
    static Result<Groth16Prover> make(ProvingKey key, std::shared_ptr<const R1cs> circuit);

    const R1cs& circuit() const { return *circuit_; }
    const VerifyingKey& verifying_key() const { return key_.verifying; }

    /// Makes a proof that depends only on the key, the values, r and s. Values that break a row give a proof that does
    /// not verify. Errors: invalid_argument for the wrong number of values; malformed; cancelled.
    Result<Proof> prove(const Assignment& values, const crypto::Fr& r, const crypto::Fr& s,
                        const Watch& watch = {}) const;

  private:
    Groth16Prover(ProvingKey key, std::shared_ptr<const R1cs> circuit);

    ProvingKey key_;
    std::shared_ptr<const R1cs> circuit_;
    // True if a variable (inputs first) has a point in the key, because it occurs in some row of A, or of B.
    std::vector<bool> in_a_, in_b_;
};

/// Returns the coefficients of (A·B - C)/Z in natural order, one for each point of the domain but the last.
Result<std::vector<crypto::Fr>> quotient(const R1cs& circuit, const Assignment& values);

}  // namespace strata::proofs
