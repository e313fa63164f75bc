#pragma once
// Mines: finds out whether a miner wins an epoch, and makes the block if it does. Source: docs/protocol/node.md §5, §6,
// §13 (lotus miner/miner.go, chain/consensus/filcns/mine.go).
#include <strata/chain/beacon_source.hpp>
#include <strata/chain/full_node.hpp>
#include <strata/chain/slash_filter.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

/// The addresses of a miner that this node mines for.
struct MinerKeys {
    Address miner;   // f0
    Address worker;  // f3
};

/// Makes the proof that a winning block must carry.
class WinningProver {
  public:
    virtual ~WinningProver() = default;
    /// Proves the challenged sector. `randomness` comes from winning_post_randomness(). Errors: not_found, io,
    /// cancelled.
    virtual Result<std::vector<PoStProof>> prove_winning(const Address& miner, const Hash256& randomness,
                                                         const PoStSectorInfo& sector) = 0;
};
/// A prover for networks with stub_winning_post.
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
};

class BlockProducer {
  public:
    /// All arguments must outlive the producer. Use it from one thread at a time.
    BlockProducer(FullNode& node, wallet::Wallet& wallet, BeaconSource& beacon, WinningProver& prover)
        : node_(node), wallet_(wallet), beacon_(beacon), prover_(prover), filter_(node.chain().meta()) {}

    /// Checks whether the miner wins `epoch` on `base`. Empty if it does not, or may not mine there. Errors: not_found
    /// if the wallet lacks the worker's key or the beacon the round.
    Result<std::optional<Win>> check_win(const Address& miner, const TipsetPtr& base, ChainEpoch epoch);
    /// Selects messages from the pool for this win.
    Result<std::vector<SignedMessage>> select(const Win& win);
    /// Executes the base, proves and signs. Messages that are not valid in this block are left out. The block is
    /// recorded as the miner's only one of the epoch before this returns. Errors: verification if it would be a
    /// consensus fault; those of the prover; missing_block, io.
    Result<FullBlock> make_block(const Win& win, const std::vector<SignedMessage>& messages);

  private:
    Result<std::vector<BeaconEntry>> new_entries(const TipsetPtr& base, const BeaconEntry& previous, ChainEpoch epoch);
    Result<Bytes> vrf(const Address& worker, const Hash256& randomness);
    Result<FullBlock> fill(ChainEpoch epoch, const TipsetState& parents, const std::vector<SignedMessage>& messages);

    FullNode& node_;
    wallet::Wallet& wallet_;
    BeaconSource& beacon_;
    WinningProver& prover_;
    SlashFilter filter_;
};

}  // namespace strata::chain
