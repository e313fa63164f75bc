// The part of Syncer with the announcements of peers, the table of tasks, and the requests. The steps of a task are in
// syncer_steps.cpp.
#include <strata/chain/syncer.hpp>

#include <ranges>

#include <strata/chain/block_door.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/state_manager.hpp>

namespace strata::chain {
namespace {

// These values are ours. Peers with the least penalty are asked first; those that announced a chain, or gave the last
// part of it, count as better by what they probably have. A peer that lied kMaxLies times is no longer asked.
constexpr std::uint64_t kSlowPenalty = 1;
constexpr std::uint64_t kSilencePenalty = 2;
constexpr std::uint64_t kLiePenalty = 10;
constexpr std::uint64_t kMaxLies = 3;
constexpr std::uint64_t kAnnouncerBonus = 3;
constexpr std::uint64_t kGiverBonus = 8;

template <class Map>
void erase_values(Map& map, std::uint64_t id) {
    std::erase_if(map, [&](const auto& entry) { return entry.second == id; });
}

}  // namespace

void Syncer::set_source(BlockSource& source) {
    const Lock lock(mutex_);
    source_ = &source;
}

void Syncer::on_refusal(RefusalListener listener) {
    const Lock lock(mutex_);
    refusal_listener_ = std::move(listener);
}

// Checks everything that needs neither parents nor peers, the cheapest first.
Status Syncer::check_announced(const BlockHeader& header, const Messages& messages, std::uint64_t now) {
    STRATA_OK(check_header_alone(header));
    const ChainEpoch head = chain_.head()->height();
    if (!is_in_consensus_range(states_.network(), header.height, head, now))
        return fail(Errc::out_of_range, "block: height is " + std::to_string(header.height) +
                                            ", but the head and the clock allow only " +
                                            consensus_range_text(states_.network(), head, now));
    // On every valid chain the time follows from the height.
    const std::uint64_t timestamp =
        chain_.genesis()->min_timestamp() + states_.network().block_delay * static_cast<std::uint64_t>(header.height);
    if (header.timestamp != timestamp)
        return fail(Errc::verification, "block: timestamp is " + std::to_string(header.timestamp) + ", expected " +
                                            std::to_string(timestamp));
    return messages ? check_messages_named(header, *messages) : Status();
}

Status Syncer::announce(const BlockHeader& header, const Messages& messages, const PeerName& from, std::uint64_t now) {
    const Cid cid = header.cid();
    if (const auto why = bad_.reason(cid, now)) return fail(Errc::verification, *why);
    STRATA_TRY(const bool known, consensus_.is_validated(header));
    if (known) return consensus_.choose_head(header.height);
    // A chain that cannot win is not followed.
    if (header.parent_weight < chain_.head()->parent_weight()) return {};
    const TipsetKey target({cid});
    if (join_task(target, from)) return {};
    STRATA_OK(check_announced(header, messages, now));
    if (header.timestamp > now + kClockDrift) return keep_early(header, messages, from, now);
    auto task = new_task(target, now);
    task->miner = header.miner;
    STRATA_TRY(task->lowest, Tipset::make({header}));
    task->windows.push_back({target, {task->lowest}});
    if (messages) {
        task->bodies.emplace(cid, *messages);
        task->body_bytes = approximate_size({header, *messages});
    }
    task->progress.target_tipset = task->lowest;
    task->progress.height = task->progress.target_height = header.height;
    return add_task(std::move(task), from);
}

Status Syncer::follow(const TipsetKey& head, const PeerName& from, std::uint64_t now) {
    if (head.empty() || head.cids().size() > kMaxParents)
        return fail(Errc::verification, "the head of " + from + " has " + std::to_string(head.cids().size()) +
                                            " blocks, expected 1 to " + std::to_string(kMaxParents));
    if (join_task(head, from)) return {};
    auto task = new_task(head, now);
    task->is_claim = true;
    task->windows.push_back({head, {}});
    return add_task(std::move(task), from);
}

// Keeps a block whose time has not come. If its parents are valid here, its header is checked first.
Status Syncer::keep_early(const BlockHeader& header, const Messages& messages, const PeerName& from,
                          std::uint64_t now) {
    const Cid cid = header.cid();
    STRATA_TRY(const bool is_checked, is_valid_here(TipsetKey(header.parents)));
    if (is_checked) {
        // The states of parents far below the head may be gone, so forks that are too long are refused first.
        STRATA_TRY(const auto parents, chain_.find_tipset(TipsetKey(header.parents)));
        STRATA_OK(check_fork(parents));
        STRATA_OK(validator_.check_header(header, now));
    }
    const auto waits =
        fail(Errc::busy, "block: its timestamp is " + std::to_string(header.timestamp) + ", but the clock says " +
                             std::to_string(now) + "; the block waits until then");
    const auto no_room = fail(Errc::busy, "block: there is no room for an early block of " + from);
    const std::size_t size = approximate_size({header, messages.value_or(BlockMessages())});
    const Lock lock(mutex_);
    if (early_.contains(cid)) return waits;
    std::size_t bytes = size;
    std::size_t of_peer = 0;
    for (const auto& [other, entry] : early_) {
        bytes += entry.bytes;
        of_peer += entry.from == from ? 1U : 0U;
    }
    if (of_peer >= limits_.early_blocks_per_peer) return no_room;
    // A checked block is known to come from a miner; unchecked ones give way to it.
    while (early_.size() >= limits_.early_blocks || bytes > limits_.early_bytes) {
        const auto victim = std::ranges::find_if(early_, [](const auto& entry) { return !entry.second.is_checked; });
        if (!is_checked || victim == early_.end()) return no_room;
        bytes -= victim->second.bytes;
        early_.erase(victim);
    }
    early_.emplace(cid, Early{header, messages, from, size, is_checked});
    return waits;
}

Status Syncer::take_early(std::uint64_t now) {
    std::vector<Early> due;
    {
        const Lock lock(mutex_);
        for (auto it = early_.begin(); it != early_.end();) {
            const bool is_due = it->second.header.timestamp <= now + kClockDrift;
            if (is_due) due.push_back(std::move(it->second));
            it = is_due ? early_.erase(it) : std::next(it);
        }
    }
    // Parents must come before their children.
    std::ranges::sort(due, {}, [](const Early& early) { return early.header.height; });
    for (const auto& early : due) {
        const auto taken = announce(early.header, early.messages, early.from, now);
        if (!taken && taken.error().is_fatal()) return taken;
    }
    return {};
}

std::unique_ptr<Syncer::Task> Syncer::new_task(const TipsetKey& target, std::uint64_t now) {
    auto task = std::make_unique<Task>();
    task->progress.target = target;
    task->progress.head = chain_.head();
    task->progress.began = now;
    return task;
}

// Adds a peer to the task of the head that it announces too, so that it may be asked as well. Returns false if there is
// no such task.
bool Syncer::join_task(const TipsetKey& target, const PeerName& from) {
    const Lock lock(mutex_);
    for (const auto& [id, task] : tasks_) {
        if (task->shown.target != target) continue;
        if (std::ranges::find(task->peers, from) == task->peers.end()) task->peers.push_back(from);
        return true;
    }
    return false;
}

// Returns true if several peers have none of the headers below an announced block, or of a claimed head. A dishonest
// miner can sign any number of blocks whose parents do not exist; honest peers pass them on and are not to blame.
bool Syncer::is_doubtful(const Task& task) const {
    return task.shown.stage == SyncStatus::Stage::headers && task.gave_nothing.size() >= limits_.doubt;
}

// Returns the idle doubtful task that was asked of the most peers; null if there is none.
Syncer::Task* Syncer::most_doubtful(const std::function<bool(const Task&)>& is_meant) {
    Task* out = nullptr;
    for (const auto& [id, task] : tasks_) {
        if (task->is_running || !is_doubtful(*task) || !is_meant(*task)) continue;
        if (out == nullptr || task->gave_nothing.size() > out->gave_nothing.size()) out = task.get();
    }
    return out;
}

// Returns the idle task that gives way to a new one of `from`: the most doubtful one, or the newest of a peer that
// would still have at least as many tasks as `from` would have with one more. So no peer can push out others that have
// fewer tasks. Null if there is none.
Syncer::Task* Syncer::least_needed(const std::map<PeerName, std::size_t>& count, const PeerName& from) {
    if (Task* const task = most_doubtful([](const Task&) { return true; })) return task;
    for (const auto& [id, task] : tasks_ | std::views::reverse)
        if (!task->is_running && count.at(task->peers.front()) > count.at(from) + 1) return task.get();
    return nullptr;
}

// Returns the doubtful task of the same miner that must give way to a new one, null if none must; an error if the miner
// already has as many blocks whose headers are looked for as it may. An honest miner whose blocks come while this node
// catches up loses nothing: the chain of a later block has them.
Result<Syncer::Task*> Syncer::miners_victim(const Task& task) {
    if (task.is_claim) return nullptr;
    const auto is_alike = [&](const Task& other) {
        return !other.is_claim && other.miner == task.miner && other.shown.stage == SyncStatus::Stage::headers;
    };
    const auto count = std::ranges::count_if(tasks_, [&](const auto& entry) { return is_alike(*entry.second); });
    if (static_cast<std::size_t>(count) < limits_.tasks_per_miner) return nullptr;
    Task* const victim = most_doubtful(is_alike);
    if (victim == nullptr) return fail(Errc::busy, "sync: the miner has enough blocks whose parents are looked for");
    return victim;
}

// Makes room for a task of `from`; at most one task gives way, and none if there is no room even so. Doubtful tasks do
// not count as those of a peer.
bool Syncer::make_room(const Task& task, const PeerName& from) {
    std::map<PeerName, std::size_t> count{{from, 0}};
    for (const auto& [id, other] : tasks_) count[other->peers.front()] += is_doubtful(*other) ? 0U : 1U;
    if (count[from] >= limits_.tasks_per_peer) return false;
    const auto of_miner = miners_victim(task);
    if (!of_miner) return false;
    const bool is_full = tasks_.size() >= limits_.tasks;
    const Task* const victim = *of_miner == nullptr && is_full ? least_needed(count, from) : *of_miner;
    if (victim == nullptr) return !is_full;
    erase(*victim);
    return true;
}

Status Syncer::add_task(std::unique_ptr<Task> task, const PeerName& from) {
    const Lock lock(mutex_);
    std::size_t bytes = task->body_bytes;
    for (const auto& [id, other] : tasks_) bytes += other->body_bytes;
    const PeerRecord* const record = records_.find(from);
    if (record != nullptr && record->lies >= kMaxLies)
        return fail(Errc::busy,
                    "sync: " + from + " lied " + std::to_string(record->lies) + " times; it is no longer asked");
    if (bytes > limits_.body_bytes || !make_room(*task, from))
        return fail(Errc::busy, "sync: there is no room for more blocks of " + from);
    task->id = task->progress.id = next_id_++;
    task->peers = {from};
    task->progress.from = from;
    task->shown = task->progress;
    for (const auto& cid : task->progress.target.cids()) targets_.emplace(cid, task->id);
    tasks_.emplace(task->id, std::move(task));
    return {};
}

void Syncer::erase(const Task& task) {
    const std::uint64_t id = task.id;
    if (task.open) {
        const Lock lock(mailbox_->mutex);
        mailbox_->open.erase(task.open->id);
    }
    erase_values(targets_, id);
    erase_values(fetching_, id);
    tasks_.erase(id);
    give_turns();
}

// Tells waiting tasks that there is room for a request again.
void Syncer::give_turns() {
    for (const auto& [id, task] : tasks_) task->lacks_turn = false;
}

bool Syncer::can_run(const Task& task) {
    if (task.is_running || task.lacks_turn) return false;
    for (const std::uint64_t id : task.waits_for)
        if (tasks_.contains(id)) return false;
    if (!task.open) return true;
    const Lock lock(mailbox_->mutex);
    const auto it = mailbox_->open.find(task.open->id);
    return it == mailbox_->open.end() || it->second.has_value();
}

Syncer::Task* Syncer::take_runnable() {
    const Lock lock(mutex_);
    for (const auto& [id, task] : tasks_) {
        if (!can_run(*task)) continue;
        task->is_running = true;
        task->waits_for.clear();
        return task.get();
    }
    return nullptr;
}

// Ends a step on the thread that ran it. The task is removed if it is done or refused.
void Syncer::finish(Task& task, const Result<Step>& step) {
    RefusalListener listener;
    PeerName from;
    {
        const Lock lock(mutex_);
        from = task.peers.front();
        task.is_running = false;
        task.shown = task.progress;
        if (!step) ++refused_;
        // The reason of a failure of this node may name its files, and says nothing of the peers' chain.
        if (!step && !step.error().is_fatal()) {
            last_refusal_ = step.error().message();
            listener = refusal_listener_;
        }
        if (!step || *step == Step::done) {
            ++finished_;
            erase(task);
        }
    }
    if (listener) listener(from, step.error());
}

// Answers overdue requests with an error, so that their tasks continue and ask a different peer. Tasks that found no
// free place for a request try again.
void Syncer::end_overdue(std::uint64_t now) {
    const Lock lock(mutex_);
    for (const auto& [id, task] : tasks_) {
        task->lacks_turn = false;
        if (!task->open || now < task->open->asked_at + limits_.answer_time) continue;
        const Lock mail(mailbox_->mutex);
        const auto it = mailbox_->open.find(task->open->id);
        if (it != mailbox_->open.end() && !it->second)
            it->second = fail(Errc::truncated, task->open->peer + " did not answer within " +
                                                   std::to_string(limits_.answer_time) + " seconds");
    }
}

Status Syncer::run_until_idle(std::uint64_t now) {
    STRATA_OK(take_early(now));
    end_overdue(now);
    Status result;
    while (Task* const task = take_runnable()) {
        const auto step =
            task->progress.stage == SyncStatus::Stage::headers ? walk_down(*task, now) : walk_up(*task, now);
        // Only the first failure is returned.
        if (!step && step.error().is_fatal() && result) result = step.error();
        finish(*task, step);
    }
    return result;
}

SyncStatus Syncer::status() {
    const Lock lock(mutex_);
    SyncStatus out;
    for (const auto& [id, task] : tasks_) {
        out.tasks.push_back(task->shown);
        out.requests += task->open ? 1U : 0U;
        out.body_bytes += task->body_bytes;
    }
    out.early_blocks = early_.size();
    for (const auto& [cid, early] : early_) out.early_bytes += early.bytes;
    out.finished = finished_;
    out.refused = refused_;
    out.last_refusal = last_refusal_;
    out.messages_applied = states_.messages_applied();
    return out;
}

// Returns true if the task waits for the other one, or for one that waits for it.
bool Syncer::waits_for(std::uint64_t id, std::uint64_t other) const {
    std::set<std::uint64_t> seen;
    std::vector<std::uint64_t> pending{id};
    while (!pending.empty()) {
        const auto at = pending.back();
        pending.pop_back();
        if (at == other) return true;
        const auto task = tasks_.find(at);
        if (task == tasks_.end() || !seen.insert(at).second) continue;
        pending.insert(pending.end(), task->second->waits_for.begin(), task->second->waits_for.end());
    }
    return false;
}

// Returns true if a different task fetches this tipset or has one of its blocks as its target. This task then waits for
// that task, which may ask this task's peers. If there is no such task, notes that this one fetches the tipset.
// Between true tipsets, waiting goes down the chain. A peer may claim a head that has a block and its parent, so nobody
// waits for a task that waits for it already; nor for a claimed head that only shares some blocks with the tipset.
bool Syncer::must_wait_for_others(Task& task, const TipsetKey& key) {
    const Lock lock(mutex_);
    std::set<std::uint64_t> others;
    for (const auto& cid : key.cids())
        for (auto [it, end] = targets_.equal_range(cid); it != end; ++it) {
            const Task& other = *tasks_.at(it->second);
            if (!other.is_claim || same_blocks(other.shown.target, key)) others.insert(it->second);
        }
    if (const auto [it, claimed] = fetching_.try_emplace(key, task.id); !claimed) others.insert(it->second);
    for (auto it = others.begin(); it != others.end();) it = waits_for(*it, task.id) ? others.erase(it) : std::next(it);
    for (const std::uint64_t id : others) {
        auto& peers = tasks_.at(id)->peers;
        for (const auto& peer : task.peers)
            if (std::ranges::find(peers, peer) == peers.end()) peers.push_back(peer);
    }
    task.waits_for = others;
    return !others.empty();
}

// Returns how many requests the task leaves to chains of which more is known: heads that are only claimed to those of
// which a header came, and both to chains that begin in ours.
std::size_t Syncer::requests_for_better(const Task& task) const {
    if (task.lowest == nullptr) return limits_.requests / 4;
    return task.progress.stage == SyncStatus::Stage::headers ? limits_.requests / 8 : 0;
}

// Chooses a peer to ask. Sets `is_full` if a peer could be asked later.
std::optional<PeerName> Syncer::choose_peer(const Task& task, const std::vector<PeerName>& reachable, bool& is_full) {
    std::map<PeerName, std::size_t> asked;
    std::size_t open = 0;
    std::size_t doubtful = 0;
    for (const auto& [id, other] : tasks_) {
        if (!other->open) continue;
        ++open;
        doubtful += is_doubtful(*other) ? 1U : 0U;
        ++asked[other->open->peer];
    }
    // Candidates of equal cost keep this order.
    std::vector<PeerName> candidates;
    for (const auto& peer : task.peers)
        if (std::ranges::find(reachable, peer) != reachable.end()) candidates.push_back(peer);
    for (const auto& peer : reachable)
        if (std::ranges::find(candidates, peer) == candidates.end()) candidates.push_back(peer);
    const auto most = std::max<std::size_t>(1, limits_.requests - requests_for_better(task));
    const bool is_doubted = is_doubtful(task);
    const bool is_held_back = is_doubted && doubtful >= limits_.doubtful_requests;
    std::optional<PeerName> best;
    std::uint64_t least = 0;
    is_full = false;
    if (is_doubted && task.gave_nothing.size() >= limits_.doubtful_peers) return std::nullopt;
    for (const auto& peer : candidates) {
        if (task.gave_nothing.contains(peer)) continue;
        const PeerRecord* const record = records_.find(peer);
        if (record != nullptr && record->lies >= kMaxLies) continue;
        if (is_held_back || open >= most || asked[peer] >= limits_.requests_per_peer) {
            is_full = true;
            continue;
        }
        const bool is_announcer = std::ranges::find(task.peers, peer) != task.peers.end();
        const std::uint64_t bonus = peer == task.giver ? kGiverBonus : is_announcer ? kAnnouncerBonus : 0;
        const std::uint64_t cost = (record == nullptr ? 0 : record->penalty) + kGiverBonus - bonus;
        if (best && least <= cost) continue;
        best = peer;
        least = cost;
    }
    return best;
}

Result<Syncer::Step> Syncer::request(Task& task, const ChainRequest& what, std::uint64_t now) {
    BlockSource* const source = [&] {
        const Lock lock(mutex_);
        return source_;
    }();
    // The source is asked without the lock, because it may take locks of its own or answer at once.
    const auto reachable = source->peers();
    std::optional<PeerName> peer;
    std::uint64_t id = 0;
    {
        const Lock lock(mutex_);
        bool is_full = false;
        peer = choose_peer(task, reachable, is_full);
        task.lacks_turn = !peer && is_full;
        if (task.lacks_turn) return Step::waits;
        if (!peer) return fail(Errc::not_found, "sync: no peer can send tipset " + what.top.to_string());
        id = next_id_++;
        task.open = Open{id, *peer, what, now};
        // Lock order: the mailbox after the table. Answers lock the mailbox alone.
        const Lock mail(mailbox_->mutex);
        mailbox_->open.emplace(id, std::nullopt);
    }
    source->ask(*peer, what, [mailbox = mailbox_, id](ChainAnswer answer) {
        const Lock lock(mailbox->mutex);
        const auto it = mailbox->open.find(id);
        if (it != mailbox->open.end() && !it->second) it->second = std::move(answer);
    });
    return Step::waits;
}

std::optional<Syncer::Answered> Syncer::take_answer(Task& task) {
    const Lock lock(mutex_);
    if (!task.open) return std::nullopt;
    const Lock mail(mailbox_->mutex);
    auto letter = mailbox_->open.extract(task.open->id);
    Answered out{*task.open, Errc::busy};
    task.open.reset();
    give_turns();
    if (!letter.empty() && letter.mapped()) out.answer = std::move(*letter.mapped());
    return out;
}

Syncer::PeerRecord& Syncer::record_of(const PeerName& peer) {
    if (records_.find(peer) == nullptr) records_.put(peer, {});
    return *records_.find(peer);
}

void Syncer::blame(const PeerName& peer, std::uint64_t penalty) {
    const Lock lock(mutex_);
    record_of(peer).penalty += penalty;
}

// Notes why a peer's answer brings the task nothing. A peer that says it has nothing may be right: what it was asked
// for may not exist.
void Syncer::note_nothing(Task& task, const PeerName& peer, Errc why) {
    const Lock lock(mutex_);
    task.gave_nothing.insert(peer);
    PeerRecord& record = record_of(peer);
    if (why == Errc::truncated) record.penalty += kSilencePenalty;
    if (why != Errc::verification) return;
    record.penalty += kLiePenalty;
    ++record.lies;
}

// The others could have had what one peer has. They may be asked again for what comes next, after those that have more.
void Syncer::note_progress(Task& task) {
    const Lock lock(mutex_);
    for (const auto& peer : task.gave_nothing) record_of(peer).penalty += kSlowPenalty;
    task.gave_nothing.clear();
}

// Nobody is to blame: nobody had what was asked for.
void Syncer::ask_all_again(Task& task) {
    const Lock lock(mutex_);
    task.gave_nothing.clear();
}

// A good answer makes up for an earlier slow one, and its peer is asked first for the next part of the chain.
void Syncer::note_giver(Task& task, const PeerName& peer) {
    const Lock lock(mutex_);
    task.giver = peer;
    PeerRecord* const record = records_.find(peer);
    if (record != nullptr && record->penalty > 0) --record->penalty;
}

// Returns the tipsets of an answer if they are the ones that were asked for. Empty if there is no answer yet, or if it
// is an error or a lie.
std::optional<std::vector<TipsetPtr>> Syncer::take_headers(Task& task, std::uint64_t now) {
    const auto answered = take_answer(task);
    if (!answered) return std::nullopt;
    const auto& [asked, answer] = *answered;
    if (!answer || answer->empty()) {
        note_nothing(task, asked.peer, answer ? Errc::not_found : answer.error().code());
        return std::nullopt;
    }
    std::vector<TipsetPtr> out;
    TipsetKey expected = asked.request.top;
    for (const auto& blocks : *answer) {
        std::vector<BlockHeader> headers;
        for (const auto& block : blocks) headers.push_back(block.header);
        const auto tipset = Tipset::make(std::move(headers));
        if (!tipset || !same_blocks((*tipset)->key(), expected) || out.size() == asked.request.length) {
            note_nothing(task, asked.peer, Errc::verification);
            return std::nullopt;
        }
        expected = (*tipset)->parents();
        out.push_back(*tipset);
    }
    // A peer that is slow, or sends only a few tipsets at a time, is asked after the others.
    const bool is_short = out.size() < asked.request.length / 2 && out.back()->height() > 0;
    if (is_short || now >= asked.asked_at + limits_.slow_answer)
        blame(asked.peer, kSlowPenalty);
    else
        note_giver(task, asked.peer);
    note_progress(task);
    return out;
}

// Returns the messages of the blocks of an answer, by block. Empty if the answer is not a piece of the task's chain
// that begins where it was asked to, or if a block came with messages that its header does not name.
std::map<Cid, BlockMessages> Syncer::named_bodies(const Task& task, const Open& asked, const ChainAnswer& answer) {
    std::map<Cid, BlockMessages> found;
    const auto& tipsets = task.windows.back().tipsets;
    auto tipset = std::ranges::find(tipsets, asked.request.top, [](const TipsetPtr& own) { return own->key(); });
    for (const auto& blocks : *answer) {
        if (tipset == tipsets.end()) return {};
        const auto& cids = (*tipset)->cids();
        for (const auto& block : blocks)
            if (std::ranges::find(cids, block.header.cid()) != cids.end() &&
                check_messages_named(block.header, block.messages))
                found.emplace(block.header.cid(), block.messages);
        if (!std::ranges::all_of(cids, [&](const Cid& cid) { return found.contains(cid); })) return {};
        ++tipset;
    }
    return found;
}

// Takes the messages of blocks from an answer. Returns false if there is no answer yet, or if it is an error or a lie.
bool Syncer::take_bodies(Task& task) {
    const auto answered = take_answer(task);
    if (!answered) return false;
    const auto& [asked, answer] = *answered;
    // All of them may have taken too long or too much room. One alone may still come.
    const auto code = answer ? Errc::not_found : answer.error().code();
    if (asked.request.length > 1 && (code == Errc::truncated || code == Errc::busy)) {
        if (code == Errc::truncated) blame(asked.peer, kSlowPenalty);
        task.asks_singly = true;
        return false;
    }
    if (!answer || answer->empty()) {
        note_nothing(task, asked.peer, code);
        return false;
    }
    auto found = named_bodies(task, asked, answer);
    if (found.empty() || answer->size() > asked.request.length) {
        note_nothing(task, asked.peer, Errc::verification);
        return false;
    }
    task.bodies.merge(found);
    note_giver(task, asked.peer);
    return true;
}

}  // namespace strata::chain
