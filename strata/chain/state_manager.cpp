#include <strata/chain/state_manager.hpp>

#include <set>

#include <strata/actors/reward/state.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/large_stack.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/chain/chain_externs.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/sandbox.hpp>
#include <strata/chain/supply.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/ipld/layered_blockstore.hpp>
#include <strata/store/key_value.hpp>
#include <strata/vm/executor.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

std::string state_key(const TipsetKey& key) {
    return "chain/state/" + to_hex(tipset_key_cid(key).bytes());
}

// Returns the error of a system call that failed: the tipset leads to no state on any node (lotus
// chain/consensus/compute_state.go). A failure of this node alone never comes here, since it is an error of the
// executor.
Error system_call_error(std::string_view what, ChainEpoch epoch, const vm::Applied& applied) {
    return fail(Errc::verification, "execution: " + std::string(what) + " at epoch " + std::to_string(epoch) +
                                        " ended with exit code " + std::to_string(applied.receipt.exit_code) + ": " +
                                        applied.failure);
}

Error state_is_missing(const Tipset& tipset) {
    return fail(Errc::missing_block, "the state that the tipset of epoch " + std::to_string(tipset.height()) +
                                         " builds on, " + tipset.parent_state_root().to_string() +
                                         ", is not in this node's store");
}

// A result counts only while its state is in the store: one that no header names may have been collected.
Result<std::optional<TipsetState>> if_kept(Blockstore& blocks, const TipsetState& state) {
    STRATA_TRY(const bool here, blocks.has(state.state_root));
    return here ? std::optional(state) : std::nullopt;
}

// Selects the messages of a tipset that are executed: each sender's messages in nonce order, each once (lotus
// chain/store/messages.go). Senders are distinguished by the address in the message until one of them uses an ID, and
// from then on by ID.
class Selection {
  public:
    explicit Selection(vm::StateTree& state) : state_(state) {}

    /// Returns true if the message is to be executed: it is the first of its sender, or has the nonce that follows the
    /// sender's last selected message.
    Result<bool> take(const Message& message) {
        if (!by_id_ && message.from.as_id()) STRATA_OK(switch_to_ids());
        STRATA_TRY(const Address sender, key_of(message.from));
        const auto [it, first] = next_.try_emplace(sender, message.nonce);
        if (it->second != message.nonce) return false;
        ++it->second;
        return true;
    }

  private:
    Result<Address> key_of(const Address& sender) {
        if (!by_id_) return sender;
        STRATA_TRY(const auto id, state_.resolve(sender));
        if (!id) return fail(Errc::verification, "the sender " + sender.to_string() + " has no actor");
        return Address::id(*id);
    }
    Status switch_to_ids() {
        by_id_ = true;
        auto by_address = std::exchange(next_, {});
        for (const auto& [sender, nonce] : by_address) {
            STRATA_TRY(const Address id, key_of(sender));
            next_[id] = nonce;
        }
        return {};
    }
    vm::StateTree& state_;
    bool by_id_ = false;
    std::map<Address, Nonce> next_;
};

}  // namespace

void Lane::enter() {
    Lock lock(mutex_);
    while (free_ == 0) left_.wait(lock);
    --free_;
}

void Lane::leave() {
    {
        const Lock lock(mutex_);
        ++free_;
    }
    left_.notify_one();
}

/// One execution of a tipset.
struct StateManager::Run {
    vm::Executor& executor;
    const std::vector<Receipt>* recorded;
    std::set<Cid> seen;
    TipsetExecution result;
    TipsetWatcher* watcher = nullptr;

    bool is_done() const { return watcher != nullptr && watcher->is_done(); }

    Result<std::optional<vm::Recorded>> next_record() const {
        if (recorded == nullptr) return std::optional<vm::Recorded>{};
        const std::size_t index = result.messages.size();
        if (index >= recorded->size())
            return fail(Errc::verification, "the tipset executes more than " + std::to_string(recorded->size()) +
                                                " messages, the number of its recorded receipts");
        const auto& receipt = (*recorded)[index];
        const bool out_of_gas = receipt.exit_code == static_cast<std::uint32_t>(vm::ExitCode::sys_out_of_gas);
        // Gas 0 means that the message was refused before execution, which the executor finds out by itself.
        return std::optional(vm::Recorded{receipt.gas_used, out_of_gas && receipt.gas_used != 0});
    }
};

