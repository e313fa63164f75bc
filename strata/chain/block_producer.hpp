#pragma once
// Mines: finds out whether a miner wins an epoch, and makes the block if it does. Source: docs/protocol/node.md §5, §6,
// §13 (lotus miner/miner.go, chain/consensus/filcns/mine.go).
#include <strata/chain/beacon_source.hpp>
#include <strata/chain/slash_filter.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/chain/winning.hpp>

namespace strata::wallet {
class Wallet;
}

namespace strata::chain {

class LocalChain;

class BlockProducer {
  public:
    /// All arguments must outlive the producer. Use it from one thread at a time.
    BlockProducer(LocalChain& node, wallet::Wallet& wallet, BeaconSource& beacon, WinningProver& prover);

    /// Checks whether the miner wins `epoch` on `base`. Empty if it does not win or is not eligible. Errors: not_found
    /// if the wallet lacks the worker's key, or if the beacon lacks the round; busy while a round is being fetched.
    Result<std::optional<Win>> check_win(const Address& miner, const TipsetPtr& base, ChainEpoch epoch);
    /// Proves a win ahead of make_block(), which proves it itself otherwise. Errors: those of the prover.
    Status prove(Win& win);
    /// Looks at the base again: blocks that left a head of the same height are left out, because their miners signed
    /// two, and new ones are not taken. The ticket is drawn anew if it depended on one that is left out. Source:
    /// docs/protocol/node.md §13 (lotus miner/miner.go, mineOne).
    Status refresh(Win& win, const TipsetPtr& head);
    /// Selects messages from the pool for this win.
    Result<std::vector<SignedMessage>> select(const Win& win);
    /// Executes the base, proves and signs. Messages that are not valid in this block are left out. The block is
    /// recorded as the miner's only one of the epoch before this returns. Errors: verification if the block would be a
    /// consensus fault; those of the prover; missing_block, io.
    Result<FullBlock> make_block(const Win& win, const std::vector<SignedMessage>& messages);

  private:
    Result<std::vector<BeaconEntry>> new_entries(const TipsetPtr& base, const BeaconEntry& previous, ChainEpoch epoch);
    Result<Ticket> ticket_on(const Win& win, const Tipset& base, BytesView beacon);
    Result<Bytes> vrf(const Address& worker, const Hash256& randomness);

    LocalChain& node_;
    wallet::Wallet& wallet_;
    BeaconSource& beacon_;
    WinningProver& prover_;
};

}  // namespace strata::chain
