#pragma once
// Generates keys from secrets that one party knows, for tests and local networks. Anybody who knows the secrets can
// prove anything, so such keys are INSECURE and must never serve a public network.
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

/// Draws a uniform field element from 255 random bits, as the reference does (docs/protocol/proofs.md §13).
crypto::Fr random_element(crypto::RandomSource& random);

struct MadeKey {
    VerifyingKey verifying;
    ByteArray<64> blake2b{};  // of the parameter file; its first 16 bytes are the published digest
                              // (docs/protocol/proofs.md §15)
};

/// Writes the parameter file, under a temporary name until it is complete. Errors: io; cancelled; invalid_argument if
/// tau is a root of unity or if a variable does not occur in any row.
Result<MadeKey> make_key(const R1cs& circuit, const SetupSecrets& secrets, const std::filesystem::path& path,
                         const Watch& watch = {});

}  // namespace strata::proofs
