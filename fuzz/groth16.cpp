#include <strata/proofs/groth16/key.hpp>
#include <strata/proofs/groth16/snarkpack_proof.hpp>
#include <strata/proofs/groth16/verifier.hpp>

#include "target.hpp"

// Proofs and verifying keys have one encoding; no key that can be read accepts a proof of zeros; in memory, an
// aggregate's cross terms take at most four times the bytes of the input.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    const BytesView input(data, size);
    if (const auto proof = proofs::Proof::from_bytes(input)) STRATA_CHECK(equal(proof->to_bytes(), input));
    static_cast<void>(proofs::VerifyingKey::read_front(input).has_value());
    if (auto key = proofs::VerifyingKey::from_bytes(input)) {
        STRATA_CHECK(equal(key->to_bytes(), input));
        STRATA_CHECK(key->ic.size() * crypto::G1Affine::kUncompressed <= size);
        if (const auto verifier = proofs::Groth16Verifier::make(std::move(*key)))
            STRATA_CHECK(!verifier->verify(Bytes(proofs::Proof::kSize), {}));
    }
    if (const auto aggregate = proofs::SnarkPackProof::from_bytes(input))
        STRATA_CHECK(aggregate->rounds.size() * sizeof(proofs::CrossTerms) <= 4 * size);
    return 0;
}