Result<vm::MachineConfig> StateManager::config_at(ChainEpoch epoch, std::uint64_t timestamp,
                                                  const TokenAmount& base_fee, const Cid& base_state) {
    STRATA_TRY(auto tree, vm::StateTree::load(chain_.blocks(), base_state));
    STRATA_TRY(const auto supply, vm_supply(network_, epoch, tree));
    STRATA_TRY(const auto version, network_.executable_version_at(epoch));
    return vm::MachineConfig{.network = {.epoch = epoch,
                                         .timestamp = timestamp,
                                         .base_fee = base_fee,
                                         .chain_id = network_.chain_id,
                                         .network_version = version,
                                         .actor_debugging = network_.actor_debugging},
                             .circulating_supply = supply.circulating(),
                             .enforce_gas = true};
}

Result<std::vector<std::vector<ChainMessage>>> StateManager::messages_of(const Tipset& tipset) {
    STRATA_TRY(auto tree, vm::StateTree::load(chain_.blocks(), tipset.parent_state_root()));
    Selection selection(tree);
    std::vector<std::vector<ChainMessage>> out;
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto listed, chain_.messages(block));
        auto& taken = out.emplace_back();
        for (const auto& message : listed.bls) {
            STRATA_TRY(const bool take, selection.take(message));
            if (take) taken.push_back({message, to_cbor(message).size()});
        }
        for (const auto& signed_message : listed.secp) {
            STRATA_TRY(const bool take, selection.take(signed_message.message));
            if (take) taken.push_back({signed_message.message, signed_message.chain_length()});
        }
    }
    return out;
}

Status StateManager::run_cron(vm::Executor& executor, ChainEpoch epoch, std::vector<Executed>& log) {
    auto message = vm::cron_message(epoch);
    ++messages_applied_;
    STRATA_TRY(auto applied, executor.apply(message, vm::ApplyKind::implicit_message, 0));
    if (applied.receipt.exit_code != 0) return system_call_error("cron", epoch, applied);
    const Cid cid = message.cid();
    log.push_back({cid, std::move(message), std::move(applied)});
    return {};
}

// In the epochs between the parent and the tipset only cron runs. An upgrade at one of them, or at the parent's height,
// migrates the state after the cron of its epoch (lotus chain/consensus/compute_state.go, chain/stmgr/forks.go).
Result<Cid> StateManager::run_null_rounds(const Tipset& tipset, ChainEpoch parent_height, vm::Doors doors, Trace trace,
                                          std::vector<Executed>& log) {
    Cid root = tipset.parent_state_root();
    STRATA_TRY(root, network_.migrate(chain_.blocks(), root, parent_height));
    for (ChainEpoch epoch = parent_height + 1; epoch < tipset.height(); ++epoch) {
        STRATA_TRY(auto config, config_at(epoch, network_.timestamp_at(epoch), tipset.parent_base_fee(), root));
        STRATA_TRY(const auto executor, vm::Executor::open(chain_.blocks(), root, std::move(config), doors));
        executor->set_tracing(trace == Trace::on);
        STRATA_OK(run_cron(*executor, epoch, log));
        if (trace == Trace::off) log.clear();
        STRATA_TRY(root, executor->flush());
        STRATA_TRY(root, network_.migrate(chain_.blocks(), root, epoch));
    }
    return root;
}

