#pragma once
// Key generation from secrets that one party knows: keys for tests and local networks. Whoever knows the secrets can
// prove anything, so such keys are INSECURE and never stand for a public network's.
#include <strata/base/watch.hpp>
#include <strata/crypto/random.hpp>
#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/groth16/key.hpp>

namespace strata::proofs {

struct SetupSecrets {
    crypto::G1Affine g1;
    crypto::G2Affine g2;
    crypto::Fr alpha, beta, gamma, delta, tau;

    static SetupSecrets draw(crypto::RandomSource& random);
};

/// Uniform.
crypto::Fr random_element(crypto::RandomSource& random);

struct MadeKey {
    VerifyingKey verifying;
    ByteArray<64> blake2b{};  // of the parameter file, whose first 16 bytes are the published digest (proofs.md §15)
};

/// Writes the parameter file, under another name until it is whole. Errors: io; cancelled; invalid_argument where
/// tau is a root of unity or a variable is in no row.
Result<MadeKey> make_key(const R1cs& circuit, const SetupSecrets& secrets, const std::filesystem::path& path,
                         const Watch& watch = {});

}  // namespace strata::proofs
