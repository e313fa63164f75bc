#pragma once
// Groth16 proofs (docs/protocol/proofs.md §13).
#include <memory>

#include <strata/base/watch.hpp>
#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/groth16/key.hpp>

namespace strata::proofs {

/// A circuit and its key. Thread-safe, although one proof already uses all threads of the pool.
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
    // Element i is true if variable i (inputs first) occurs in some row of A, or of B, and so has a point in the key.
    std::vector<bool> in_a_, in_b_;
};

/// Returns the coefficients of (A·B - C)/Z in natural order, one fewer than the domain has points.
Result<std::vector<crypto::Fr>> quotient(const R1cs& circuit, const Assignment& values);

}  // namespace strata::proofs