Status StateManager::run_block(Run& run, const BlockHeader& block, const std::vector<ChainMessage>& messages) {
    TokenAmount tips;
    TokenAmount penalty;
    for (const auto& [message, length] : messages) {
        const Cid cid = message.cid();
        // A message is executed once, even if several blocks of the tipset include it.
        if (!run.seen.insert(cid).second) continue;
        if (run.is_done()) return {};
        if (run.watcher != nullptr) STRATA_OK(run.watcher->before(run.executor, message, cid));
        STRATA_TRY(const auto recorded, run.next_record());
        const auto kind = vm::ApplyKind::explicit_message;
        ++messages_applied_;
        STRATA_TRY(auto applied, recorded ? run.executor.replay(message, kind, length, *recorded)
                                          : run.executor.apply(message, kind, length));
        tips += applied.settlement.miner_tip;
        penalty += applied.settlement.penalty;
        if (run.watcher != nullptr)
            STRATA_OK(run.watcher->after(run.executor, message, cid, applied));
        else
            STRATA_OK(vm::store_events(lasting(chain_.blocks()), applied.events));
        run.result.messages.push_back({cid, message, std::move(applied)});
        run.result.is_implicit.push_back(false);
    }
    const actors::reward::AwardBlockRewardParams params{
        .miner = block.miner,
        .penalty = penalty,
        .gas_reward = tips,
        .win_count = block.election_proof ? block.election_proof->win_count : 0};
    auto award = vm::reward_message(block.height, to_cbor(params));
    ++messages_applied_;
    STRATA_TRY(auto applied, run.executor.apply(award, vm::ApplyKind::implicit_message, 0));
    if (applied.receipt.exit_code != 0) return system_call_error("the block reward", block.height, applied);
    const Cid cid = award.cid();
    run.result.implicit.push_back({cid, std::move(award), std::move(applied)});
    run.result.is_implicit.push_back(true);
    return {};
}

std::vector<const Executed*> TipsetExecution::in_order() const {
    std::vector<const Executed*> out;
    for (const auto& cron : null_rounds) out.push_back(&cron);
    std::size_t next[2] = {0, 0};
    for (const bool kind : is_implicit) out.push_back(&(kind ? implicit : messages)[next[kind ? 1 : 0]++]);
    return out;
}

Result<TipsetExecution> StateManager::execute(const Tipset& tipset, const std::vector<Receipt>* recorded, Trace trace) {
    if (tipset.height() == 0)
        return TipsetExecution{
            .state = {tipset.parent_state_root(), tipset.parent_receipts()}, .messages = {}, .implicit = {}};
    const Lane::Place place(executions_);
    const Timed timed(stopwatch_);
    const auto held = hold(chain_.blocks());
    // Asked for under the hold, the state is not removed under the execution (store/generations.hpp).
    STRATA_TRY(const bool here, chain_.blocks().has(tipset.parent_state_root()));
    if (!here) return state_is_missing(tipset);
    // One thread with a large stack serves all messages: to hand over each one would cost more than a plain send does.
    return run_on_large_stack([&] { return run(tipset, recorded, trace); });
}

Status StateManager::name_messages(const Tipset& tipset, std::vector<Executed>& messages) {
    std::map<Cid, Cid> listed;
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto all, chain_.messages(block));
        for (const auto& message : all.secp) listed.emplace(message.message.cid(), message.cid());
    }
    for (auto& message : messages)
        if (const auto at = listed.find(message.cid); at != listed.end()) message.listed = at->second;
    return {};
}

Result<TipsetExecution> StateManager::run(const Tipset& tipset, const std::vector<Receipt>* recorded, Trace trace) {
    STRATA_TRY(const auto parent, chain_.parent(tipset));
    STRATA_TRY(const auto self, chain_.tipset(tipset.key()));
    ChainExterns externs(chain_, network_, self);
    const vm::Doors doors{externs, proofs_, actors_};
    TipsetExecution result;
    STRATA_TRY(const Cid base, run_null_rounds(tipset, parent->height(), doors, trace, result.null_rounds));
    STRATA_TRY(auto config, config_at(tipset.height(), tipset.min_timestamp(), tipset.parent_base_fee(), base));
    config.enforce_gas = recorded == nullptr;
    STRATA_TRY(const auto executor, vm::Executor::open(chain_.blocks(), base, std::move(config), doors));
    STRATA_TRY(const auto messages, messages_of(tipset));

    executor->set_tracing(trace == Trace::on);
    Run run{.executor = *executor, .recorded = recorded, .seen = {}, .result = std::move(result)};
    for (std::size_t i = 0; i < messages.size(); ++i) STRATA_OK(run_block(run, tipset.blocks()[i], messages[i]));
    if (trace == Trace::on) STRATA_OK(name_messages(tipset, run.result.messages));
    STRATA_OK(run_cron(*executor, tipset.height(), run.result.implicit));
    run.result.is_implicit.push_back(true);
    STRATA_TRY(run.result.state.state_root, executor->flush());
    std::vector<Receipt> receipts;
    for (const auto& message : run.result.messages) receipts.push_back(message.applied.receipt);
    STRATA_TRY(run.result.state.receipts_root, chain_.put_receipts(receipts));
    return std::move(run.result);
}

