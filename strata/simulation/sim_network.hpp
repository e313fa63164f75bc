#pragma once
// The network that all nodes of a run share: its description, its genesis and what never changes. The keys follow from
// names, so nothing here is a secret.
#include <strata/chain/genesis/template.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/externs.hpp>

namespace strata::vm {
class ActorTable;
}

namespace strata::simulation {

wallet::PrivateKey sim_key(std::string_view name);
Address sim_address(std::string_view name);
inline Address miner_address(std::size_t miner) {
    return Address::id(1000 + miner);
}

/// Takes every proof: nobody seals in a simulation.
class TrustingProofs final : public vm::ProofVerifier {
  public:
    Result<bool> verify_seal(const SealVerifyInfo&) override { return true; }
    Result<bool> verify_post(const WindowPoStVerifyInfo&) override { return true; }
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return true; }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo&) override { return true; }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof, std::span<const PieceInfo>) override {
        return fail(Errc::unsupported, "the simulation makes no sectors");
    }
};

struct SimNetwork {
    static constexpr std::uint64_t kGenesisTime = 1'700'000'000;

    /// Errors: those of make_genesis.
    static Result<std::unique_ptr<SimNetwork>> make(std::size_t miners);
    SimNetwork();
    ~SimNetwork();
    SimNetwork(const SimNetwork&) = delete;
    SimNetwork& operator=(const SimNetwork&) = delete;

    chain::LocalBeacon beacon{"strata simulation"};
    chain::Network network = chain::devnet_2k();
    TrustingProofs proofs;
    std::unique_ptr<vm::ActorTable> actors;
    MemoryBlockstore genesis_blocks;
    BlockHeader genesis;
};

}  // namespace strata::simulation
