#pragma once
// Defines the right to make a block, and the prover of the winning proof that the block needs. Source:
// docs/protocol/node.md §5, §6 (lotus miner/miner.go).
#include <strata/chain/tipset.hpp>

namespace strata::chain {

struct MinerKeys {
    Address miner;   // f0
    Address worker;  // f3
};

class WinningProver {
  public:
    virtual ~WinningProver() = default;
    /// Proves the challenged sector. `randomness` is that of winning_post_randomness(). Errors: not_found, io,
    /// cancelled.
    virtual Result<std::vector<PoStProof>> prove_winning(const Address& miner, const Hash256& randomness,
                                                         const PoStSectorInfo& sector) = 0;
};
/// Gives the stub text as proof, for networks with stub_winning_post.
class StubWinningProver final : public WinningProver {
  public:
    Result<std::vector<PoStProof>> prove_winning(const Address&, const Hash256&, const PoStSectorInfo&) override;
};

/// The right to make a block.
struct Win {
    MinerKeys keys;
    TipsetPtr base;
    ChainEpoch epoch = 0;
    std::vector<BeaconEntry> beacon_entries;
    Ticket ticket;
    ElectionProof election;
    PoStSectorInfo sector;  // challenged by the winning proof
    Hash256 post_randomness{};
    std::vector<PoStProof> proof{};  // empty until it was proven
};

}  // namespace strata::chain
