// Source: builtin-actors actors/evm/src/interpreter/precompiles/{evm,secp256r1}.rs, bls12_381/*.rs.
#include <strata/actors/evm/precompiles/precompiles.hpp>
#include <strata/crypto/bn254.hpp>
#include <strata/crypto/eip2537.hpp>
#include <strata/crypto/p256.hpp>

namespace strata::actors::evm::precompiles {
namespace {

// Refused input makes the call fail.
std::optional<Bytes> answer(Result<Bytes> result) {
    return result ? std::optional(std::move(*result)) : std::nullopt;
}
std::optional<Bytes> answer(const Result<crypto::bn254::G1Bytes>& result) {
    return result ? std::optional(to_bytes(*result)) : std::nullopt;
}
std::optional<Bytes> answer(const Result<bool>& result) {
    return result ? std::optional(to_bytes(U256(*result ? 1 : 0).to_be())) : std::nullopt;
}

// The first `size` bytes of the input; behind its end are zeros.
Bytes padded(BytesView input, std::size_t size) {
    Bytes out = to_bytes(input.first(std::min(size, input.size())));
    out.resize(size, 0);
    return out;
}

/// Charges for each whole part of the input.
Done charge_each(const PrecompileCall& call, std::size_t part, std::uint64_t gas) {
    return call.meter.charge(call.input.size() / part * gas);
}

}  // namespace

PrecompileResult bn254_add(const PrecompileCall& call) {
    using namespace crypto::bn254;
    STRATA_OK(call.meter.charge(costs::kBn254Addition));
    const Bytes input = padded(call.input, 2 * kG1Size);
    return answer(add(BytesView(input).first(kG1Size), BytesView(input).subspan(kG1Size)));
}

PrecompileResult bn254_multiply(const PrecompileCall& call) {
    using namespace crypto::bn254;
    STRATA_OK(call.meter.charge(costs::kBn254Product));
    const Bytes input = padded(call.input, kG1Size + kScalarSize);
    return answer(multiply(BytesView(input).first(kG1Size), BytesView(input).subspan(kG1Size)));
}

// Unlike the other two, this one does not continue the input with zeros.
PrecompileResult bn254_pairing(const PrecompileCall& call) {
    using namespace crypto::bn254;
    if (call.input.size() % kPairSize != 0) return std::nullopt;
    STRATA_OK(charge_each(call, kPairSize, costs::kBn254Pairing));
    return answer(pairing_is_one(call.input));
}

PrecompileResult bls_g1_add(const PrecompileCall& call) {
    STRATA_OK(call.meter.charge(costs::kG1Addition));
    return answer(crypto::eip2537::g1_add(call.input));
}
PrecompileResult bls_g1_msm(const PrecompileCall& call) {
    STRATA_OK(charge_each(call, crypto::eip2537::kG1TermSize, costs::kG1Term));
    return answer(crypto::eip2537::g1_msm(call.input));
}
PrecompileResult bls_g2_add(const PrecompileCall& call) {
    STRATA_OK(call.meter.charge(costs::kG2Addition));
    return answer(crypto::eip2537::g2_add(call.input));
}
PrecompileResult bls_g2_msm(const PrecompileCall& call) {
    STRATA_OK(charge_each(call, crypto::eip2537::kG2TermSize, costs::kG2Term));
    return answer(crypto::eip2537::g2_msm(call.input));
}
PrecompileResult bls_pairing(const PrecompileCall& call) {
    STRATA_OK(charge_each(call, crypto::eip2537::kPairSize, costs::kBlsPairing));
    return answer(crypto::eip2537::pairing_is_one(call.input));
}
PrecompileResult bls_map_to_g1(const PrecompileCall& call) {
    STRATA_OK(call.meter.charge(costs::kMapToG1));
    return answer(crypto::eip2537::map_to_g1(call.input));
}
PrecompileResult bls_map_to_g2(const PrecompileCall& call) {
    STRATA_OK(call.meter.charge(costs::kMapToG2));
    return answer(crypto::eip2537::map_to_g2(call.input));
}

// digest || r || s || x || y. For a wrong signature or a wrong length the answer is empty, and the call succeeds.
PrecompileResult p256_verify(const PrecompileCall& call) {
    constexpr std::size_t kSize = 160;
    if (call.input.size() != kSize) return Bytes{};
    STRATA_OK(call.meter.charge(costs::kP256Verification));
    Hash256 digest;
    ByteArray<64> signature;
    ByteArray<64> key;
    std::ranges::copy(call.input.first(32), digest.begin());
    std::ranges::copy(call.input.subspan(32, 64), signature.begin());
    std::ranges::copy(call.input.subspan(96), key.begin());
    if (!crypto::p256::verify(key, digest, signature)) return Bytes{};
    return to_bytes(U256(1).to_be());
}

}  // namespace strata::actors::evm::precompiles
