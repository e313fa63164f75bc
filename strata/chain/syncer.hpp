#pragma once
// Follows the chains that peers announce: headers first, from the announced block down to a tipset that is valid here,
// with every check that headers alone allow; then messages, rules and execution, from the oldest up. Only valid blocks
// are stored. Source: docs/protocol/node.md §21 (lotus chain/sync.go, chain/sync_manager.go).
//
// The work is a table of tasks, one for each announced head. One thread at a time works on a task; every thread that
// calls run_until_idle() works, so one thread makes a repeatable run and several make a fast one. The table's lock is
// held only to read and update the table: no request, check or execution runs under it.
//
// All input is hostile. Tasks, requests, headers and bodies are bounded, per peer and in total; every request has a
// deadline; a peer that is slow, is silent or lies is asked less. A task that runs out of peers ends, without harm to
// the others.
#include <deque>
#include <set>

#include <strata/chain/block_source.hpp>
#include <strata/chain/block_validator.hpp>
#include <strata/chain/sync_status.hpp>

namespace strata::chain {

class StateManager;

/// The bounds that keep hostile peers from filling memory or holding up sync.
struct SyncLimits {
    std::size_t tasks = 64;
    std::size_t tasks_per_peer = 8;
    std::size_t tasks_per_miner = 4;  // whose headers are looked for, and that are not only claimed
    std::size_t requests = 16;        // requests that wait for an answer
    std::size_t requests_per_peer = 4;
    std::size_t doubt = 3;  // peers without an answer that make an announced chain doubtful
    std::size_t doubtful_requests = 6;
    std::size_t doubtful_peers = 16;  // peers without an answer that end a doubtful chain
    std::size_t window = 500;         // tipsets of a request for headers
    std::size_t body_window = 16;     // tipsets of a request for messages
    std::size_t headers = 4'000;      // tipsets that a task holds; those above are asked for again
    /// Bytes of the headers of all tasks. Above, a task that has more than a 32nd of them ends.
    std::size_t header_bytes = std::size_t{192} << 20;
    std::size_t body_bytes = std::size_t{64} << 20;  // bytes of announced blocks that wait
    std::size_t early_blocks = 64;                   // blocks whose time has not come
    std::size_t early_blocks_per_peer = 16;
    std::size_t early_bytes = std::size_t{32} << 20;
    std::uint64_t answer_time = 15;  // seconds
    std::uint64_t slow_answer = 3;   // seconds
};

class Syncer {
  public:
    Syncer(StateManager& states, Consensus& consensus, BlockValidator& validator, BadBlocks& bad,
           SyncLimits limits = {})
        : states_(states),
          chain_(states.chain()),
          consensus_(consensus),
          validator_(validator),
          bad_(bad),
          limits_(limits) {}

    /// Sets the source to ask from now on; it must outlive the syncer, or be replaced first.
    void set_source(BlockSource& source) STRATA_EXCLUDES(mutex_);

    /// Takes a block that a peer announced, with its messages. The answer is the result of the checks that need neither
    /// parents nor peers; the rest becomes a task. `now` is in Unix seconds. Errors: verification (the block is bad);
    /// out_of_range (too far from head or clock); busy (the block is kept until its time comes, or there is no room for
    /// this peer's blocks now); failures of this node.
    Status announce(const FullBlock& block, const PeerName& from, std::uint64_t now) {
        return announce(block.header, block.messages, from, now);
    }
    /// The same for a block whose messages are not all here; peers are asked for them once its header is checked. That
    /// the header names its messages' lists rightly was checked before (BlockDoor).
    Status announce(const BlockHeader& header, const PeerName& from, std::uint64_t now) {
        return announce(header, std::nullopt, from, now);
    }
    /// Takes a peer's statement that this is its head. Errors: busy.
    Status follow(const TipsetKey& head, const PeerName& from, std::uint64_t now) STRATA_EXCLUDES(mutex_);

    /// Takes early blocks whose time has come, ends requests that are overdue, and works until no task can continue.
    /// Errors: the first failure of this node; the task that met it is dropped and may be announced again.
    Status run_until_idle(std::uint64_t now) STRATA_EXCLUDES(mutex_);

