#pragma once
// The kernel of one invocation, implemented over the call manager. Source: docs/protocol/fvm.md §4.5 to §4.7; ref-fvm
// fvm/src/kernel/.
#include <set>

#include <strata/vm/call_manager.hpp>

namespace strata::vm {

class DefaultKernel final : public Kernel {
  public:
    DefaultKernel(CallManager& calls, MessageContext message) : calls_(calls), message_(std::move(message)) {}

    /// Puts the parameters into the registry as block 1 and makes their links reachable.
    BlockId add_params(Block params);
    const BlockRegistry& blocks() const { return blocks_; }

    const MessageContext& message() const override { return message_; }
    const NetworkContext& network() const override { return calls_.config().network; }
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
    Syscall<void> self_destruct_for(const Address& beneficiary) override;

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

    Syscall<void> charge_gas(std::string_view name, std::uint64_t amount) override;
    Syscall<std::uint64_t> gas_available() override;
    Syscall<SendResult> send(const SendParams& params) override;
    Syscall<void> emit_packed_event(std::span<const EventHeader> headers, BytesView keys, BytesView values) override;
    void emit_checked_event(std::vector<EventEntry> entries) override;
    void log(std::string_view text) override;
    GasTracker& gas_tracker() override { return calls_.gas(); }
    MemoryBudget& memory_budget() override { return calls_.memory(); }
    Blockstore& state_blocks() override { return calls_.tree().store(); }

  private:
    Syscall<void> charge(const GasCharge& cost) { return calls_.gas().charge(cost); }
    void note(std::string_view name) { calls_.gas().note(name); }
    const PriceList& prices() const { return calls_.prices(); }
    Generation generation() const { return calls_.generation(); }
    Syscall<void> check_codec(Codec codec) const;
    Syscall<ActorState> self();
    Syscall<std::vector<Cid>> scan(Codec codec, BytesView data);
    Syscall<bool> verdict(Result<bool> answer);
    Syscall<void> check_reachable(std::span<const Cid> links) const;
    void reach(std::span<const Cid> links) { reachable_.insert(links.begin(), links.end()); }
    Syscall<Hash256> randomness(ChainEpoch epoch, Result<Hash256> (Externs::*draw)(ChainEpoch));

    CallManager& calls_;
    MessageContext message_;
    BlockRegistry blocks_;
    std::set<Cid> reachable_;  // the blocks that this invocation may open or link to
};

}  // namespace strata::vm
