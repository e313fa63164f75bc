#pragma once
// What the VM sees of the chain while a tipset is executed: everything at or below that tipset.
// Source: fvm.md §3.11, node.md §4.1, §12 (lotus chain/rand/rand.go, chain/vm/fvm.go).
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/vm/externs.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

class ChainExterns final : public vm::Externs {
  public:
    /// All must outlive the object. `tip` is the tipset that is executed.
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

/// The tipset for a lookback of `round` from `base`, and the state after it (node.md §7).
struct Lookback {
    TipsetPtr tipset;
    Cid state_root;
};
/// Errors: out_of_range where the lookback would need the state after `base` itself and `base` is not genesis.
Result<Lookback> lookback_for(ChainStore& chain, const TipsetPtr& base, ChainEpoch round);

/// The entry for the round of `epoch`, as the chain below `tip` recorded it. Errors: not_found, out_of_range.
Result<BeaconEntry> beacon_entry_at(ChainStore& chain, const Network& network, const TipsetPtr& tip, ChainEpoch epoch);

/// CID of a tipset's key: of the CBOR byte string of its bytes (node.md §3).
Cid tipset_key_cid(const TipsetKey& key);

}  // namespace strata::chain
