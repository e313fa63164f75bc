#pragma once
// The kernel as native code calls it: each syscall first pays the price of a host call (OnSyscall), as a guest's call
// does before it reaches the kernel (ref-fvm fvm/src/syscalls/linker.rs). message(), network() and log() are free here,
// since native code has them at hand. The instructions that official code runs around a syscall can be charged with it.
#include <strata/vm/price_list.hpp>

namespace strata::vm {

/// The price of the code around syscalls: for each syscall, and for each byte that it reads from a block or writes to a
/// new one.
struct CodePrice {
    Milligas host_call = 0;
    Milligas byte_read = 0;
    Milligas byte_written = 0;
};
/// The name of the charges for the code of native actors.
inline constexpr std::string_view kNativeCode = "OnNativeCode";

class HostCalls final : public Kernel {
  public:
    /// `kernel` and `prices` must outlive the object.
    HostCalls(Kernel& kernel, const PriceList& prices, const CodePrice& code = {})
        : kernel_(kernel), prices_(prices), code_(code) {}

    const MessageContext& message() const override { return kernel_.message(); }
    const NetworkContext& network() const override { return kernel_.network(); }
    Syscall<Cid> tipset_cid(ChainEpoch epoch) override;
    Syscall<TokenAmount> total_fil_circ_supply() override;
    Syscall<OpenedBlock> block_open(const Cid& cid) override;
    Syscall<BlockId> block_create(Codec codec, BytesView data) override;
    Syscall<std::int32_t> block_read(BlockId id, std::uint32_t offset, std::span<std::uint8_t> out) override;
    Syscall<BlockStat> block_stat(BlockId id) override;
    Syscall<Cid> block_link(BlockId id, HashCode hash, std::uint32_t digest_size) override;
    Syscall<Cid> root() override;
    Syscall<void> set_root(const Cid& cid) override;
    Syscall<TokenAmount> current_balance() override;
    Syscall<void> self_destruct(bool burn_unspent) override;
    Syscall<ActorId> resolve_address(const Address& address) override;
    Syscall<std::optional<Address>> lookup_delegated_address(ActorId id) override;
    Syscall<Cid> get_actor_code_cid(ActorId id) override;
    Syscall<Address> next_actor_address() override;
    Syscall<void> create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated) override;
    Syscall<ActorType> get_builtin_actor_type(const Cid& code) override;
    Syscall<Cid> get_code_cid_for_type(ActorType type) override;
    Syscall<TokenAmount> balance_of(ActorId id) override;
    Syscall<bool> verify_signature(SignatureKind kind, BytesView signature, const Address& signer,
                                   BytesView plaintext) override;
    Syscall<bool> verify_bls_aggregate(BytesView signature, std::span<const ByteArray<48>> keys, BytesView plaintexts,
                                       std::span<const std::uint32_t> sizes) override;
    Syscall<ByteArray<65>> recover_secp_public_key(const Hash256& hash, const ByteArray<65>& signature) override;
    Syscall<Bytes> hash(HashCode code, BytesView data) override;
    Syscall<Cid> compute_unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override;
    Syscall<std::vector<bool>> batch_verify_seals(std::span<const SealVerifyInfo> infos) override;
    Syscall<bool> verify_post(const WindowPoStVerifyInfo& info) override;
    Syscall<bool> verify_aggregate_seals(const AggregateSealVerifyProofs& info) override;
    Syscall<bool> verify_replica_update(const ReplicaUpdateInfo& info) override;
    Syscall<std::optional<ConsensusFault>> verify_consensus_fault(BytesView header_1, BytesView header_2,
                                                                  BytesView extra) override;
    Syscall<Hash256> get_chain_randomness(ChainEpoch epoch) override;
    Syscall<Hash256> get_beacon_randomness(ChainEpoch epoch) override;
    Syscall<void> charge_gas(std::string_view name, std::uint64_t gas) override;
    Syscall<std::uint64_t> gas_available() override;
    Syscall<SendResult> send(const SendParams& params) override;
    Syscall<void> emit_packed_event(std::span<const EventHeader> headers, BytesView keys, BytesView values) override;
    void log(std::string_view text) override { kernel_.log(text); }
    // Native actors run in no generation that has these.
    Syscall<void> self_destruct_for(const Address& heir) override { return kernel_.self_destruct_for(heir); }
    void emit_checked_event(std::vector<EventEntry> entries) override {
        kernel_.emit_checked_event(std::move(entries));
    }
    GasTracker& gas_tracker() override { return kernel_.gas_tracker(); }
    MemoryBudget& memory_budget() override { return kernel_.memory_budget(); }
    Blockstore& state_blocks() override { return kernel_.state_blocks(); }

  private:
    Syscall<void> enter();
    Syscall<void> charge_code(Milligas amount);
    Kernel& kernel_;
    const PriceList& prices_;
    CodePrice code_;
};

}  // namespace strata::vm
