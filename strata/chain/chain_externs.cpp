#include <strata/chain/chain_externs.hpp>

#include <strata/actors/read/miner.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

// The entry may be some tipsets back: where epochs are shorter than the beacon's period, some blocks carry no new
// round.
constexpr int kBeaconSearch = 20;

Result<TipsetPtr> at_or_above(ChainStore& chain, const TipsetPtr& tip, ChainEpoch epoch) {
    return chain.tipset_at(std::max<ChainEpoch>(epoch, 0), tip, ChainStore::Null::next);
}

// Decodes the header at the front of `bytes`; empty if there is none. The reference ignores what follows it.
std::optional<BlockHeader> leading_header(BytesView bytes) {
    CborReader reader(bytes);
    BlockHeader header;
    if (!decode(reader, header)) return std::nullopt;
    return header;
}

bool contains(const std::vector<Cid>& cids, const Cid& cid) {
    return std::ranges::find(cids, cid) != cids.end();
}

// Returns true if both blocks have the same set of parents, in any order.
bool same_parents(const BlockHeader& a, const BlockHeader& b) {
    return a.parents.size() == b.parents.size() &&
           std::ranges::all_of(b.parents, [&](const Cid& cid) { return contains(a.parents, cid); });
}

// Returns the kind of fault that the blocks prove. If several rules match, the last one decides (docs/protocol/node.md
// §12).
std::optional<vm::ConsensusFault::Kind> fault_kind(const BlockHeader& a, const BlockHeader& b, BytesView extra) {
    using Kind = vm::ConsensusFault::Kind;
    std::optional<Kind> kind;
    if (a.height == b.height) kind = Kind::double_fork_mining;
    if (same_parents(a, b) && a.height != b.height) kind = Kind::time_offset_mining;
    if (extra.empty()) return kind;
    // Parent grinding: `b` builds on the witness, a sibling of `a`, but not on `a`, which the same miner made.
    const auto witness = leading_header(extra);
    if (!witness) return std::nullopt;
    if (same_parents(a, *witness) && a.height == witness->height && contains(b.parents, witness->cid()) &&
        !contains(b.parents, a.cid()))
        kind = Kind::parent_grinding;
    return kind;
}

}  // namespace

Result<BeaconEntry> beacon_entry_at(ChainStore& chain, const Network& network, const TipsetPtr& tip, ChainEpoch epoch) {
    STRATA_TRY(auto at, at_or_above(chain, tip, epoch));
    if (epoch < 0) return latest_beacon_entry(chain, at);
    const std::uint64_t round = network.beacon_round(epoch);
    for (int i = 0; i < kBeaconSearch; ++i) {
        for (const auto& entry : at->blocks()[0].beacon_entries)
            if (entry.round == round) return entry;
        if (at->height() == 0) break;
        STRATA_TRY(at, chain.parent(*at));
    }
    return fail(Errc::not_found, "the chain has no beacon entry of round " + std::to_string(round) +
                                     ", which belongs to epoch " + std::to_string(epoch));
}

Result<Hash256> ChainExterns::chain_randomness(ChainEpoch epoch) {
    STRATA_TRY(const auto tipset, at_or_above(chain_, tip_, epoch));
    const auto& ticket = tipset->min_ticket_block().ticket;
    if (!ticket)
        return fail(Errc::not_found, "the tipset at epoch " + std::to_string(tipset->height()) + " has no ticket");
    return crypto::blake2b_256(ticket->vrf_proof);
}

Result<Hash256> ChainExterns::beacon_randomness(ChainEpoch epoch) {
    STRATA_TRY(const auto entry, beacon_entry_at(chain_, network_, tip_, epoch));
    return crypto::blake2b_256(entry.data);
}

Result<Cid> ChainExterns::tipset_cid(ChainEpoch epoch) {
    STRATA_TRY(const auto tipset, chain_.tipset_at(epoch, tip_, ChainStore::Null::previous));
    return tipset_key_cid(tipset->key());
}

Status ChainExterns::check_signature(const BlockHeader& header) {
    if (header.height < tip_->height() - kChainFinality)
        return fail(Errc::verification, "fault report: the epoch of the block is " + std::to_string(header.height) +
                                            ", expected at least " + std::to_string(tip_->height() - kChainFinality) +
                                            ", because older blocks are final");
    if (!header.block_sig) return fail(Errc::verification, "fault report: the block has no signature");
    STRATA_TRY(const auto lookback, lookback_for(chain_, tip_, header.height));
    STRATA_TRY(auto state, vm::StateTree::load(chain_.blocks(), lookback.state_root));
    STRATA_TRY(const auto miner, actors::read::Miner::load(state, header.miner));
    STRATA_TRY(const auto key, actors::read::worker_key(state, miner));
    return verify_signature(*header.block_sig, key, header.signing_bytes());
}

Result<std::optional<vm::ConsensusFault>> ChainExterns::consensus_fault(BytesView header_1, BytesView header_2,
                                                                        BytesView extra) {
    const std::optional<vm::ConsensusFault> none;
    if (equal(header_1, header_2)) return none;
    const auto a = leading_header(header_1);
    const auto b = leading_header(header_2);
    if (!a || !b || a->cid() == b->cid() || a->miner != b->miner || a->height > b->height) return none;
    const auto kind = fault_kind(*a, *b, extra);
    const auto target = a->miner.as_id();
    if (!kind || !target) return none;
    for (const auto* header : {&*a, &*b}) {
        const auto checked = check_signature(*header);
        // A failure of this node says nothing about the accused miner.
        if (!checked && vm::is_local(checked.error())) return checked.error();
        if (!checked) return none;
    }
    return std::optional(vm::ConsensusFault{*target, b->height, *kind});
}

}  // namespace strata::chain
