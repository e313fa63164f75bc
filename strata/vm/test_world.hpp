#pragma once
// Gives tests a small state with actors whose code is a function that the test passes.
#include <functional>

#include <strata/vm/call_manager.hpp>
#include <strata/vm/executor.hpp>
#include <strata/vm/host_calls.hpp>

namespace strata::vm::testing {

using Behaviour = std::function<Syscall<ActorExit>(Kernel& kernel, BlockId params)>;

class FunctionActor final : public ActorCode {
  public:
    explicit FunctionActor(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
    Syscall<ActorExit> invoke(Kernel& kernel, BlockId params) const override {
        HostCalls host(kernel, price_list(kernel.network().network_version));
        return behaviour_(host, params);
    }

  private:
    Behaviour behaviour_;
};

class NoWorld final : public Externs, public ProofVerifier {
  public:
    Result<Hash256> chain_randomness(ChainEpoch) override { return Hash256{}; }
    Result<Hash256> beacon_randomness(ChainEpoch) override {
        return fail(Errc::not_found, "the test world has no beacon");
    }
    Result<Cid> tipset_cid(ChainEpoch) override { return Cid::hash_of(Codec::dag_cbor, Bytes{0x80}); }
    Result<std::optional<ConsensusFault>> consensus_fault(BytesView, BytesView, BytesView) override {
        return std::optional<ConsensusFault>{};
    }
    Result<bool> verify_seal(const SealVerifyInfo&) override { return true; }
    Result<bool> verify_post(const WindowPoStVerifyInfo&) override { return true; }
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return true; }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo&) override { return true; }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof, std::span<const PieceInfo>) override {
        return fail(Errc::unsupported, "the test world has no proofs");
    }
};

/// A state in which every type has a code CID. code() sets the code of a type; accounts accept every message.
class World : public ActorTable {
  public:
    explicit World(NetworkVersion version = 28)
        : tree(store, generation_of(version) == Generation::two ? StateTreeVersion::four : StateTreeVersion::five) {
        config.network.network_version = version;
        for (std::int32_t type = 1; type <= 16; ++type)
            manifest.add(static_cast<ActorType>(type),
                         Cid::hash_of(Codec::raw, Bytes{static_cast<std::uint8_t>(type)}));
        HamtMap<Address, ActorId> addresses(store);
        const InitState init{.address_map = addresses.flush().value(), .next_id = 1000, .network_name = "test"};
        add(kInitId, ActorType::init, 0);
        auto record = tree.get(kInitId).value().value();
        record.head = put_cbor(store, init).value();
        tree.set(kInitId, record);
        (void)store.put(Codec::dag_cbor, Bytes{0x80}).value();
        for (const auto type : {ActorType::account, ActorType::placeholder})
            code(type, [](Kernel&, BlockId) { return Syscall<ActorExit>(ActorExit{}); });
    }

    void add(ActorId id, ActorType type, const TokenAmount& balance) {
        const Cid empty = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
        tree.set(id, {.code = manifest.codes.at(type),
                      .head = empty,
                      .sequence = 0,
                      .balance = balance,
                      .delegated_address = {}});
    }
    void code(ActorType type, Behaviour behaviour) {
        codes_[type] = std::make_unique<FunctionActor>(std::move(behaviour));
    }
    bool knows(const Cid&, ActorType) const override { return true; }
    const ActorCode* find(const Cid&, ActorType type) const override {
        const auto it = codes_.find(type);
        return it == codes_.end() ? nullptr : it->second.get();
    }
    Doors doors() { return {no_world, no_world, *this}; }
    TokenAmount balance(ActorId id) { return tree.get(id).value().value().balance; }

    MemoryBlockstore store;
    StateTree tree;
    Manifest manifest;
    MachineConfig config{.network = {.epoch = 10, .timestamp = 0, .base_fee = 0, .chain_id = 1, .network_version = 28},
                         .circulating_supply = 0};
    NoWorld no_world;

  private:
    std::map<ActorType, std::unique_ptr<ActorCode>> codes_;
};

inline SendParams send_to(ActorId to, MethodNumber method = 0, const TokenAmount& value = 0) {
    return {.to = Address::id(to),
            .method = method,
            .params = kNoBlock,
            .value = value,
            .gas_limit = {},
            .read_only = false};
}

}  // namespace strata::vm::testing
