#include <strata/chain/consensus.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/chain/valid_mark.hpp>
#include <strata/chain/weight.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kCheckpointKey = "chain/checkpoint";

// When a block of the head no longer counts, the reference looks for a better head at these nearby heights (lotus
// chain/store/store.go, RefreshHeaviestTipSet).
constexpr ChainEpoch kSearchAbove = 5;
constexpr ChainEpoch kSearchBelow = 4;

std::string valid_prefix(ChainEpoch height) {
    return std::string(kValidPrefix) + std::to_string(height) + "/";
}
std::string valid_key(const BlockHeader& header) {
    return valid_prefix(header.height) + header.cid().to_string();
}

}  // namespace

Status Consensus::open() {
    STRATA_TRY(const auto record, chain_.meta().get(kCheckpointKey));
    if (!record) return {};
    STRATA_TRY(const auto key, TipsetKey::from_bytes(*record));
    STRATA_TRY(const auto tipset, chain_.tipset(key));
    const Lock lock(mutex_);
    checkpoint_ = tipset;
    return {};
}

void Consensus::on_head(HeadListener listener) {
    const Lock lock(events_mutex_);
    listeners_.push_back(std::move(listener));
}

Result<bool> Consensus::is_validated(const BlockHeader& header) {
    if (header.height == 0) return header.cid() == chain_.genesis()->cids()[0];
    STRATA_TRY(const auto mark, chain_.meta().get(valid_key(header)));
    return mark.has_value();
}

Result<bool> Consensus::is_validated(const Tipset& tipset) {
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const bool valid, is_validated(block));
        if (!valid) return false;
    }
    return true;
}

Status Consensus::mark_valid(const BlockHeader& header, std::vector<store::Write> records) {
    records.push_back({valid_key(header), Bytes{}});
    STRATA_OK(chain_.meta().write(records));
    // Asked for after it was named, the state is kept by a collection that is under way (store/generations.hpp).
    STRATA_OK(chain_.blocks().has(header.parent_state_root));
    return {};
}

Status Consensus::trust(const Tipset& tipset) {
    std::vector<store::Write> marks;
    for (const auto& block : tipset.blocks()) marks.push_back({valid_key(block), Bytes{}});
    return chain_.meta().write(marks);
}

// Returns the validated blocks of a height, without those of miners that signed two.
Result<std::vector<BlockHeader>> Consensus::honest_at(ChainEpoch height) {
    std::vector<BlockHeader> blocks;
    const std::string prefix = valid_prefix(height);
    STRATA_OK(chain_.meta().for_each(prefix, [&](std::string_view key, BytesView) -> Result<bool> {
        STRATA_TRY(const Cid cid, Cid::parse(key.substr(prefix.size())));
        STRATA_TRY(blocks.emplace_back(), chain_.header(cid));
        return true;
    }));
    std::map<Address, int> signed_by;
    for (const auto& block : blocks) ++signed_by[block.miner];
    std::erase_if(blocks, [&](const BlockHeader& block) { return signed_by[block.miner] > 1; });
    return blocks;
}

Result<std::optional<Consensus::Candidate>> Consensus::heaviest_at(ChainEpoch height) {
    STRATA_TRY(auto blocks, honest_at(height));
    // A tipset holds only blocks with the same parents, so the blocks of one height may form several tipsets.
    std::map<TipsetKey, std::vector<BlockHeader>> by_parents;
    for (auto& block : blocks) by_parents[TipsetKey(block.parents)].push_back(std::move(block));
    std::optional<Candidate> best;
    for (auto& [parents, group] : by_parents) {
        STRATA_TRY(auto tipset, Tipset::make(std::move(group)));
        STRATA_TRY(auto weight, chain_weight(chain_, *tipset));
        if (best && (weight < best->weight || (weight == best->weight && !wins_tie(*tipset, *best->tipset)))) continue;
        best = Candidate{std::move(tipset), std::move(weight)};
    }
    return best;
}

// Returns the best tipset at the head's height if it is at least as heavy as the head. Otherwise one of the head's
// miners was found to have signed two blocks, so the weight of the head no longer counts: the best tipset near the head
// becomes the new head at once and is returned. A head that nothing near it can replace stays.
Result<Consensus::Candidate> Consensus::leave_equivocating_head(Candidate head) {
    const ChainEpoch height = head.tipset->height();
    STRATA_TRY(auto best, heaviest_at(height));
    if (best && best->weight >= head.weight) return std::move(*best);
    for (ChainEpoch at = height + kSearchAbove; at >= std::max<ChainEpoch>(1, height - kSearchBelow); --at) {
        STRATA_TRY(auto found, heaviest_at(at));
        if (found && (!best || best->weight < found->weight)) best = std::move(found);
    }
    if (!best) return head;
    // The change is allowed however long the fork is.
    STRATA_TRY(auto path, way_between(chain_, head.tipset, best->tipset, kNoRevertLimit));
    STRATA_OK(take_head(best->tipset, std::move(path)));
    return std::move(*best);
}

