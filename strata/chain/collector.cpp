#include <strata/chain/collector.hpp>

#include <time.h>

#include <algorithm>
#include <condition_variable>

#include <strata/base/log.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/snapshot/walk.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/valid_mark.hpp>
#include <strata/ipld/cid_set.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/ipld/link_scan.hpp>
#include <strata/vm/link_scan.hpp>

namespace strata::chain {
namespace {

using Clock = std::chrono::steady_clock;

const Log kLog("store");

constexpr std::string_view kRecordKey = "chain/collected";
constexpr std::string_view kMovedKey = "chain/moved";  // the key of the lowest tipset whose headers were moved
constexpr std::string_view kStatePrefix = "chain/state/";
constexpr int kTipsetsAtOnce = 32;
constexpr std::uint64_t kMovedBetweenRecords = 1'000;  // tipsets
constexpr std::size_t kRemovedAtOnce = 1'000;
constexpr ChainEpoch kCollectionsInKept = 20;
constexpr auto kReportEvery = std::chrono::seconds(30);
constexpr auto kLookEvery = std::chrono::milliseconds(250);
constexpr auto kAfterFailure = std::chrono::seconds(30);
constexpr auto kForOthers = std::chrono::milliseconds(10);

// Writes many removals in batches.
class Removals {
  public:
    explicit Removals(store::KeyValue& meta) : meta_(meta) {}
    Status add(std::string_view key) {
        batch_.push_back({std::string(key), std::nullopt});
        return batch_.size() < kRemovedAtOnce ? Status{} : finish();
    }
    Status finish() { return batch_.empty() ? Status{} : meta_.write(std::exchange(batch_, {})); }