    SyncStatus status() STRATA_EXCLUDES(mutex_);
    /// Called without a lock when a task ends with a refusal: the peer that announced it, and the reason.
    using RefusalListener = std::function<void(const PeerName& from, const Error& why)>;
    void on_refusal(RefusalListener listener) STRATA_EXCLUDES(mutex_);

  private:
    // Holds answers, which may arrive when the syncer is gone. Answers to requests that are no longer open are ignored.
    struct Mailbox {
        Mutex mutex;
        std::map<std::uint64_t, std::optional<ChainAnswer>> open STRATA_GUARDED_BY(mutex);
    };
    /// A request for headers: the tipsets from `top` down.
    struct Window {
        TipsetKey top;                   // the key as the child writes it
        std::vector<TipsetPtr> tipsets;  // newest first; empty if they must be asked for (again)
    };
    struct Open {
        std::uint64_t id = 0;
        PeerName peer;
        ChainRequest request;
        std::uint64_t asked_at = 0;
    };
    struct Task {
        std::uint64_t id = 0;
        // These members belong to the thread that works on the task.
        std::vector<Window> windows;            // from the target down
        TipsetPtr lowest;                       // the last header that was added
        std::optional<ChainEpoch> final_epoch;  // our chain is final up to it; empty until it is needed
        std::map<Cid, BlockMessages> bodies;
        bool headers_checked = false;  // the headers of the next tipset were checked
        bool asks_singly = false;      // several tipsets at once took too long, or nobody has them
        SyncStatus::Task progress;
        // These members are guarded by the table's lock.
        std::vector<PeerName> peers;      // the peers that announced it, the first one first
        std::set<PeerName> gave_nothing;  // peers without an answer since the last progress
        std::optional<PeerName> giver;    // the peer that gave the last part of the chain, soon and whole
        Address miner;                    // of the announced block
        bool is_claim = false;            // a peer named its target's blocks, and sent none of them
        std::size_t body_bytes = 0;
        std::size_t header_bytes = 0;
        SyncStatus::Task shown;             // a copy of `progress` for status()
        std::set<std::uint64_t> waits_for;  // tasks that fetch what this one needs
        std::optional<Open> open;
        bool lacks_turn = false;  // too many requests are open
        bool is_running = false;
    };
    /// A block that waits for its time.
    struct Early {
        BlockHeader header;
        std::optional<BlockMessages> messages;
        PeerName from;
        std::size_t bytes = 0;
        bool is_checked = false;  // its header was checked on valid parents
    };
    /// How a step of a task ended: the task can take the next step, waits for something, or is done.
    enum class Step { advanced, waits, done };
    struct PeerRecord {
        std::uint64_t penalty = 0;
        std::uint64_t lies = 0;
    };

    using Messages = std::optional<BlockMessages>;  // of one block; empty if they must be asked for
    Status announce(const BlockHeader& header, const Messages& messages, const PeerName& from, std::uint64_t now)
        STRATA_EXCLUDES(mutex_);
    Status check_announced(const BlockHeader& header, const Messages& messages, std::uint64_t now);
    Status keep_early(const BlockHeader& header, const Messages& messages, const PeerName& from, std::uint64_t now)
        STRATA_EXCLUDES(mutex_);
    Status add_task(std::unique_ptr<Task> task, const PeerName& from) STRATA_EXCLUDES(mutex_);
    std::unique_ptr<Task> new_task(const TipsetKey& target, std::uint64_t now);
    bool join_task(const TipsetKey& target, const PeerName& from) STRATA_EXCLUDES(mutex_);
    bool is_doubtful(const Task& task) const STRATA_REQUIRES(mutex_);
    Task* most_doubtful(const std::function<bool(const Task&)>& is_meant) STRATA_REQUIRES(mutex_);
    Task* least_needed(const std::map<PeerName, std::size_t>& count, const PeerName& from) STRATA_REQUIRES(mutex_);
    Result<Task*> miners_victim(const Task& task) STRATA_REQUIRES(mutex_);
    bool make_room(const Task& task, const PeerName& from) STRATA_REQUIRES(mutex_);
    Status take_early(std::uint64_t now) STRATA_EXCLUDES(mutex_);
    void end_overdue(std::uint64_t now) STRATA_EXCLUDES(mutex_);