// Returns the path to a tipset; empty if the change would revert too much or the checkpoint.
Result<std::optional<HeadChange>> Consensus::path_if_allowed(const TipsetPtr& to) {
    auto path = way_between(chain_, chain_.head(), to);
    if (!path && path.error().code() == Errc::out_of_range) return std::optional<HeadChange>{};
    if (!path) return path.error();
    for (const auto& tipset : path->reverted)
        if (checkpoint_ && tipset->key() == checkpoint_->key()) return std::optional<HeadChange>{};
    return std::optional(std::move(*path));
}

Status Consensus::choose_head_locked(ChainEpoch height) {
    if (height == 0) return {};
    const auto head = chain_.head();
    Candidate best{head, {}};
    STRATA_TRY(best.weight, chain_weight(chain_, *head));
    // The search sees only blocks marked valid. Genesis is never marked, and nobody can sign a second genesis, so it
    // stays.
    if (head->height() != 0) {
        STRATA_TRY(best, leave_equivocating_head(std::move(best)));
    }
    if (height != best.tipset->height()) {
        STRATA_TRY(auto found, heaviest_at(height));
        if (found &&
            (best.weight < found->weight || (best.weight == found->weight && wins_tie(*found->tipset, *best.tipset))))
            best = std::move(*found);
    }
    if (best.tipset->key() == chain_.head()->key()) return {};
    STRATA_TRY(auto path, path_if_allowed(best.tipset));
    return path ? take_head(best.tipset, std::move(*path)) : Status{};
}

Status Consensus::choose_head(ChainEpoch height) {
    const auto chosen = [&] {
        const Lock lock(mutex_);
        return choose_head_locked(height);
    }();
    tell_listeners();
    return chosen;
}

Status Consensus::force_head_locked(const TipsetPtr& tipset) {
    if (tipset->key() == chain_.head()->key()) return {};
    STRATA_TRY(auto path, way_between(chain_, chain_.head(), tipset, kNoRevertLimit));
    for (const auto& reverted : path.reverted)
        if (checkpoint_ && reverted->key() == checkpoint_->key())
            return fail(Errc::out_of_range,
                        "the new head would revert the checkpoint at epoch " + std::to_string(checkpoint_->height()));
    return take_head(tipset, std::move(path));
}

Status Consensus::force_head(const TipsetPtr& tipset) {
    STRATA_TRY(const bool is_valid, is_validated(*tipset));
    if (!is_valid && tipset->height() != 0)
        return fail(Errc::verification, "the tipset " + tipset->key().to_string() + " was not validated by this node");
    const auto taken = [&] {
        const Lock lock(mutex_);
        return force_head_locked(tipset);
    }();
    tell_listeners();
    return taken;
}

// The caller holds mutex_ while the event is queued, so that listeners hear of the heads in their order.
Status Consensus::take_head(const TipsetPtr& tipset, HeadChange path) {
    STRATA_OK(chain_.set_head(tipset, path));
    const Lock lock(events_mutex_);
    events_.push_back(std::move(path));
    return {};
}

// Only one thread at a time calls the listeners; it also delivers the events that other threads or the listeners add
// meanwhile. So the order is kept without holding a lock during the calls.
void Consensus::tell_listeners() {
    Lock lock(events_mutex_);
    if (is_telling_) return;
    is_telling_ = true;
    while (!events_.empty()) {
        const HeadChange change = std::move(events_.front());
        events_.pop_front();
        const auto listeners = listeners_;
        lock.unlock();
        for (const auto& listener : listeners) listener(change.reverted, change.applied);
        lock.lock();
    }
    is_telling_ = false;
}

Status Consensus::set_checkpoint(const TipsetPtr& tipset) {
    const Lock lock(mutex_);
    STRATA_TRY(const auto on_chain, chain_.tipset_at(tipset->height(), chain_.head(), ChainStore::Null::previous));
    if (on_chain->key() != tipset->key())
        return fail(Errc::out_of_range, "checkpoint: tipset " + tipset->key().to_string() + " of epoch " +
                                            std::to_string(tipset->height()) +
                                            " is not on the chain of the head, where " + on_chain->key().to_string() +
                                            " of epoch " + std::to_string(on_chain->height()) + " is in its place");
    STRATA_OK(chain_.meta().put(kCheckpointKey, tipset->key().bytes()));
    checkpoint_ = tipset;
    return {};
}

Status Consensus::remove_checkpoint() {
    const Lock lock(mutex_);
    STRATA_OK(chain_.meta().remove(kCheckpointKey));
    checkpoint_ = nullptr;
    return {};
}

TipsetPtr Consensus::checkpoint() const {
    const Lock lock(mutex_);
    return checkpoint_;
}

}  // namespace strata::chain
