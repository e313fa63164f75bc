#include <strata/vm/host_calls.hpp>

namespace strata::vm {

Syscall<void> HostCalls::enter() {
    STRATA_OK(kernel_.gas_tracker().charge(prices_.on_host_call()));
    return charge_code(code_.host_call);
}
Syscall<void> HostCalls::charge_code(Milligas amount) {
    if (amount == 0) return {};
    return kernel_.gas_tracker().charge({kNativeCode, amount, 0});
}

Syscall<Cid> HostCalls::tipset_cid(ChainEpoch epoch) {
    STRATA_OK(enter());
    return kernel_.tipset_cid(epoch);
}
Syscall<TokenAmount> HostCalls::total_fil_circ_supply() {
    STRATA_OK(enter());
    return kernel_.total_fil_circ_supply();
}
Syscall<OpenedBlock> HostCalls::block_open(const Cid& cid) {
    STRATA_OK(enter());
    return kernel_.block_open(cid);
}
Syscall<BlockId> HostCalls::block_create(Codec codec, BytesView data) {
    STRATA_OK(enter());
    STRATA_OK(charge_code(saturating_mul(code_.byte_written, data.size())));
    return kernel_.block_create(codec, data);
}
Syscall<std::int32_t> HostCalls::block_read(BlockId id, std::uint32_t offset, std::span<std::uint8_t> out) {
    STRATA_OK(enter());
    STRATA_OK(charge_code(saturating_mul(code_.byte_read, out.size())));
    return kernel_.block_read(id, offset, out);
}
Syscall<BlockStat> HostCalls::block_stat(BlockId id) {
    STRATA_OK(enter());
    return kernel_.block_stat(id);
}
Syscall<Cid> HostCalls::block_link(BlockId id, HashCode hash, std::uint32_t digest_size) {
    STRATA_OK(enter());
    return kernel_.block_link(id, hash, digest_size);
}
Syscall<Cid> HostCalls::root() {
    STRATA_OK(enter());
    return kernel_.root();
}
Syscall<void> HostCalls::set_root(const Cid& cid) {
    STRATA_OK(enter());
    return kernel_.set_root(cid);
}
Syscall<TokenAmount> HostCalls::current_balance() {
    STRATA_OK(enter());
    return kernel_.current_balance();
}
Syscall<void> HostCalls::self_destruct(bool burn_unspent) {
    STRATA_OK(enter());
    return kernel_.self_destruct(burn_unspent);
}
Syscall<ActorId> HostCalls::resolve_address(const Address& address) {
    STRATA_OK(enter());
    return kernel_.resolve_address(address);
}
Syscall<std::optional<Address>> HostCalls::lookup_delegated_address(ActorId id) {
    STRATA_OK(enter());
    return kernel_.lookup_delegated_address(id);
}
Syscall<Cid> HostCalls::get_actor_code_cid(ActorId id) {
    STRATA_OK(enter());
    return kernel_.get_actor_code_cid(id);
}
Syscall<Address> HostCalls::next_actor_address() {
    STRATA_OK(enter());
    return kernel_.next_actor_address();
}
Syscall<void> HostCalls::create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated) {
    STRATA_OK(enter());
    return kernel_.create_actor(id, code, delegated);
}
Syscall<ActorType> HostCalls::get_builtin_actor_type(const Cid& code) {
    STRATA_OK(enter());
    return kernel_.get_builtin_actor_type(code);
}
Syscall<Cid> HostCalls::get_code_cid_for_type(ActorType type) {
    STRATA_OK(enter());
    return kernel_.get_code_cid_for_type(type);
}
Syscall<TokenAmount> HostCalls::balance_of(ActorId id) {
    STRATA_OK(enter());
    return kernel_.balance_of(id);
}
Syscall<bool> HostCalls::verify_signature(SignatureKind kind, BytesView signature, const Address& signer,
                                          BytesView plaintext) {
    STRATA_OK(enter());
    return kernel_.verify_signature(kind, signature, signer, plaintext);
}
Syscall<bool> HostCalls::verify_bls_aggregate(BytesView signature, std::span<const ByteArray<48>> keys,
                                              BytesView plaintexts, std::span<const std::uint32_t> sizes) {
    STRATA_OK(enter());
    return kernel_.verify_bls_aggregate(signature, keys, plaintexts, sizes);
}
Syscall<ByteArray<65>> HostCalls::recover_secp_public_key(const Hash256& hash, const ByteArray<65>& signature) {
    STRATA_OK(enter());
    return kernel_.recover_secp_public_key(hash, signature);
}
Syscall<Bytes> HostCalls::hash(HashCode code, BytesView data) {
    STRATA_OK(enter());
    return kernel_.hash(code, data);
}
Syscall<Cid> HostCalls::compute_unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) {
    STRATA_OK(enter());
    return kernel_.compute_unsealed_sector_cid(proof, pieces);
}
Syscall<std::vector<bool>> HostCalls::batch_verify_seals(std::span<const SealVerifyInfo> infos) {
    STRATA_OK(enter());
    return kernel_.batch_verify_seals(infos);
}
Syscall<bool> HostCalls::verify_post(const WindowPoStVerifyInfo& info) {
    STRATA_OK(enter());
    return kernel_.verify_post(info);
}
Syscall<bool> HostCalls::verify_aggregate_seals(const AggregateSealVerifyProofs& info) {
    STRATA_OK(enter());
    return kernel_.verify_aggregate_seals(info);
}
Syscall<bool> HostCalls::verify_replica_update(const ReplicaUpdateInfo& info) {
    STRATA_OK(enter());
    return kernel_.verify_replica_update(info);
}
Syscall<std::optional<ConsensusFault>> HostCalls::verify_consensus_fault(BytesView header_1, BytesView header_2,
                                                                         BytesView extra) {
    STRATA_OK(enter());
    return kernel_.verify_consensus_fault(header_1, header_2, extra);
}
Syscall<Hash256> HostCalls::get_chain_randomness(ChainEpoch epoch) {
    STRATA_OK(enter());
    return kernel_.get_chain_randomness(epoch);
}
Syscall<Hash256> HostCalls::get_beacon_randomness(ChainEpoch epoch) {
    STRATA_OK(enter());
    return kernel_.get_beacon_randomness(epoch);
}
Syscall<void> HostCalls::charge_gas(std::string_view name, std::uint64_t gas) {
    STRATA_OK(enter());
    return kernel_.charge_gas(name, gas);
}
Syscall<std::uint64_t> HostCalls::gas_available() {
    STRATA_OK(enter());
    return kernel_.gas_available();
}
Syscall<SendResult> HostCalls::send(const SendParams& params) {
    STRATA_OK(enter());
    return kernel_.send(params);
}
Syscall<void> HostCalls::emit_packed_event(std::span<const EventHeader> headers, BytesView keys, BytesView values) {
    STRATA_OK(enter());
    return kernel_.emit_packed_event(headers, keys, values);
}

}  // namespace strata::vm
