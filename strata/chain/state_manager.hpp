#pragma once
// Executes tipsets and returns the states and receipts that a chain leads to. Source: docs/protocol/fvm.md §3.9,
// docs/protocol/node.md §9 (lotus chain/consensus/compute_state.go). Thread-safe. Work runs on the caller's thread, in
// one of two lanes of limited width, so that simulations never hold up the validation of blocks. Executions share no
// mutable state: each has its own buffered store.
#include <atomic>
#include <functional>
#include <future>

#include <strata/base/lru_map.hpp>
#include <strata/base/metrics.hpp>
#include <strata/base/mutex.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::store {
struct Write;
}

namespace strata::vm {
class ActorTable;
class Executor;
class ProofVerifier;
struct Applied;
struct Doors;
struct MachineConfig;
}  // namespace strata::vm

namespace strata::chain {

class ChainStore;
class Sandbox;
class TipsetWatcher;
struct Executed;
struct Network;
struct TipsetExecution;
enum class Trace;

/// Lets a limited number of threads in; the others wait.
class Lane {
  public:
    explicit Lane(std::size_t width) : free_(width) {}
    /// A place in the lane, held until the end of the scope.
    class Place {
      public:
        explicit Place(Lane& lane) : lane_(lane) { lane_.enter(); }
        ~Place() { lane_.leave(); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

      private:
        Lane& lane_;
    };

  private:
    void enter() STRATA_EXCLUDES(mutex_);
    void leave() STRATA_EXCLUDES(mutex_);
    Mutex mutex_;
    Condition left_;
    std::size_t free_ STRATA_GUARDED_BY(mutex_);
};

class StateManager {
  public:
    /// All arguments must outlive the manager. `stopwatch` measures the execution of each tipset.
    StateManager(ChainStore& chain, const Network& network, vm::ProofVerifier& proofs, const vm::ActorTable& actors,
                 Stopwatch stopwatch = {})
        : chain_(chain), network_(network), proofs_(proofs), actors_(actors), stopwatch_(std::move(stopwatch)) {}

    /// Returns the state after a tipset: a known one, or one found by executing the tipset once, however many threads
    /// ask. Its parent state must be in the store. Only blocks are written: a result becomes a record when a valid
    /// child agrees with it. Errors: missing_block, io and other failures of this node, after which the next call tries
    /// again; verification if the tipset cannot be executed on any node.
    Result<TipsetState> state_after(const TipsetPtr& tipset) STRATA_EXCLUDES(mutex_);
    /// Starts to execute a tipset on a thread of this object, unless its state is known or an earlier one still runs
    /// there, so that the caller can check what needs no state meanwhile. state_after() then waits for that execution.
    void begin(const TipsetPtr& tipset) STRATA_EXCLUDES(ahead_mutex_);
    /// Does the same as state_after() for a caller whose block names a different state: a known result is not trusted,
    /// since it may come from an earlier program or a damaged store. The tipset is executed again, but only once in the
    /// life of this object, because execution is deterministic.
    Result<TipsetState> state_after_again(const TipsetPtr& tipset) STRATA_EXCLUDES(mutex_);
    /// Returns the state after a tipset if it is known without executing anything; otherwise empty.
    Result<std::optional<TipsetState>> known_state(const TipsetPtr& tipset) STRATA_EXCLUDES(mutex_);

    /// Sets the answer of state_after() to a result that is known from elsewhere (the headers of an imported chain name
    /// it) and whose blocks are in the store.
    Status record(const Tipset& tipset, const TipsetState& state) STRATA_EXCLUDES(mutex_);
    /// Returns the durable record of a result, for a batch of the caller.
    static store::Write record_of(const Tipset& tipset, const TipsetState& state);

    /// Executes a tipset on the state that its headers name. `recorded` holds receipts known from elsewhere, whose gas
    /// is used (native actors cannot reproduce the gas of the official ones).
    Result<TipsetExecution> execute(const Tipset& tipset, const std::vector<Receipt>* recorded = nullptr,
                                    Trace trace = {});

    /// Executes a tipset with traces, and then `messages` on top of it: see Chain::trace_with.
    Result<TipsetExecution> trace_with(const Tipset& tipset, ChainEpoch height, const std::vector<Message>& messages);

    /// Returns the messages of each block that are executed, in order; messages that no longer apply are left out.
    Result<std::vector<std::vector<ChainMessage>>> messages_of(const Tipset& tipset);

    /// Runs `messages` in a block that would follow `tipset`; nothing is kept. Returns the last one's result. A few
    /// simulations run at a time; the others wait.
    Result<vm::Applied> simulate(const TipsetPtr& tipset, const std::vector<ChainMessage>& messages);

    // See Chain::sandbox and Chain::watch.
    Status sandbox(const TipsetPtr& base, const std::function<Status(Sandbox&)>& use);
    Status watch(const Tipset& tipset, TipsetWatcher& watcher);

    ChainStore& chain() { return chain_; }
    const Network& network() const { return network_; }
    /// How many messages the VM has executed for this object: those of blocks, implicit ones and simulations.
    std::uint64_t messages_applied() const { return messages_applied_.load(std::memory_order_relaxed); }

  private:
    struct Run;
    Result<TipsetExecution> run(const Tipset& tipset, const std::vector<Receipt>* recorded, Trace trace);
    Status run_watched(const Tipset& tipset, TipsetWatcher& watcher);
    Result<vm::MachineConfig> config_at(ChainEpoch epoch, std::uint64_t timestamp, const TokenAmount& base_fee,
                                        const Cid& base_state);
    Result<Cid> run_null_rounds(const Tipset& tipset, ChainEpoch parent_height, vm::Doors doors, Trace trace,
                                std::vector<Executed>& log);
    Result<Cid> upgraded(Cid root, ChainEpoch from, ChainEpoch to);
    Status run_cron(vm::Executor& executor, ChainEpoch epoch, std::vector<Executed>& log);
    Status name_messages(const Tipset& tipset, std::vector<Executed>& messages);
    Status run_block(Run& run, const BlockHeader& block, const std::vector<ChainMessage>& messages);

    ChainStore& chain_;
    const Network& network_;
    vm::ProofVerifier& proofs_;
    const vm::ActorTable& actors_;
    const Stopwatch stopwatch_;
    std::atomic<std::uint64_t> messages_applied_ = 0;
    Lane executions_{2};
    Lane simulations_{2};

    using Flight = std::shared_future<Result<TipsetState>>;  // an execution in progress
    // Whether any known result may be used, or only one that was executed again.
    enum class Known { trusted, doubted };
    Result<TipsetState> execute_once(const TipsetPtr& tipset, Known known) STRATA_EXCLUDES(mutex_);
    std::optional<TipsetState> remembered_state(const TipsetKey& key, Known known) STRATA_EXCLUDES(mutex_);

    /// A remembered result, and whether doubt has already caused a second execution.
    struct Memory {
        TipsetState state;
        bool executed_again = false;
    };
    static constexpr std::size_t kRemembered = 512;
    Mutex mutex_;
    LruMap<TipsetKey, Memory> memory_ STRATA_GUARDED_BY(mutex_){kRemembered};
    std::map<std::pair<TipsetKey, Known>, Flight> flights_ STRATA_GUARDED_BY(mutex_);
    Mutex ahead_mutex_;
    std::future<void> ahead_ STRATA_GUARDED_BY(ahead_mutex_);  // last: its destructor waits for what begin() started
};

}  // namespace strata::chain
