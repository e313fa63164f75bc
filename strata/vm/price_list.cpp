#include <strata/vm/price_list.hpp>

#include <array>

namespace strata::vm::prices {
namespace {

constexpr Milligas kStoragePerByte = gas(1300);
constexpr Milligas kPerLink = gas(300);
constexpr Milligas kMemoryCopyPerByte = 400;  // 0.4 gas
constexpr Milligas kMemoryAllocatePerByte = 2000;
constexpr Milligas kBlake2bPerByte = gas(10);

// extern call, access to the chain, and the walk back (fvm.md §5.3).
GasCharge lookback_charge(std::string_view name, std::int64_t lookback) {
    constexpr std::uint64_t base = 5'800 * 19 + 15'000 + 21'000;
    // A future epoch has a negative distance; as an unsigned number it saturates to more gas than there is.
    return {name, 0, saturating_add(gas(base), saturating_mul(gas(75), static_cast<std::uint64_t>(lookback)))};
}

struct Step {
    std::uint64_t from;
    std::uint64_t cost;
};
struct AggregatePrice {
    std::uint64_t per_proof;
    std::array<Step, 8> steps;
};

constexpr AggregatePrice kAggregate32 = {449'900,
                                         {{{4, 103'994'170},
                                           {7, 112'356'810},
                                           {13, 122'912'610},
                                           {26, 137'559'930},
                                           {52, 162'039'100},
                                           {103, 210'960'780},
                                           {205, 318'351'180},
                                           {410, 528'274'980}}}};
constexpr AggregatePrice kAggregate64 = {359'272,
                                         {{{4, 102'581'240},
                                           {7, 110'803'030},
                                           {13, 120'803'700},
                                           {26, 134'642'130},
                                           {52, 157'357'890},
                                           {103, 203'017'690},
                                           {205, 304'253'590},
                                           {410, 509'880'640}}}};
// Non-interactive proofs: 126 partitions a proof.
constexpr AggregatePrice kAggregateNi32 = {44'990 * 126,
                                           {{{1, 112'356'810},
                                             {2, 122'912'610},
                                             {3, 137'559'930},
                                             {5, 162'039'100},
                                             {9, 210'960'780},
                                             {17, 318'351'180},
                                             {33, 528'274'980},
                                             {UINT64_MAX, 528'274'980}}}};
constexpr AggregatePrice kAggregateNi64 = {35'928 * 126,
                                           {{{1, 110'803'030},
                                             {2, 120'803'700},
                                             {3, 134'642'130},
                                             {5, 157'357'890},
                                             {9, 203'017'690},
                                             {17, 304'253'590},
                                             {33, 509'880'640},
                                             {UINT64_MAX, 509'880'640}}}};

const AggregatePrice& aggregate_price(RegisteredSealProof proof) {
    switch (static_cast<std::int64_t>(proof)) {
        case 9:
            return kAggregate64;
        case 18:
            return kAggregateNi32;
        case 19:
            return kAggregateNi64;
        default:
            return kAggregate32;
    }
}

}  // namespace

GasCharge on_chain_message(std::size_t length) {
    return {"OnChainMessage", gas(38'863), saturating_add(gas(475'000), (36 + length) * kStoragePerByte)};
}
GasCharge on_chain_return_value(std::size_t size) {
    return {"OnChainReturnValue", 0, size * kStoragePerByte};
}
GasCharge on_value_transfer() {
    return {"OnValueTransfer", gas(6'000), 0};
}
GasCharge on_method_invocation(std::size_t links) {
    return {"OnMethodInvocation", gas(75'000) + links * kPerLink, 0};
}
GasCharge on_method_return(std::size_t links) {
    return {"OnReturnValue", links * kPerLink, 0};
}
GasCharge on_create_actor(bool new_address) {
    return {"OnCreateActor", 0, gas(new_address ? 650'000 + 1'000'000 + 1'050'000 : 650'000)};
}
GasCharge on_actor_lookup() {
    return {"OnActorLookup", 0, gas(500'000)};
}
GasCharge on_actor_update() {
    return {"OnActorUpdate", 0, gas(475'000)};
}
GasCharge on_host_call() {
    return {"OnSyscall", gas(14'000), 0};
}

GasCharge on_block_open_base() {
    return {"OnBlockOpenBase", gas(300), gas(187'440)};
}
// A block is kept in memory: what its copy costs, and at least 10 gas a byte (fvm.md §4.6).
constexpr Milligas kBlockCopyPerByte = kMemoryCopyPerByte + kMemoryAllocatePerByte;
constexpr Milligas kBlockLeastPerByte = gas(10);

GasCharge on_block_open(std::size_t size, std::size_t links) {
    const Milligas tracking = links * kPerLink;
    const Milligas copy = size * kBlockCopyPerByte;
    const Milligas least = size * kBlockLeastPerByte;
    return {"OnBlockOpen", tracking, std::max(copy, least > tracking ? least - tracking : 0)};
}
GasCharge on_block_create(std::size_t size, std::size_t links) {
    const Milligas cost = size * kBlockCopyPerByte + links * kPerLink;
    const Milligas least = size * kBlockLeastPerByte;
    return {"OnBlockCreate", cost, least > cost ? least - cost : 0};
}
GasCharge on_block_read(std::size_t size) {
    return {"OnBlockRead", size * kMemoryCopyPerByte, 0};
}
GasCharge on_block_link(std::size_t size) {
    const Milligas compute = size * (kMemoryCopyPerByte + kMemoryAllocatePerByte + kBlake2bPerByte) + kPerLink;
    return {"OnBlockLink", compute, gas(334'000 + 172'000) + size * gas(3'340)};
}
GasCharge on_block_stat() {
    return {"OnBlockStat", 0, 0};
}
GasCharge on_scan_ipld(std::size_t fields, std::size_t links) {
    return {"OnScanIpldLinks", fields * gas(35) + links * gas(400), 0};
}
GasCharge on_get_root() {
    return {"OnActorGetRoot", gas(300), 0};
}
GasCharge on_set_root() {
    return {"OnActorSetRoot", gas(300), 0};
}

GasCharge on_verify_signature(SignatureKind kind, std::size_t size) {
    if (kind == SignatureKind::bls) return {"OnVerifySignature", gas(16'598'605) + size * gas(26), 0};
    return {"OnVerifySignature", gas(1'637'292) + size * gas(10), 0};
}
GasCharge on_verify_bls_aggregate(std::size_t keys, std::size_t total_size) {
    return {"OnVerifyBlsAggregateSignature", gas(8'299'302) * (keys + 1) + total_size * gas(7), 0};
}
GasCharge on_recover_secp_public_key() {
    return {"OnRecoverSecpPublicKey", gas(1'637'292), 0};
}
GasCharge on_hashing(HashCode code, std::size_t size) {
    const std::uint64_t per_byte = code == HashCode::sha2_256     ? 7
                                   : code == HashCode::keccak_256 ? 33
                                   : code == HashCode::ripemd_160 ? 35
                                                                  : 10;
    return {"OnHashing", size * gas(per_byte), 0};
}
GasCharge on_compute_unsealed_sector_cid() {
    return {"OnComputeUnsealedSectorCid", gas(98'647), 0};
}
GasCharge on_verify_seal() {
    return {"OnVerifySeal", gas(42'000'000), 0};
}
GasCharge on_verify_post(std::size_t sectors) {
    return {"OnVerifyPost", gas(117'680'921) + sectors * gas(43'780), 0};
}
GasCharge on_verify_aggregate_seals(RegisteredSealProof proof, std::size_t count) {
    const auto& price = aggregate_price(proof);
    std::uint64_t step = price.steps[0].cost;
    for (const auto& [from, cost] : price.steps)
        if (count >= from) step = cost;
    return {"OnVerifyAggregateSeals", saturating_add(saturating_mul(gas(price.per_proof), count), gas(step)), 0};
}
GasCharge on_verify_replica_update() {
    return {"OnVerifyReplicaUpdate", gas(36'316'136), 0};
}
GasCharge on_verify_consensus_fault() {
    return {"OnVerifyConsensusFault", gas(516'422), 0};
}

GasCharge on_get_randomness(std::int64_t lookback) {
    return lookback_charge("OnGetRandomness", lookback);
}
GasCharge on_tipset_cid(std::int64_t lookback) {
    return lookback_charge("OnTipsetCid", lookback);
}

GasCharge on_event_emit(std::size_t entries, std::size_t key_bytes, std::size_t value_bytes) {
    // fvm.md §5.3: entries, UTF-8 check and two copies now; the hash and one more copy when the event is stored.
    const std::size_t size = 12 + 9 * entries + key_bytes + value_bytes;
    const Milligas memory = size * (kMemoryCopyPerByte + kMemoryAllocatePerByte);
    return {"OnActorEvent", gas(2'000) + entries * gas(1'400) + gas(500) + key_bytes * gas(16) + 2 * memory,
            memory + size * kBlake2bPerByte};
}

}  // namespace strata::vm::prices
