#include <strata/vm/price_list.hpp>

namespace strata::vm {
namespace {

// The prices "TEEP" (price_list.rs TEEP_PRICES) for network versions 25 to 29 (and, in fvm 4.8.4,
// for 30).
constexpr PriceList kTeep = {
    .chain_message = gas(38'863),
    .chain_message_update = gas(475'000),
    .storage_per_byte = gas(1'300),
    .chain_message_overhead = 36,
    .value_transfer = gas(6'000),
    .method_invocation = gas(75'000),
    .create_actor = gas(650'000),
    .new_address = gas(1'000'000 + 1'050'000),
    .actor_lookup = gas(500'000),
    .actor_update = gas(475'000),
    .host_call = gas(14'000),
    .guest_memory_per_byte = 400,  // 0.4 gas

    .memory_copy_per_byte = 400,  // 0.4 gas
    .memory_allocate_per_byte = gas(2),
    .memory_retention_per_byte = gas(10),
    .per_link = gas(300),
    .block_open_compute = gas(300),
    .block_open_read = gas(187'440),
    .block_link = gas(334'000 + 172'000),
    .block_link_compute_per_byte = 400 + gas(2 + 10),
    .block_link_per_byte = gas(3'340),
    .scan_per_field = gas(35),
    .scan_per_link = gas(400),
    .root_access = gas(300),

    .verify_bls = gas(16'598'605),
    .verify_bls_per_byte = gas(26),
    .verify_secp = gas(1'637'292),
    .verify_secp_per_byte = gas(10),
    .aggregate_pairing = gas(8'299'302),
    .aggregate_per_byte = gas(7),
    .blake2b_per_byte = gas(10),
    .sha256_per_byte = gas(7),
    .keccak_per_byte = gas(33),
    .ripemd_per_byte = gas(35),
    .unsealed_sector_cid = gas(98'647),
    .verify_seal = gas(42'000'000),
    .verify_post = gas(117'680'921),
    .verify_post_per_sector = gas(43'780),
    .verify_replica_update = gas(36'316'136),
    .verify_consensus_fault = gas(516'422),
    .aggregate_32gib = {gas(449'900),
                        {{{4, gas(103'994'170)},
                          {7, gas(112'356'810)},
                          {13, gas(122'912'610)},
                          {26, gas(137'559'930)},
                          {52, gas(162'039'100)},
                          {103, gas(210'960'780)},
                          {205, gas(318'351'180)},
                          {410, gas(528'274'980)}}}},
    .aggregate_64gib = {gas(359'272),
                        {{{4, gas(102'581'240)},
                          {7, gas(110'803'030)},
                          {13, gas(120'803'700)},
                          {26, gas(134'642'130)},
                          {52, gas(157'357'890)},
                          {103, gas(203'017'690)},
                          {205, gas(304'253'590)},
                          {410, gas(509'880'640)}}}},
    // A non-interactive proof has 126 partitions (FIP-0092). There are only seven steps, so the
    // eighth is empty and never applies.
    .aggregate_32gib_non_interactive = {gas(44'990 * 126),
                                        {{{1, gas(112'356'810)},
                                          {2, gas(122'912'610)},
                                          {3, gas(137'559'930)},
                                          {5, gas(162'039'100)},
                                          {9, gas(210'960'780)},
                                          {17, gas(318'351'180)},
                                          {33, gas(528'274'980)},
                                          {}}}},
    .aggregate_64gib_non_interactive = {gas(35'928 * 126),
                                        {{{1, gas(110'803'030)},
                                          {2, gas(120'803'700)},
                                          {3, gas(134'642'130)},
                                          {5, gas(157'357'890)},
                                          {9, gas(203'017'690)},
                                          {17, gas(304'253'590)},
                                          {33, gas(509'880'640)},
                                          {}}}},

    // The price covers an extern call, the access to the chain, and the walk back (docs/protocol/fvm.md §5.3).
    .lookback = gas(5'800 * 19 + 15'000 + 21'000),
    .lookback_per_epoch = gas(75),
    .event = gas(2'000),
    .event_per_entry = gas(1'400),
    .utf8 = gas(500),
    .utf8_per_byte = gas(16),
};

// The prices "WATERMELON" for network versions 21 to 24 (docs/protocol/fvm.md §5).
constexpr PriceList watermelon() {
    PriceList out = kTeep;
    out.verify_seal = gas(2'000);
    // There were no prices for these proofs yet.
    out.aggregate_32gib_non_interactive = out.aggregate_32gib;
    out.aggregate_64gib_non_interactive = out.aggregate_32gib;
    return out;
}

// The prices "HYGGE" for network versions 18 to 20 (fvm@v3.14.2 price_list.rs). Links cost nothing, as they are not
// tracked. Randomness and tipsets have one price, however far back they lie. An event is paid for by its encoded size.
constexpr PriceList hygge() {
    PriceList out = watermelon();
    out.per_link = 0;
    out.block_open_compute = 0;
    out.scan_per_field = 0;
    out.scan_per_link = 0;
    out.root_access = 0;
    out.lookback = gas(21'000);
    out.lookback_per_epoch = 0;
    out.mixing_per_byte = gas(10);
    out.last_tipset_cid = gas(50'000);
    out.older_tipset_cid = gas(215'000);
    out.event = gas(1'750);
    out.event_per_byte = gas(25);
    return out;
}

// The prices "SKYR" for network versions 16 and 17 (fvm@v2.12.2 price_list.rs). Records, guests' memory and the bytes
// that are signed cost nothing; a hash costs the same for any size.
constexpr PriceList skyr() {
    PriceList out = hygge();
    out.chain_message_update = 0;
    out.call = gas(29'233);
    out.method_invocation = gas(29'233 - 5'377);
    out.value_transfer = gas(27'500);
    out.plain_transfer = gas(159'672);
    out.create_actor_compute = gas(1'108'454);
    out.create_actor = gas(std::uint64_t{36 + 40} * 1'300);
    out.delete_actor_refund = gas(std::uint64_t{36 + 40} * 1'300);
    out.new_address = 0;
    out.actor_lookup = 0;
    out.actor_update = 0;
    out.guest_memory_per_byte = 0;
    out.memory_copy_per_byte = 500;
    out.memory_allocate_per_byte = gas(10);
    out.memory_retention_per_byte = 0;
    // Each price of this list that asks the node for something has its 21,000 in it.
    out.block_open_compute = gas(114'617 + 21'000);
    out.block_open_read = 0;
    out.block_link = 0;
    out.block_link_compute = gas(353'640);
    out.block_link_compute_per_byte = gas(1);
    out.block_link_per_byte = gas(1'300);
    out.verify_bls_per_byte = 0;
    out.verify_secp_per_byte = 0;
    out.hashing = gas(31'355);
    out.blake2b_per_byte = 0;
    out.sha256_per_byte = 0;
    out.keccak_per_byte = 0;
    out.ripemd_per_byte = 0;
    out.mixing_per_byte = 0;
    return out;
}

constexpr PriceList kWatermelon = watermelon();
constexpr PriceList kHygge = hygge();
constexpr PriceList kSkyr = skyr();

}  // namespace

const PriceList* find_price_list(NetworkVersion version) {
    if (version >= 25 && version <= kNewestVersion) return &kTeep;
    if (version >= 21 && version <= 24) return &kWatermelon;
    if (version >= 18 && version <= 20) return &kHygge;
    if (version >= 16 && version <= 17) return &kSkyr;
    return nullptr;
}

const PriceList& price_list(NetworkVersion version) {
    const PriceList* found = find_price_list(version);
    STRATA_CHECK(found != nullptr);
    return *found;
}

GasCharge PriceList::on_chain_message(std::size_t length) const {
    return {"OnChainMessage", chain_message,
            saturating_add(chain_message_update, saturating_mul(chain_message_overhead + length, storage_per_byte))};
}
GasCharge PriceList::on_chain_return_value(std::size_t size) const {
    return {"OnChainReturnValue", 0, size * storage_per_byte};
}
GasCharge PriceList::on_call(bool moves_value, bool runs_code) const {
    return {"OnMethodInvocation",
            (runs_code ? method_invocation : call) + (moves_value ? value_transfer : 0) +
                (moves_value && !runs_code ? plain_transfer : 0),
            0};
}
GasCharge PriceList::on_value_transfer() const {
    return {"OnValueTransfer", value_transfer, 0};
}
GasCharge PriceList::on_method_invocation(std::size_t links) const {
    return {"OnMethodInvocation", method_invocation + links * per_link, 0};
}
GasCharge PriceList::on_method_return(std::size_t links) const {
    return {"OnReturnValue", links * per_link, 0};
}
GasCharge PriceList::on_create_actor(bool with_new_address) const {
    return {"OnCreateActor", create_actor_compute, create_actor + (with_new_address ? new_address : 0)};
}
GasCharge PriceList::on_actor_lookup() const {
    return {"OnActorLookup", 0, actor_lookup};
}
GasCharge PriceList::on_actor_update() const {
    return {"OnActorUpdate", 0, actor_update};
}
GasCharge PriceList::on_host_call() const {
    return {"OnSyscall", host_call, 0};
}

GasCharge PriceList::on_memory_init(std::uint64_t bytes) const {
    return {"wasm_memory_init", saturating_mul(guest_memory_per_byte, bytes), 0};
}
GasCharge PriceList::on_table_init(std::uint64_t elements) const {
    return {"wasm_table_init", saturating_mul(guest_memory_per_byte, saturating_mul(elements, kTableElementSize)), 0};
}

GasCharge PriceList::on_block_open_base() const {
    return {"OnBlockOpenBase", block_open_compute, block_open_read};
}
// Returns the charge for opening a block. The block stays in memory, so it pays for its copy, and in total at least the
// retention price (docs/protocol/fvm.md §4.6).
GasCharge PriceList::on_block_open(std::size_t size, std::size_t links) const {
    const Milligas tracking = links * per_link;
    const Milligas copy = size * (memory_copy_per_byte + memory_allocate_per_byte);
    const Milligas least = size * memory_retention_per_byte;
    if (memory_retention_per_byte == 0) return {"OnBlockOpenPerByte", copy, 0};
    return {"OnBlockOpen", tracking, std::max(copy, least > tracking ? least - tracking : 0)};
}
GasCharge PriceList::on_block_create(std::size_t size, std::size_t links) const {
    const Milligas cost = size * (memory_copy_per_byte + memory_allocate_per_byte) + links * per_link;
    const Milligas least = size * memory_retention_per_byte;
    return {"OnBlockCreate", cost, least > cost ? least - cost : 0};
}
GasCharge PriceList::on_block_read(std::size_t size) const {
    return {"OnBlockRead", size * memory_copy_per_byte, 0};
}
GasCharge PriceList::on_block_link(std::size_t size) const {
    return {"OnBlockLink", block_link_compute + size * block_link_compute_per_byte + per_link,
            block_link + size * block_link_per_byte};
}
// NOLINTNEXTLINE(readability-convert-member-functions-to-static): it is called like the other charges.
GasCharge PriceList::on_block_stat() const {
    return {"OnBlockStat", 0, 0};
}
GasCharge PriceList::on_scan_ipld(std::size_t fields, std::size_t links) const {
    return {"OnScanIpldLinks", fields * scan_per_field + links * scan_per_link, 0};
}
GasCharge PriceList::on_get_root() const {
    return {"OnActorGetRoot", root_access, 0};
}
GasCharge PriceList::on_set_root() const {
    return {"OnActorSetRoot", root_access, 0};
}

GasCharge PriceList::on_verify_signature(SignatureKind kind, std::size_t size) const {
    if (kind == SignatureKind::bls) return {"OnVerifySignature", verify_bls + size * verify_bls_per_byte, 0};
    return {"OnVerifySignature", verify_secp + size * verify_secp_per_byte, 0};
}
GasCharge PriceList::on_verify_bls_aggregate(std::size_t keys, std::size_t total_size) const {
    // There is one pairing for each key and one for the aggregate.
    return {"OnVerifyBlsAggregateSignature", aggregate_pairing * (keys + 1) + total_size * aggregate_per_byte, 0};
}
GasCharge PriceList::on_recover_secp_public_key() const {
    return {"OnRecoverSecpPublicKey", verify_secp, 0};
}
GasCharge PriceList::on_hashing(HashCode code, std::size_t size) const {
    const Milligas per_byte = code == HashCode::sha2_256     ? sha256_per_byte
                              : code == HashCode::keccak_256 ? keccak_per_byte
                              : code == HashCode::ripemd_160 ? ripemd_per_byte
                                                             : blake2b_per_byte;
    return {"OnHashing", hashing + size * per_byte, 0};
}
GasCharge PriceList::on_compute_unsealed_sector_cid() const {
    return {"OnComputeUnsealedSectorCid", unsealed_sector_cid, 0};
}
GasCharge PriceList::on_verify_seal() const {
    return {"OnVerifySeal", verify_seal, 0};
}
GasCharge PriceList::on_verify_post(std::size_t sectors) const {
    return {"OnVerifyPost", verify_post + sectors * verify_post_per_sector, 0};
}
GasCharge PriceList::on_verify_aggregate_seals(RegisteredSealProof proof, std::size_t count) const {
    const AggregatePrice* price = &aggregate_32gib;
    // The numbers of the proofs are those of docs/protocol/fvm.md §1.11. Any other proof costs as much as proof 8,
    // which is V1P1 of 32 GiB.
    const auto number = static_cast<std::int64_t>(proof);
    if (number == 9) price = &aggregate_64gib;
    if (number == 18) price = &aggregate_32gib_non_interactive;
    if (number == 19) price = &aggregate_64gib_non_interactive;
    Milligas step = 0;
    for (const auto& [from, cost] : price->steps)
        if (count >= from) step = cost;
    return {"OnVerifyAggregateSeals", saturating_add(saturating_mul(price->per_proof, count), step), 0};
}
GasCharge PriceList::on_verify_replica_update() const {
    return {"OnVerifyReplicaUpdate", verify_replica_update, 0};
}
GasCharge PriceList::on_verify_consensus_fault() const {
    return {"OnVerifyConsensusFault", verify_consensus_fault, 0};
}

namespace {

GasCharge lookback_charge(std::string_view name, const PriceList& prices, std::int64_t distance) {
    // A negative distance becomes a huge unsigned number, so the charge saturates to more gas than a block can have.
    const Milligas walk = saturating_mul(prices.lookback_per_epoch, static_cast<std::uint64_t>(distance));
    return {name, 0, saturating_add(prices.lookback, walk)};
}

}  // namespace

GasCharge PriceList::on_get_randomness(std::int64_t distance) const {
    return lookback_charge("OnGetRandomness", *this, distance);
}
GasCharge PriceList::on_tipset_cid(std::int64_t distance) const {
    if (last_tipset_cid > 0) return {"OnTipsetCid", 0, distance > 1 ? older_tipset_cid : last_tipset_cid};
    return lookback_charge("OnTipsetCid", *this, distance);
}

GasCharge PriceList::on_mix_randomness(std::size_t entropy) const {
    // The tag, the digest and the epoch are hashed together with the entropy (price_list.rs on_get_randomness).
    constexpr std::size_t kMixed = 8 + 32 + 8;
    return {"OnGetRandomness", 0, saturating_mul(mixing_per_byte, kMixed + entropy)};
}

GasCharge PriceList::on_event_check(std::size_t size) const {
    return {"OnActorEventValidate", event + size * (memory_copy_per_byte + memory_allocate_per_byte + event_per_byte),
            0};
}
GasCharge PriceList::on_event_keep(std::size_t size) const {
    // The emitter takes up to 12 bytes more. Two copies, one allocation and the hash are paid for in advance.
    const std::size_t stamped = size + 12;
    return {"OnActorEventAccept", stamped * (memory_copy_per_byte + memory_allocate_per_byte),
            stamped * (2 * memory_copy_per_byte + memory_allocate_per_byte + blake2b_per_byte)};
}

GasCharge PriceList::on_event_emit(std::size_t entries, std::size_t key_bytes, std::size_t value_bytes) const {
    // The entries, the UTF-8 check and two copies are charged as compute; the hash and one more copy are charged for
    // when the event is stored (docs/protocol/fvm.md §5.3). The size of an event is taken to be 12 bytes and 9
    // for each entry, in addition to its keys and values.
    const std::size_t size = 12 + 9 * entries + key_bytes + value_bytes;
    const Milligas memory = size * (memory_copy_per_byte + memory_allocate_per_byte);
    return {"OnActorEvent", event + entries * event_per_entry + utf8 + key_bytes * utf8_per_byte + 2 * memory,
            memory + size * blake2b_per_byte};
}

}  // namespace strata::vm
