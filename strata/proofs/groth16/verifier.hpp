#pragma once
// Verification of Groth16 proofs (docs/protocol/proofs.md §13). Thread-safe.
#include <strata/crypto/msm.hpp>
#include <strata/crypto/pairing.hpp>
#include <strata/proofs/groth16/key.hpp>

namespace strata::proofs {

/// The public inputs of one proof, without ONE.
using PublicInputs = std::vector<crypto::Fr>;

class Groth16Verifier {
  public:
    /// Errors: malformed if the key has no inputs, or its alpha, beta, gamma or delta is at infinity.
    static Result<Groth16Verifier> make(VerifyingKey key);

    const VerifyingKey& key() const { return key_; }
    /// The SHA-256 of the key file.
    const Hash256& digest() const { return digest_; }
    /// e(α, β).
    const crypto::Gt& alpha_beta() const { return alpha_beta_; }

    Status verify(const Proof& proof, const PublicInputs& inputs) const;
    /// Checks consecutive proofs of 192 bytes, each with its inputs. Several proofs are checked together, as a random
    /// linear combination whose factors are a hash of everything that is checked; a failure does not say which proof is
    /// wrong. Errors: invalid_argument for the wrong length or number of inputs; malformed; verification.
    Status verify(BytesView proofs, std::span<const PublicInputs> inputs) const;
    Status verify(std::span<const Proof> proofs, std::span<const PublicInputs> inputs) const;

  private:
    Groth16Verifier(VerifyingKey key);
    crypto::MillerProduct of_inputs(std::size_t part, std::span<const crypto::Fr> scalars) const;
    Status check_shape(std::span<const PublicInputs> inputs) const;
    std::vector<crypto::Fr> factors(std::span<const Proof> proofs, std::span<const PublicInputs> inputs) const;

    VerifyingKey key_;
    Hash256 digest_;
    crypto::Gt alpha_beta_;
    crypto::PreparedG2 gamma_, delta_;
    std::vector<crypto::FixedPoints<crypto::G1Affine>> ic_;  // in parts of kInputsTogether
    static constexpr std::size_t kInputsTogether = 192;
};

}  // namespace strata::proofs