  private:
    store::KeyValue& meta_;
    std::vector<store::Write> batch_;
};

// Returns the time for which this thread has had a processor: where others work too, that is less than what passes.
std::chrono::nanoseconds time_of_thread() {
    timespec now{};
    if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return {};
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::uint64_t bytes_of_newest(const store::Generations& generations) {
    std::uint64_t total = 0;
    for (const auto& family : generations.sizes())
        if (!family.is_chain && !family.is_old) total += family.bytes;
    return total;
}

CollectorOptions with_defaults(CollectorOptions options) {
    if (options.every == 0) options.every = std::max<ChainEpoch>(1, options.keep_epochs / kCollectionsInKept);
    return options;
}

}  // namespace

Result<std::vector<Cid>> links_of_state(const Cid& cid, BytesView data) {
    auto scan = vm::scan_links(cid.codec(), data);
    if (scan.failure)
        return fail(Errc::malformed, "the block " + cid.to_string() + " of a state has links that cannot be read");
    return std::move(scan.links);
}

Result<std::optional<CollectionRecord>> last_collection(store::KeyValue& meta) {
    STRATA_TRY(const auto record, meta.get(kRecordKey));
    if (!record) return std::optional<CollectionRecord>{};
    auto out = from_cbor<CollectionRecord>(*record);
    if (!out) return std::move(out).error().with_context("the record " + std::string(kRecordKey));
    return std::optional(*out);
}

Collector::Collector(ChainStore& chain, StateManager* states, store::Generations& generations, CollectorOptions options)
    : chain_(chain), states_(states), generations_(generations), options_(with_defaults(std::move(options))) {}

Collector::~Collector() = default;

Collector::Progress Collector::progress() const {
    const Lock lock(mutex_);
    return progress_;
}

Result<bool> Collector::is_due() {
    if (options_.keep_epochs == 0) return false;
    if (forced_ || generations_.is_collecting()) return true;
    STRATA_TRY(const auto last, last_collection(chain_.meta()));
    const ChainEpoch head = chain_.head()->height();
    const ChainEpoch since = last ? head - last->head : head;
    if (since < options_.every) return false;
    if (head <= options_.keep_epochs && !generations_.has_old_chain()) return false;
    return !last || generations_.bytes_of_states() >= last->bytes / 100 * (100 + options_.growth);
}

Result<Collector::Step> Collector::begin() {
    STRATA_TRY(const bool due, is_due());
    if (!due) return Step::idle;
    const bool goes_on = generations_.is_collecting();
    const auto before = generations_.bytes_of_states();
    const bool is_sealed = generations_.is_sealed();
    if (!is_sealed) STRATA_OK(generations_.begin(links_of_state));
    forced_ = false;
    // Taken after the beginning: a state that is named from here on is noted by who names it.
    head_ = at_ = chain_.head();
    kept_ = 0;
    lowest_ = head_->height();
    begun_ = reported_ = Clock::now();
    stage_ = is_sealed ? Stage::sweep : Stage::roots;
    {
        const Lock lock(mutex_);
        progress_.collecting = true;
        progress_.before = before;
        progress_.needed = progress_.moved = {};
        progress_.tipsets_moved = 0;
    }
    kLog.info(goes_on ? "the collection of old states goes on" : "a collection of old states begins",
              {{"head", head_->height()}, {"keep_epochs", options_.keep_epochs}, {"states_bytes", before}});
    return Step::worked;
}

Status Collector::keep_if_here(const Cid& root) {
    return generations_.keep(root, store::Generations::Lack::is_allowed);
}

// The states that the main chain names, from the head down. A chain that came from a snapshot does not have all.
Result<Collector::Step> Collector::keep_roots() {
    if (kept_ == 0) {
        const auto genesis = chain_.genesis();
        STRATA_OK(move_tipset(*genesis, /*whole=*/true));
        STRATA_OK(keep_if_here(genesis->parent_state_root()));
        STRATA_OK(generations_.keep(head_->parent_state_root()));
        // Nobody names the state after the head yet. To ask for it is to keep it.
        if (states_ != nullptr) STRATA_OK(states_->known_state(head_));
    }
    for (int i = 0; i < kTipsetsAtOnce; ++i) {
        STRATA_OK(keep_if_here(at_->parent_state_root()));
        lowest_ = at_->height();
        if (++kept_ >= static_cast<std::uint64_t>(options_.keep_epochs) || at_->height() == 0) {
            stage_ = Stage::forks;
            return Step::worked;
        }
        STRATA_TRY(at_, chain_.parent(*at_));
    }
    return Step::worked;
}

// The states that valid blocks of forks name. What lies deeper than the kept states can never be built on again, so the
// marks of its blocks go.
Result<Collector::Step> Collector::keep_forks() {
    const bool has_old_chain = generations_.has_old_chain();
    Removals removals(chain_.meta());
    STRATA_OK(chain_.meta().for_each(kValidPrefix, [&](std::string_view key, BytesView) -> Result<bool> {
        STRATA_TRY(const auto mark, parse_valid_mark(key));
        if (mark.height < lowest_) {
            STRATA_OK(removals.add(key));
            return true;
        }
        STRATA_TRY(const auto header, chain_.header(mark.block));
        STRATA_OK(keep_if_here(header.parent_state_root));
        if (has_old_chain) {
            STRATA_TRY(const auto alone, Tipset::make({header}));
            STRATA_OK(move_tipset(*alone, /*whole=*/true));
        }
        return true;
    }));
    STRATA_OK(removals.finish());
    at_ = nullptr;
    stage_ = has_old_chain ? Stage::chain : Stage::states;
    return Step::worked;
}

// Copies a block and what is below it to the family that stays, as far as it is here.
Status Collector::copy_below(const Cid& root) {
    Blockstore& stays = lasting(chain_.blocks());
    std::vector<Cid> pending{root};
    CidSet seen;
    while (!pending.empty()) {
        const Cid cid = pending.back();
        pending.pop_back();
        if (!belongs_to_snapshot(cid) || !seen.insert(cid)) continue;
        auto block = stays.get(cid);
        if (!block && block.error().code() == Errc::missing_block) continue;
        if (!block) return std::move(block).error();
        STRATA_OK(stays.put_block(cid, *block));
        if (cid.codec() == Codec::dag_cbor) STRATA_OK(scan_links(*block, pending));
    }
    return {};
}

// Copies the headers of a tipset, and with `whole` the messages and the receipts that it names.
Status Collector::move_tipset(const Tipset& tipset, bool whole) {
    for (const auto& block : tipset.blocks()) {
        STRATA_OK(chain_.put_header(block));
        if (!whole) continue;
        STRATA_OK(copy_below(block.messages));
        STRATA_OK(copy_below(block.parent_message_receipts));
        // The parent of genesis is a text that says where it came from.
        if (block.height != 0) continue;
        for (const auto& parent : block.parents) STRATA_OK(copy_below(parent));
    }
    return {};
}

// Moves headers, messages and receipts out of a store that did not tell them apart, from the head down to genesis.
Result<Collector::Step> Collector::move_chain() {
    if (!at_) {
        at_ = head_;
        STRATA_TRY(const auto record, chain_.meta().get(kMovedKey));
        if (record) {
            STRATA_TRY(const auto key, TipsetKey::from_bytes(*record));
            STRATA_TRY(at_, chain_.tipset(key));
        }
    }
    for (int i = 0; i < kTipsetsAtOnce; ++i) {
        STRATA_OK(move_tipset(*at_, /*whole=*/true));
        const auto moved = [&] {
            const Lock lock(mutex_);
            return ++progress_.tipsets_moved;
        }();
        if (at_->height() == 0) {
            stage_ = Stage::states;
            return Step::worked;
        }
        STRATA_TRY(at_, chain_.parent(*at_));
        // The batch makes durable what was put before it.
        if (moved % kMovedBetweenRecords == 0) STRATA_OK(chain_.meta().put(kMovedKey, at_->key().bytes()));
    }
    return Step::worked;
}

Result<Collector::Step> Collector::mark_states() {
    const auto advanced = generations_.advance(options_.step_bytes);
    {
        const Lock lock(mutex_);
        progress_.needed = generations_.needed();
    }
    if (!advanced) return advanced.error();
    if (!*advanced) return Step::worked;
    auto writes = options_.at_end;
    const CollectionRecord record{head_->height(), generations_.needed().bytes, lowest_};
    writes.push_back({std::string(kRecordKey), to_cbor(record)});
    writes.push_back({std::string(kMovedKey), std::nullopt});
    const bool releases = generations_.has_bottom();
    STRATA_TRY(const bool sealed, generations_.seal(std::move(writes)));
    if (!sealed) return Step::waits;
    stage_ = Stage::sweep;
    if (releases && options_.released) options_.released();
    return Step::worked;
}

// A killed process may have sealed the collection, so what it kept is in the record.
Result<Collector::Step> Collector::sweep_states() {
    if (!generations_.is_in_order()) return Step::waits;
    const auto swept = generations_.sweep(options_.step_bytes);
    {
        const Lock lock(mutex_);
        progress_.moved = generations_.moved();
    }
    if (!swept) return swept.error();
    if (!*swept) return Step::worked;
    STRATA_TRY(auto record, last_collection(chain_.meta()));
    if (!record)
        return fail(Errc::malformed, "the record " + std::string(kRecordKey) +
                                         " is lost, which was written when the collection was sealed");
    const auto kept = bytes_of_newest(generations_);
    record->bytes = kept;
    STRATA_OK(generations_.finish({{std::string(kRecordKey), to_cbor(*record)}}));
    stage_ = Stage::idle;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_).count();
    {
        const Lock lock(mutex_);
        progress_.collecting = false;
        progress_.freed = progress_.before - std::min(progress_.before, kept);
        progress_.kept = kept;
        ++progress_.ended;
    }
    const auto done = progress();
    kLog.info("a collection of old states has ended", {{"head", chain_.head()->height()},
                                                       {"kept_from", record->kept_from},
                                                       {"moved_blocks", done.moved.blocks},
                                                       {"freed_bytes", done.freed},
                                                       {"states_bytes", kept},
                                                       {"milliseconds", took}});
    // A result whose state is gone does not count, so the record of it may go at any time.
    if (const auto removed = remove_old_results(); !removed)
        kLog.warning("records of states that are gone could not be removed; the next collection tries again",
                     {{"cause", removed.error().message()}});
    return Step::ended;
}

Status Collector::remove_old_results() {
    Removals removals(chain_.meta());
    STRATA_OK(chain_.meta().for_each(kStatePrefix, [&](std::string_view key, BytesView value) -> Result<bool> {
        STRATA_TRY(const auto state, from_cbor<TipsetState>(value));
        STRATA_TRY(const bool here, chain_.blocks().has(state.state_root));
        if (!here) STRATA_OK(removals.add(key));
        return true;
    }));
    return removals.finish();
}

Result<Collector::Step> Collector::step() {
    switch (stage_) {
        case Stage::idle:
            return begin();
        case Stage::roots:
            return keep_roots();
        case Stage::forks:
            return keep_forks();
        case Stage::chain:
            return move_chain();
        case Stage::states:
            return mark_states();
        case Stage::sweep:
            return sweep_states();
    }
    return Step::idle;
}

void Collector::report() {
    const auto now = Clock::now();
    if (stage_ == Stage::idle || now < reported_ + kReportEvery) return;
    reported_ = now;
    const auto so_far = progress();
    kLog.info("old states are collected", {{"needed_blocks", so_far.needed.blocks},
                                           {"needed_bytes", so_far.needed.bytes},
                                           {"of_at_most", so_far.before},
                                           {"moved_bytes", so_far.moved.bytes},
                                           {"tipsets_moved", so_far.tipsets_moved}});
}

void Collector::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

// After a step the thread rests as long as the step worked, unless the chain grows faster than that is: a collection
// must end before the next one is due.
void Collector::run(const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any never;
    LogLimit limit(1, std::chrono::minutes(10));
    while (!stop.stop_requested()) {
        const auto began = time_of_thread();
        const auto done = step();
        report();
        auto rest = time_of_thread() - began;
        if (!done) {
            kLog.limited(limit, LogLevel::error,
                         "old states cannot be collected now; nothing that is needed was removed",
                         {{"cause", done.error().message()}});
            rest = kAfterFailure;
        } else if (*done == Step::idle || *done == Step::ended) {
            rest = kLookEvery;
        } else if (*done == Step::waits) {
            rest = kForOthers;
        } else if (chain_.head()->height() > head_->height() + options_.every / 2) {
            continue;
        }
        Lock lock(mutex);
        never.wait_for(lock, stop, rest, [] { return false; });
    }
}

}  // namespace strata::chain