Status StateManager::watch(const Tipset& tipset, TipsetWatcher& watcher) {
    if (tipset.height() == 0) return {};  // genesis executes nothing
    const Lane::Place place(simulations_);
    const auto held = hold(chain_.blocks());
    STRATA_TRY(const bool here, chain_.blocks().has(tipset.parent_state_root()));
    if (!here) return state_is_missing(tipset);
    return run_on_large_stack([&] { return run_watched(tipset, watcher); });
}

Status StateManager::run_watched(const Tipset& tipset, TipsetWatcher& watcher) {
    STRATA_TRY(const auto parent, chain_.parent(tipset));
    STRATA_TRY(const auto self, chain_.tipset(tipset.key()));
    ChainExterns externs(chain_, network_, self);
    const vm::Doors doors{externs, proofs_, actors_};
    std::vector<Executed> null_rounds;
    STRATA_TRY(const Cid base, run_null_rounds(tipset, parent->height(), doors, Trace::off, null_rounds));
    STRATA_TRY(auto config, config_at(tipset.height(), tipset.min_timestamp(), tipset.parent_base_fee(), base));
    MemoryBlockstore written;
    LayeredBlockstore blocks(written, chain_.blocks());
    STRATA_TRY(const auto executor, vm::Executor::open(blocks, base, std::move(config), doors));
    executor->set_tracing(true);
    STRATA_TRY(const auto messages, messages_of(tipset));
    Run run{.executor = *executor, .recorded = nullptr, .seen = {}, .result = {}, .watcher = &watcher};
    for (std::size_t i = 0; i < messages.size() && !run.is_done(); ++i)
        STRATA_OK(run_block(run, tipset.blocks()[i], messages[i]));
    return {};
}

namespace {

// The externs of a tipset, for blocks that would follow it as well.
class SandboxExterns final : public vm::Externs {
  public:
    SandboxExterns(ChainStore& chain, const Network& network, const TipsetPtr& tip)
        : of_tip_(chain, network, tip), newest_(tip->height()) {}

    Result<Hash256> chain_randomness(ChainEpoch epoch) override {
        return of_tip_.chain_randomness(std::min(epoch, newest_));
    }
    Result<Hash256> beacon_randomness(ChainEpoch epoch) override {
        return of_tip_.beacon_randomness(std::min(epoch, newest_));
    }
    Result<Cid> tipset_cid(ChainEpoch epoch) override {
        if (epoch <= newest_) return of_tip_.tipset_cid(epoch);
        // A null round has the hash of the block before it.
        const auto after = ids_.upper_bound(epoch);
        if (after == ids_.begin()) return of_tip_.tipset_cid(newest_);
        return std::prev(after)->second;
    }
    Result<std::optional<vm::ConsensusFault>> consensus_fault(BytesView header_1, BytesView header_2,
                                                              BytesView extra) override {
        return of_tip_.consensus_fault(header_1, header_2, extra);
    }
    Sandbox::BlockIds& ids() { return ids_; }

  private:
    ChainExterns of_tip_;
    ChainEpoch newest_;
    Sandbox::BlockIds ids_;
};

}  // namespace