    Task* take_runnable() STRATA_EXCLUDES(mutex_);
    bool can_run(const Task& task) STRATA_REQUIRES(mutex_);
    void finish(Task& task, const Result<Step>& step) STRATA_EXCLUDES(mutex_);
    void erase(const Task& task) STRATA_REQUIRES(mutex_);
    void give_turns() STRATA_REQUIRES(mutex_);

    // Fetches headers, from the target down.
    Result<Step> walk_down(Task& task, std::uint64_t now);
    Result<bool> add_header(Task& task, const TipsetPtr& tipset, std::uint64_t now);
    Status check_above(const Task& task, const Tipset& parent);
    Status check_fork(const TipsetPtr& base);
    Status check_not_final(Task& task, const Tipset& tipset);
    void drop_surplus(Task& task) const;
    Status check_room(Task& task) STRATA_EXCLUDES(mutex_);
    /// Notes the bytes of the headers that the task holds, and returns those of all tasks.
    std::size_t note_headers(Task& task) STRATA_EXCLUDES(mutex_);
    // Fetches and validates blocks, from the base up.
    Result<Step> walk_up(Task& task, std::uint64_t now);
    Result<bool> is_valid_here(const TipsetKey& key);
    Result<Step> load_window(Task& task, std::uint64_t now);
    Result<Step> validate_tipset(Task& task, const TipsetPtr& tipset, std::uint64_t now);
    Status find_bodies(Task& task, const Tipset& tipset);
    Result<Step> request_bodies(Task& task, std::uint64_t now);
    ChainRequest missing_bodies(const Task& task) const;
    static std::map<Cid, BlockMessages> named_bodies(const Task& task, const Open& asked, const ChainAnswer& answer);
    bool take_bodies(Task& task);
    // These functions send requests and take answers.
    Result<Step> request(Task& task, const ChainRequest& what, std::uint64_t now) STRATA_EXCLUDES(mutex_);
    std::size_t requests_for_better(const Task& task) const;
    std::optional<PeerName> choose_peer(const Task& task, const std::vector<PeerName>& reachable, bool& is_full)
        STRATA_REQUIRES(mutex_);
    bool waits_for(std::uint64_t id, std::uint64_t other) const STRATA_REQUIRES(mutex_);
    bool must_wait_for_others(Task& task, const TipsetKey& key) STRATA_EXCLUDES(mutex_);
    std::optional<std::vector<TipsetPtr>> take_headers(Task& task, std::uint64_t now);
    struct Answered {
        Open asked;
        ChainAnswer answer;
    };
    std::optional<Answered> take_answer(Task& task) STRATA_EXCLUDES(mutex_);
    PeerRecord& record_of(const PeerName& peer) STRATA_REQUIRES(mutex_);
    void blame(const PeerName& peer, std::uint64_t penalty) STRATA_EXCLUDES(mutex_);
    void note_nothing(Task& task, const PeerName& peer, Errc why) STRATA_EXCLUDES(mutex_);
    void note_progress(Task& task) STRATA_EXCLUDES(mutex_);
    void ask_all_again(Task& task) STRATA_EXCLUDES(mutex_);
    void note_giver(Task& task, const PeerName& peer) STRATA_EXCLUDES(mutex_);

    StateManager& states_;
    ChainStore& chain_;
    Consensus& consensus_;
    BlockValidator& validator_;
    BadBlocks& bad_;
    const SyncLimits limits_;
    const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    NoPeers nobody_;

    Mutex mutex_;
    BlockSource* source_ STRATA_GUARDED_BY(mutex_) = &nobody_;
    std::map<std::uint64_t, std::unique_ptr<Task>> tasks_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t next_id_ STRATA_GUARDED_BY(mutex_) = 1;
    std::multimap<Cid, std::uint64_t> targets_ STRATA_GUARDED_BY(mutex_);    // tasks by the blocks of their targets
    std::map<TipsetKey, std::uint64_t> fetching_ STRATA_GUARDED_BY(mutex_);  // tasks by the tops of their windows
    std::map<Cid, Early> early_ STRATA_GUARDED_BY(mutex_);
    LruMap<PeerName, PeerRecord> records_ STRATA_GUARDED_BY(mutex_){1'024};
    RefusalListener refusal_listener_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t finished_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t refused_ STRATA_GUARDED_BY(mutex_) = 0;
    std::string last_refusal_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::chain
