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

/// Remembers the newest entries of a beacon, for which a node asks once for each of its miners.
class RememberedBeacon final : public chain::BeaconSource {
  public:
    /// `beacon` must outlive the object.
    explicit RememberedBeacon(chain::BeaconSource& beacon) : beacon_(beacon) {}
    Result<BeaconEntry> entry(std::uint64_t round) override;

  private:
    static constexpr std::size_t kRemembered = 16;

    chain::BeaconSource& beacon_;
    std::map<std::uint64_t, BeaconEntry> entries_;
};

struct SimNetwork {
    static constexpr std::uint64_t kGenesisTime = 1'700'000'000;
    static constexpr std::size_t kMostMiners = 2'000;

    struct Size {
        std::size_t nodes = 0;   // honest ones: the miner with number n belongs to node n modulo this
        std::size_t miners = 0;  // of honest nodes
        std::size_t others = 0;  // miners after these, of dishonest nodes
        auto operator<=>(const Size&) const = default;
    };
    /// Makes a network; networks with different names have different geneses. With BLS substituted on this thread
    /// (crypto/bls_substitute.hpp), it is good under the same kind only. Errors: those of make_genesis.
    static Result<std::unique_ptr<SimNetwork>> make(const Size& size, std::string_view name);
    SimNetwork();
    ~SimNetwork();
    SimNetwork(const SimNetwork&) = delete;
    SimNetwork& operator=(const SimNetwork&) = delete;

    /// The name of the worker of a miner. Many miners share workers, since a genesis has at most 900 accounts.
    std::string worker_name(std::size_t miner) const;

    Size size;
    std::string name;
    chain::LocalBeacon beacon{"strata simulation"};
    chain::Network network = chain::devnet_2k();
    TrustingProofs proofs;
    std::unique_ptr<vm::ActorTable> actors;
    MemoryBlockstore genesis_blocks;  // nobody writes once the network is made, several threads may read
    BlockHeader genesis;
};

}  // namespace strata::simulation
