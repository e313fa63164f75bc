#pragma once
// Groth16 proofs (proofs.md §13).
#include <memory>

#include <strata/base/watch.hpp>
#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/groth16/key.hpp>

namespace strata::proofs {

/// A circuit and its key. May be used by several threads, though one proof takes the whole pool.
class Groth16Prover {
  public:
    /// Errors: invalid_argument where the key is another circuit's.
    static Result<Groth16Prover> make(ProvingKey key, std::shared_ptr<const R1cs> circuit);

    const R1cs& circuit() const { return *circuit_; }
    const VerifyingKey& verifying_key() const { return key_.verifying; }

    /// The same key, values, r and s give the same proof, whoever proves. Values that break a row give a proof that
    /// does not verify. Errors: invalid_argument for another number of values; malformed; cancelled.
    Result<Proof> prove(const Assignment& values, const crypto::Fr& r, const crypto::Fr& s,
                        const Watch& watch = {}) const;

  private:
    Groth16Prover(ProvingKey key, std::shared_ptr<const R1cs> circuit);

    ProvingKey key_;
    std::shared_ptr<const R1cs> circuit_;
    // Whether a variable (inputs first) has a point in the key: it is in some row of A, of B.
    std::vector<bool> in_a_, in_b_;
};

/// Coefficients of (A·B - C)/Z in natural order, one for each point of the domain but the last.
Result<std::vector<crypto::Fr>> quotient(const R1cs& circuit, const Assignment& values);

}  // namespace strata::proofs