Status StateManager::sandbox(const TipsetPtr& base, const std::function<Status(Sandbox&)>& use) {
    for (const auto& upgrade : network_.upgrades.upgrades())
        if (base->height() > 0 && upgrade.height == base->height() && upgrade.version != 0)
            return fail(Errc::unsupported, "the state changes with the upgrade " + std::string(upgrade.name) +
                                               " at epoch " + std::to_string(base->height()) +
                                               ": ask about a different epoch");
    STRATA_TRY(const auto state, state_after(base));
    const Lane::Place place(simulations_);
    const auto held = hold(chain_.blocks());
    MemoryBlockstore written;
    LayeredBlockstore blocks(written, chain_.blocks());
    STRATA_TRY(auto tree, vm::StateTree::load(blocks, state.state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(tree));
    SandboxExterns externs(chain_, network_, base);
    const vm::Doors doors{externs, proofs_, actors_};
    const auto open = [&](const Cid& root, const SandboxBlock& block) -> Result<std::unique_ptr<vm::Executor>> {
        STRATA_TRY(auto config, config_at(base->height(), block.timestamp, block.base_fee, state.state_root));
        config.network.epoch = block.epoch;
        ++messages_applied_;
        STRATA_TRY(auto executor, vm::Executor::open(blocks, root, std::move(config), doors));
        executor->set_tracing(true);
        return executor;
    };
    Sandbox box(blocks, state.state_root, manifest, externs.ids(), open);
    return run_on_large_stack([&] { return use(box); });
}

// Applies the upgrades at the heights from `from` to below `to`.
Result<Cid> StateManager::upgraded(Cid root, ChainEpoch from, ChainEpoch to) {
    std::set<ChainEpoch> heights;
    for (const auto& upgrade : network_.upgrades.upgrades())
        if (upgrade.height >= from && upgrade.height < to) heights.insert(upgrade.height);
    for (const ChainEpoch height : heights) {
        STRATA_TRY(root, network_.migrate(chain_.blocks(), root, height));
    }
    return root;
}

// Source: lotus chain/stmgr/utils.go (ComputeState).
Result<TipsetExecution> StateManager::trace_with(const Tipset& tipset, ChainEpoch height,
                                                 const std::vector<Message>& messages) {
    if (!messages.empty()) STRATA_OK(network_.executable_version_at(height));
    const auto held = hold(chain_.blocks());
    STRATA_TRY(auto out, execute(tipset, nullptr, Trace::on));
    const Lane::Place place(simulations_);
    Cid& root = out.state.state_root;
    STRATA_TRY(root, upgraded(root, tipset.height(), height));
    if (messages.empty()) return out;
    STRATA_TRY(const auto self, chain_.tipset(tipset.key()));
    ChainExterns externs(chain_, network_, self);
    STRATA_TRY(auto config, config_at(height, tipset.min_timestamp(), tipset.parent_base_fee(), root));
    STRATA_TRY(const auto executor,
               vm::Executor::open(chain_.blocks(), root, std::move(config), {externs, proofs_, actors_}));
    executor->set_tracing(true);
    for (const auto& message : messages) {
        ++messages_applied_;
        STRATA_TRY(auto applied, executor->apply(message, vm::ApplyKind::explicit_message, to_cbor(message).size()));
        out.messages.push_back({message.cid(), message, std::move(applied)});
        out.is_implicit.push_back(false);
    }
    STRATA_TRY(root, executor->flush());
    return out;
}

std::optional<TipsetState> StateManager::remembered_state(const TipsetKey& key, Known known) {
    const Lock lock(mutex_);
    const Memory* const memory = memory_.find(key);
    if (memory == nullptr || (known == Known::doubted && !memory->executed_again)) return std::nullopt;
    return memory->state;
}

Result<std::optional<TipsetState>> StateManager::known_state(const TipsetPtr& tipset) {
    if (tipset->height() == 0)
        return std::optional(TipsetState{tipset->parent_state_root(), tipset->parent_receipts()});
    if (const auto memory = remembered_state(tipset->key(), Known::trusted)) return if_kept(chain_.blocks(), *memory);
    STRATA_TRY(const auto record, chain_.meta().get(state_key(tipset->key())));
    if (!record) return std::optional<TipsetState>{};
    STRATA_TRY(const auto state, from_cbor<TipsetState>(*record));
    return if_kept(chain_.blocks(), state);
}

Result<TipsetState> StateManager::state_after(const TipsetPtr& tipset) {
    STRATA_TRY(const auto known, known_state(tipset));
    return known ? *known : execute_once(tipset, Known::trusted);
}

void StateManager::begin(const TipsetPtr& tipset) {
    if (!can_split()) return;
    const Lock lock(ahead_mutex_);
    if (ahead_.valid() && ahead_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    // A failure is not lost: the thread that needs the state asks again and meets it.
    ahead_ = std::async(std::launch::async, [this, tipset] { static_cast<void>(state_after(tipset)); });
}

Result<TipsetState> StateManager::state_after_again(const TipsetPtr& tipset) {
    auto known = remembered_state(tipset->key(), Known::doubted);
    if (known) {
        STRATA_TRY(known, if_kept(chain_.blocks(), *known));
    }
    return known ? *known : execute_once(tipset, Known::doubted);
}

// The first thread that asks executes the tipset; the others wait for its result. All of them get an error if there is
// one, but it is not remembered: the next call tries again.
Result<TipsetState> StateManager::execute_once(const TipsetPtr& tipset, Known known) {
    const std::pair key(tipset->key(), known);
    std::promise<Result<TipsetState>> promise;
    Flight flight;
    for (;;) {
        std::optional<TipsetState> arrived;
        {
            const Lock lock(mutex_);
            if (const auto it = flights_.find(key); it != flights_.end()) flight = it->second;
            // The result may have arrived since the caller looked.
            const Memory* const memory = memory_.find(key.first);
            if (memory != nullptr && (known == Known::trusted || memory->executed_again)) arrived = memory->state;
            if (!arrived && !flight.valid()) flights_.emplace(key, promise.get_future().share());
        }
        if (!arrived) break;
        STRATA_TRY(arrived, if_kept(chain_.blocks(), *arrived));
        if (arrived) return *arrived;
        const Lock lock(mutex_);
        memory_.erase(key.first);
    }
    if (flight.valid()) return flight.get();
    const auto execution = execute(*tipset);
    Result<TipsetState> result =
        execution ? Result<TipsetState>(execution->state) : Result<TipsetState>(execution.error());
    {
        const Lock lock(mutex_);
        // The result is in memory_ before the flight is removed, so that no thread executes again.
        if (result) memory_.put(key.first, {*result, known == Known::doubted});
        flights_.erase(key);
    }
    // Waiting threads are woken without the lock.
    promise.set_value(result);
    return result;
}

store::Write StateManager::record_of(const Tipset& tipset, const TipsetState& state) {
    return {state_key(tipset.key()), to_cbor(state)};
}

Status StateManager::record(const Tipset& tipset, const TipsetState& state) {
    STRATA_OK(chain_.meta().write({record_of(tipset, state)}));
    const Lock lock(mutex_);
    memory_.erase(tipset.key());
    return {};
}

Result<vm::Applied> StateManager::simulate(const TipsetPtr& tipset, const std::vector<ChainMessage>& messages) {
    if (messages.empty()) return fail(Errc::invalid_argument, "simulation: the list of messages is empty");
    const ChainEpoch epoch = tipset->height() + 1;
    STRATA_OK(network_.executable_version_at(epoch));
    STRATA_TRY(const auto state, state_after(tipset));
    const Lane::Place place(simulations_);
    STRATA_TRY(const Cid root, network_.migrate(chain_.blocks(), state.state_root, tipset->height()));
    ChainExterns externs(chain_, network_, tipset);
    STRATA_TRY(auto config, config_at(epoch, network_.timestamp_at(epoch), tipset->parent_base_fee(), root));
    STRATA_TRY(const auto executor,
               vm::Executor::open(chain_.blocks(), root, std::move(config), {externs, proofs_, actors_}));
    std::optional<vm::Applied> last;
    for (const auto& [message, length] : messages) {
        ++messages_applied_;
        STRATA_TRY(last, executor->apply(message, vm::ApplyKind::explicit_message, length));
    }
    return std::move(*last);
}

}  // namespace strata::chain
