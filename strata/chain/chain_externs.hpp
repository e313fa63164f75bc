#pragma once
// Shows the VM the chain while a tipset is executed: everything at or below that tipset. Source: docs/protocol/fvm.md
// §3.11, docs/protocol/node.md §4.1, §12 (lotus chain/rand/rand.go, chain/vm/fvm.go).
#include <strata/chain/lookback.hpp>
#include <strata/vm/externs.hpp>

namespace strata::chain {

struct Network;

class ChainExterns final : public vm::Externs {
  public:
    /// All arguments must outlive the object. `tip` is the tipset that is executed.
    ChainExterns(ChainStore& chain, const Network& network, TipsetPtr tip)
        : chain_(chain), network_(network), tip_(std::move(tip)) {}
    Result<Hash256> chain_randomness(ChainEpoch epoch) override;
    Result<Hash256> beacon_randomness(ChainEpoch epoch) override;
    Result<Cid> tipset_cid(ChainEpoch epoch) override;
    Result<std::optional<vm::ConsensusFault>> consensus_fault(BytesView header_1, BytesView header_2,
                                                              BytesView extra) override;

  private:
    Status check_signature(const BlockHeader& header);
    ChainStore& chain_;
    const Network& network_;
    TipsetPtr tip_;
};

/// Returns the entry for the round of `epoch`, as the chain below `tip` recorded it. There was no round before genesis,
/// so a negative epoch gets the newest entry of genesis (lotus chain/rand/rand.go, getBeaconEntryV3). Errors:
/// not_found, out_of_range.
Result<BeaconEntry> beacon_entry_at(ChainStore& chain, const Network& network, const TipsetPtr& tip, ChainEpoch epoch);

}  // namespace strata::chain
