// The part of Syncer with the steps of a task: headers down to a tipset that is valid here, then blocks up again.
#include <strata/chain/beacon.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/syncer.hpp>
#include <strata/ipld/collected_blockstore.hpp>

namespace strata::chain {
namespace {

/// Returns roughly how many bytes of memory a header takes.
std::size_t approximate_size(const BlockHeader& header) {
    std::size_t out = sizeof(BlockHeader) + header.parents.size() * sizeof(Cid);
    for (const auto& entry : header.beacon_entries) out += sizeof(entry) + entry.data.size();
    for (const auto& proof : header.win_post_proof) out += sizeof(proof) + proof.bytes.size();
    if (header.ticket) out += header.ticket->vrf_proof.size();
    if (header.election_proof) out += header.election_proof->vrf_proof.size();
    if (header.bls_aggregate) out += header.bls_aggregate->data.size();
    if (header.block_sig) out += header.block_sig->data.size();
    return out;
}

}  // namespace

// Checks that the headers of the parents match those of the children before anything lower is asked for: time, weight,
// and the beacon's entries, which cannot be forged. Parents without entries are left to the full rules.
Status Syncer::check_above(const Task& task, const Tipset& parent) {
    if (!task.lowest) return {};
    const auto& first = task.lowest->blocks().front();
    for (const auto& block : task.lowest->blocks()) {
        STRATA_OK(check_link(states_.network(), block, parent));
        if (block.beacon_entries != first.beacon_entries)
            return fail(Errc::verification, "beacon: blocks of tipset " + task.lowest->key().to_string() +
                                                " have different entries, expected the same");
    }
    const auto& known = parent.blocks().front().beacon_entries;
    if (known.empty()) return {};
    return check_beacon_entries(states_.network(), first, parent.height(), known.back());
}

// Refuses a chain that would revert more than finality allows, or the checkpoint, before anything is executed.
Status Syncer::check_fork(const TipsetPtr& base) {
    STRATA_TRY(const auto path, way_between(chain_, chain_.head(), base));
    const auto checkpoint = consensus_.checkpoint();
    for (const auto& tipset : path.reverted)
        if (checkpoint && tipset->key() == checkpoint->key())
            return fail(Errc::out_of_range, "sync: the chain leaves ours below the checkpoint at epoch " +
                                                std::to_string(checkpoint->height()));
    return {};
}

// Refuses a chain that leaves ours at or below a final tipset. Finality is counted in tipsets: with many null rounds
// they reach far back (lotus chain/sync.go, syncFork).
Status Syncer::check_not_final(Task& task, const Tipset& tipset) {
    if (!task.final_epoch) {
        TipsetPtr at = chain_.head();
        for (std::size_t i = 0; i < kLongestRevert && at->height() > 0; ++i) {
            STRATA_TRY(at, chain_.parent(*at));
        }
        task.final_epoch = at->height();
    }
    if (tipset.height() > *task.final_epoch) return {};
    if (*task.final_epoch == 0)
        return fail(Errc::verification, "sync: the chain begins with " + tipset.key().to_string() +
                                            ", expected genesis " + chain_.genesis()->key().to_string());
    return fail(Errc::out_of_range, "sync: the chain leaves ours at or below epoch " +
                                        std::to_string(*task.final_epoch) + ", which is final");
}

// Adds a tipset to the headers. Returns false if it is valid here already: then the headers end and the blocks begin.
Result<bool> Syncer::add_header(Task& task, const TipsetPtr& tipset, std::uint64_t now) {
    STRATA_OK(check_above(task, *tipset));
    STRATA_TRY(const bool valid, consensus_.is_validated(*tipset));
    if (valid) {
        STRATA_OK(check_fork(tipset));
        task.progress.stage = SyncStatus::Stage::blocks;
        task.progress.base = task.progress.height = tipset->height();
        if (task.windows.back().tipsets.empty()) task.windows.pop_back();
        return false;
    }
    for (const auto& block : tipset->blocks()) {
        if (const auto why = bad_.reason(block.cid(), now))
            return fail(Errc::verification,
                        "block " + block.cid().to_string() + " below the announced block is bad: " + *why);
        if (block.height != 0) STRATA_OK(check_header_alone(block));
    }
    STRATA_OK(check_not_final(task, *tipset));
    if (!task.lowest) {
        task.progress.target_tipset = tipset;
        task.progress.target_height = tipset->height();
    }
    task.windows.back().tipsets.push_back(tipset);
    task.lowest = tipset;
    task.progress.height = tipset->height();
    drop_surplus(task);
    return true;
}

// Drops the newest headers, which are needed last, but not those of the first window (the target's) and of the last
// one. The tops of the windows stay, so that exactly the same headers can be asked for again.
void Syncer::drop_surplus(Task& task) const {
    std::size_t count = 0;
    for (const auto& window : task.windows) count += window.tipsets.size();
    for (std::size_t i = 1; count > limits_.headers && i + 1 < task.windows.size(); ++i)
        count -= std::exchange(task.windows[i].tipsets, {}).size();
}

Result<Syncer::Step> Syncer::walk_down(Task& task, std::uint64_t now) {
    // Below a window that has its tipsets, the next one begins. The window of an announced block has its tipset from
    // the start.
    if (!task.windows.back().tipsets.empty()) task.windows.push_back({task.lowest->parents(), {}});
    const TipsetKey top = task.windows.back().top;
    std::optional<std::vector<TipsetPtr>> headers = take_headers(task, now);
    if (!headers) {
        STRATA_TRY(const bool here, chain_.has_tipset(top));
        if (here) {
            STRATA_TRY(const auto tipset, chain_.find_tipset(top));
            headers = std::vector{tipset};
        }
    }
    if (!headers) {
        if (must_wait_for_others(task, top)) return Step::waits;
        return request(task, {.top = top, .length = limits_.window, .what = ChainRequest::What::headers}, now);
    }
    for (const auto& tipset : *headers) {
        STRATA_TRY(const bool goes_on, add_header(task, tipset, now));
        if (!goes_on) break;
    }
    STRATA_OK(check_room(task));
    return Step::advanced;
}

std::size_t Syncer::note_headers(Task& task) {
    std::size_t own = 0;
    for (const auto& window : task.windows)
        for (const auto& tipset : window.tipsets)
            for (const auto& block : tipset->blocks()) own += approximate_size(block);
    const Lock lock(mutex_);
    task.header_bytes = own;
    std::size_t all = 0;
    for (const auto& [id, other] : tasks_) all += other->header_bytes;
    return all;
}

// Ends a task that takes much of what all tasks may take together: a chain of headers that lead nowhere costs its maker
// little. Before that, the task forgets what it can ask for again, since others may be the ones that take too much.
Status Syncer::check_room(Task& task) {
    const auto is_fine = [&](std::size_t all) {
        return all <= limits_.header_bytes || task.header_bytes <= limits_.header_bytes / 32;
    };
    if (is_fine(note_headers(task))) return {};
    for (std::size_t i = 1; i + 1 < task.windows.size(); ++i) task.windows[i].tipsets.clear();
    const auto all = note_headers(task);
    if (is_fine(all)) return {};
    const auto own = task.header_bytes;
    return fail(Errc::busy, "sync: the headers of all chains that are followed have " + std::to_string(all) +
                                " bytes, expected at most " + std::to_string(limits_.header_bytes) +
                                "; this chain has " + std::to_string(own) + " of them");
}

Result<bool> Syncer::is_valid_here(const TipsetKey& key) {
    STRATA_TRY(const bool here, chain_.has_tipset(key));
    if (!here) return false;
    STRATA_TRY(const auto tipset, chain_.find_tipset(key));
    return consensus_.is_validated(*tipset);
}

// Fetches the headers of a window again after they were dropped.
Result<Syncer::Step> Syncer::load_window(Task& task, std::uint64_t now) {
    const TipsetKey top = task.windows.back().top;
    const auto headers = take_headers(task, now);
    if (!headers)
        return request(task, {.top = top, .length = limits_.window, .what = ChainRequest::What::headers}, now);
    bool reached_valid = false;
    for (const auto& tipset : *headers) {
        STRATA_TRY(reached_valid, consensus_.is_validated(*tipset));
        if (reached_valid) break;
        task.windows.back().tipsets.push_back(tipset);
    }
    STRATA_OK(check_room(task));
    if (task.windows.back().tipsets.empty()) {
        task.windows.pop_back();
        return Step::advanced;
    }
    const TipsetKey parents = task.windows.back().tipsets.back()->parents();
    if (!reached_valid) {
        STRATA_TRY(reached_valid, is_valid_here(parents));
    }
    if (!reached_valid) task.windows.push_back({parents, {}});
    return Step::advanced;
}

Result<Syncer::Step> Syncer::walk_up(Task& task, std::uint64_t now) {
    if (task.windows.empty()) return Step::done;
    auto& window = task.windows.back();
    if (window.tipsets.empty()) return load_window(task, now);
    const TipsetPtr tipset = window.tipsets.back();
    STRATA_TRY(const auto step, validate_tipset(task, tipset, now));
    if (step != Step::advanced) return step;  // the tipset is not validated yet
    task.windows.back().tipsets.pop_back();
    if (task.windows.back().tipsets.empty()) {
        task.windows.pop_back();
        task.asks_singly = false;
    }
    if (task.windows.empty()) return Step::done;
    // The blocks of the next tipset name the state after this one. It is found while their headers are checked.
    states_.begin(tipset);
    return Step::advanced;
}

// Finds messages that are already in the store: those of this node's own block, or of a block that was stored just
// before a crash.
Status Syncer::find_bodies(Task& task, const Tipset& tipset) {
    for (const auto& block : tipset.blocks()) {
        const Cid cid = block.cid();
        if (task.bodies.contains(cid)) continue;
        STRATA_TRY(const bool here, lasting(chain_.blocks()).has(cid));
        if (!here) continue;
        auto messages = chain_.messages(block);
        // Messages that were lost here can still be fetched from peers.
        if (!messages && messages.error().code() == Errc::missing_block) continue;
        if (!messages) return messages.error();
        task.bodies.emplace(cid, std::move(*messages));
    }
    return {};
}

// Returns a request for the messages of the next tipset and of those above it that lack them too, so that a long chain
// does not cost a request for each tipset.
ChainRequest Syncer::missing_bodies(const Task& task) const {
    const auto& tipsets = task.windows.back().tipsets;
    const auto is_here = [&](const Cid& block) { return task.bodies.contains(block); };
    const std::size_t longest = task.asks_singly ? 1 : std::min(limits_.body_window, tipsets.size());
    std::size_t length = 1;
    while (length < longest && std::ranges::none_of(tipsets[tipsets.size() - 1 - length]->cids(), is_here)) ++length;
    return {.top = tipsets[tipsets.size() - length]->key(), .length = length, .what = ChainRequest::What::blocks};
}

// Every peer may lack the newest of several tipsets, as after a snapshot. The oldest alone may still come.
Result<Syncer::Step> Syncer::request_bodies(Task& task, std::uint64_t now) {
    const auto missing = missing_bodies(task);
    const auto step = request(task, missing, now);
    if (step || step.error().code() != Errc::not_found || missing.length == 1) return step;
    task.asks_singly = true;
    ask_all_again(task);
    return request(task, missing_bodies(task), now);
}

// Validates the blocks of a tipset whose parents are valid. Waits if messages must be asked for.
Result<Syncer::Step> Syncer::validate_tipset(Task& task, const TipsetPtr& tipset, std::uint64_t now) {
    std::vector<BlockHeader> unvalidated;
    for (const auto& block : tipset->blocks()) {
        STRATA_TRY(const bool valid, consensus_.is_validated(block));
        if (!valid) unvalidated.push_back(block);
    }
    // Headers are checked before any body is asked for, and only once, although this runs again when an answer arrives.
    if (!task.headers_checked) STRATA_OK(validator_.check_headers(unvalidated, now));
    task.headers_checked = true;
    const auto lacks_body = [&](const BlockHeader& block) { return !task.bodies.contains(block.cid()); };
    if (std::ranges::any_of(unvalidated, lacks_body)) {
        if (!take_bodies(task)) STRATA_OK(find_bodies(task, *tipset));
        if (std::ranges::any_of(unvalidated, lacks_body)) return request_bodies(task, now);
    }
    for (const auto& block : unvalidated) {
        const FullBlock full{block, task.bodies.at(block.cid())};
        STRATA_OK(validator_.validate(full, now, BlockValidator::Header::checked));
    }
    STRATA_OK(consensus_.choose_head(tipset->height()));
    for (const auto& cid : tipset->cids()) task.bodies.erase(cid);
    task.headers_checked = false;
    note_progress(task);
    task.progress.height = tipset->height();
    return Step::advanced;
}

}  // namespace strata::chain
