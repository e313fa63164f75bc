#include <strata/actors/evm/precompiles/precompiles.hpp>

namespace strata::actors::evm {
namespace {

using Precompile = PrecompileResult (*)(const PrecompileCall& call);
using namespace precompiles;

// By the last byte of the address; null where nothing is.
constexpr Precompile kEthereum[] = {
    nullptr, ecrecover, sha256,     ripemd160,  identity,   modexp,     bn254_add,   bn254_multiply, bn254_pairing,
    blake2f, nullptr,   bls_g1_add, bls_g1_msm, bls_g2_add, bls_g2_msm, bls_pairing, bls_map_to_g1,  bls_map_to_g2};
constexpr Precompile kFilecoin[] = {nullptr,       resolve_address, lookup_delegated_address, call_actor, nullptr,
                                    call_actor_id, get_randomness};

constexpr std::uint8_t kFilecoinPrefix = 0xfe;
constexpr EthAddress kP256Verify = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};

bool is_p256_verify(const Policy& policy, const EthAddress& address) {
    return address == kP256Verify && policy.evm_has_clz_and_p256;
}

// Null if there is no precompiled contract.
Precompile find(const Policy& policy, const EthAddress& address) {
    if (is_p256_verify(policy, address)) return p256_verify;
    if (!in_reserved_range(policy, address)) return nullptr;
    const std::span<const Precompile> table =
        address[0] == kFilecoinPrefix ? std::span<const Precompile>(kFilecoin) : std::span<const Precompile>(kEthereum);
    return address.back() < table.size() ? table[address.back()] : nullptr;
}

}  // namespace

bool in_reserved_range(const Policy& policy, const EthAddress& address) {
    return is_p256_verify(policy, address) || (eam::in_precompile_range(address) && address.back() != 0);
}

bool is_precompile(const Policy& policy, const EthAddress& address) {
    return find(policy, address) != nullptr;
}

PrecompileResult call_precompile(const PrecompileCall& call, const EthAddress& address) {
    std::optional<Bytes> result = Bytes{};
    if (const Precompile precompile = find(call.system.rt().policy(), address); precompile != nullptr) {
        STRATA_TRY(result, precompile(call));
    }
    if (!result || call.value.is_zero()) return result;
    auto paid = call.system.transfer(eam::to_address(address), call.value.to_amount());
    if (paid) return result;
    if (paid.error().kind != Abort::Kind::exit) return std::move(paid).error();
    return std::nullopt;
}

}  // namespace strata::actors::evm
