#include <strata/vm/executor.hpp>

#include <strata/base/large_stack.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/vm/trace.hpp>

namespace strata::vm {
namespace {

constexpr unsigned kEventsWidth = 5;

Applied refused(Refusal refusal, TokenAmount penalty, std::string why) {
    Applied out;
    out.receipt.exit_code = static_cast<std::uint32_t>(exit_code_of(refusal));
    out.settlement.penalty = std::move(penalty);
    out.refusal = refusal;
    out.failure = std::move(why);
    return out;
}

Status check_fields(const Message& message) {
    if (message.gas_limit <= 0)
        return fail(Errc::invalid_argument,
                    "message: gas limit is " + std::to_string(message.gas_limit) + ", expected at least 1");
    if (message.gas_fee_cap.is_negative() || message.gas_premium.is_negative())
        return fail(Errc::invalid_argument, "message: fee cap is " + message.gas_fee_cap.to_string() +
                                                " and premium is " + message.gas_premium.to_string() +
                                                "; neither may be negative");
    return {};
}

// Generations 3 and 4 read state trees of version 5 only, generation 2 those before it.
Status check_tree(StateTreeVersion found, NetworkVersion version) {
    const bool is_earlier = generation_of(version) == Generation::two;
    if (is_earlier == (found < StateTreeVersion::five)) return {};
    return fail(Errc::unsupported, "the state tree has version " + std::to_string(static_cast<unsigned>(found)) +
                                       ", expected version " + (is_earlier ? "4" : "5") + " for network version " +
                                       std::to_string(version));
}

// Before network version 18 a message with such an address could not be read.
Status check_addresses(const Message& message, NetworkVersion version) {
    if (has_delegated_addresses(generation_of(version))) return {};
    for (const auto& address : {message.from, message.to})
        if (address.defined() && address.protocol() == Address::Protocol::delegated)
            return fail(Errc::invalid_argument, "the message names the address " + address.to_string() +
                                                    ", and network version " + std::to_string(version) +
                                                    " has none of protocol 4");
    return {};
}

// A placeholder of the EAM that never sent a message becomes an Ethereum account with its first one.
bool may_become_ethaccount(const Manifest& manifest, const ActorState& state) {
    return manifest.type_of(state.code) == ActorType::placeholder && state.sequence == 0 && state.delegated_address &&
           state.delegated_address->delegated_space() == kEamId;
}

}  // namespace

ExitCode exit_code_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::gas_limit_below_inclusion:
            return ExitCode::sys_out_of_gas;
        case Refusal::sender_unknown:
        case Refusal::sender_missing:
        case Refusal::sender_type:
            return ExitCode::sys_sender_invalid;
        case Refusal::nonce:
        case Refusal::funds:
            break;
    }
    return ExitCode::sys_sender_state_invalid;
}

Settlement settle(std::uint64_t gas_used, std::uint64_t gas_limit, const TokenAmount& base_fee,
                  const TokenAmount& fee_cap, const TokenAmount& premium) {
    STRATA_CHECK(gas_used <= gas_limit);
    STRATA_CHECK(!base_fee.is_negative() && !fee_cap.is_negative() && !premium.is_negative());
    Settlement out;
    const BigInt used(gas_used);
    const BigInt limit(gas_limit);
    // The sender burns the base fee, up to its fee cap. If the cap is below the base fee, the miner that included the
    // message pays the rest as a penalty. The tip is paid for the complete limit, because it is the limit that takes up
    // room in a block.
    const TokenAmount to_pay = min(base_fee, fee_cap);
    out.base_fee_burn = to_pay * used;
    if (base_fee > fee_cap) out.penalty = (base_fee - fee_cap) * used;
    out.miner_tip = min(premium, fee_cap - to_pay) * limit;

    if (gas_used == 0) {
        out.gas_burned = gas_limit;
    } else {
        // A gas limit of up to a tenth above the gas used costs nothing extra. Beyond that, the share of the unused gas
        // that is burnt grows with the excess; a gas limit of 2.1 times the gas used or more burns all of it.
        const BigInt over = min(limit - div_floor(used * BigInt(11), 10), used);
        const BigInt unused = limit - used;
        const BigInt burned = over.sign() <= 0 ? BigInt(0) : div_floor(unused * over, used);
        STRATA_CHECK(!burned.is_negative() && burned <= unused);
        out.gas_burned = burned.to_u64().value();
        out.gas_refund = gas_limit - gas_used - out.gas_burned;
    }
    const BigInt burned(out.gas_burned);
    out.over_estimation_burn = to_pay * burned;
    out.penalty += (base_fee - to_pay) * burned;
    out.refund = fee_cap * limit - out.base_fee_burn - out.miner_tip - out.over_estimation_burn;
    STRATA_CHECK(!out.refund.is_negative() && !out.miner_tip.is_negative() && !out.penalty.is_negative());
    STRATA_CHECK(gas_used + out.gas_burned + out.gas_refund == gas_limit);
    return out;
}

struct Executor::Outcome {
    CallResult result;
    std::uint64_t gas_used = 0;
    std::vector<StampedEvent> events;
    std::shared_ptr<const MessageTrace> trace;
};

// The result of check(): the sender and the amount that debit() takes from it, or the refusal of the message.
struct Executor::Checked {
    std::optional<Applied> refusal;
    ActorId sender = 0;
    ActorState state;
    TokenAmount gas_cost;
    bool becomes_ethaccount = false;
};

Result<std::unique_ptr<Executor>> Executor::open(Blockstore& base, const Cid& state_root, MachineConfig config,
                                                 Doors doors) {
    if (find_price_list(config.network.network_version) == nullptr)
        return fail(Errc::unsupported, "the VM has no gas prices for network version " +
                                           std::to_string(config.network.network_version) +
                                           "; it has those for versions " + std::to_string(kFirstNetworkVersion) +
                                           " to " + std::to_string(kNewestVersion));
    const NetworkVersion version = config.network.network_version;
    std::unique_ptr<Executor> out(new Executor(base, std::move(config), doors));
    STRATA_TRY(out->tree_, StateTree::load(out->store_, state_root));
    STRATA_OK(check_tree(out->tree_->version(), version));
    STRATA_TRY(out->manifest_, Manifest::of_state(*out->tree_));
    // A state with unknown actors is refused here, before a message meets one of them.
    for (const auto& [code, type] : out->manifest_.types)
        if (!doors.actors.knows(code, type)) return unknown_code(code, type, version);
    return out;
}

// Checks a message without changing the state. The order of the checks is the reference's (executor/default.rs,
// preflight_message).
Result<Executor::Checked> Executor::check(const Message& message, std::size_t length) {
    Checked out;
    out.refusal = check_inclusion(message, length);
    if (out.refusal) return out;
    return check_sender(message);
}

std::optional<Applied> Executor::check_inclusion(const Message& message, std::size_t length) const {
    const auto inclusion = price_list(config_.network.network_version).on_chain_message(length);
    const std::uint64_t inclusion_gas = whole_gas(saturating_add(inclusion.compute, inclusion.other));
    const auto limit = static_cast<std::uint64_t>(message.gas_limit);
    if (inclusion_gas <= limit) return std::nullopt;
    return refused(Refusal::gas_limit_below_inclusion, config_.network.base_fee * BigInt(inclusion_gas),
                   "the gas limit is " + std::to_string(limit) + ", expected at least " +
                       std::to_string(inclusion_gas) + ", the cost of inclusion");
}

// A simulated message is refused only if it cannot be included, or if nobody has the sender's address.
Result<Executor::Checked> Executor::check_simulated(const Message& message, std::size_t length) {
    Checked out;
    out.refusal = check_inclusion(message, length);
    if (out.refusal) return out;
    STRATA_TRY(const auto id, tree_->resolve(message.from));
    std::optional<ActorState> state;
    if (id) {
        STRATA_TRY(state, tree_->get(*id));
    }
    if (!state) {
        out.refusal =
            refused(Refusal::sender_unknown, 0, "no actor has the sender's address " + message.from.to_string());
        return out;
    }
    out.becomes_ethaccount = may_become_ethaccount(manifest_, *state);
    out.sender = *id;
    out.state = std::move(*state);
    return out;
}

Result<Executor::Checked> Executor::check_sender(const Message& message) {
    const BigInt limit(static_cast<std::uint64_t>(message.gas_limit));
    Checked out;
    const auto refuse = [&](Refusal refusal, std::string why) {
        out.refusal = refused(refusal, config_.network.base_fee * limit, std::move(why));
        return out;
    };
    STRATA_TRY(const auto id, tree_->resolve(message.from));
    if (!id) return refuse(Refusal::sender_unknown, "no actor has the sender's address " + message.from.to_string());
    STRATA_TRY(auto state, tree_->get(*id));
    if (!state) return refuse(Refusal::sender_missing, "the sender " + message.from.to_string() + " does not exist");
    const ActorType type = manifest_.type_of(state->code);
    out.becomes_ethaccount = may_become_ethaccount(manifest_, *state);
    if (type != ActorType::account && type != ActorType::ethaccount && !out.becomes_ethaccount)
        return refuse(Refusal::sender_type, "the sender " + message.from.to_string() + " is not an account");
    if (state->sequence != message.nonce)
        return refuse(Refusal::nonce, "the nonce is " + std::to_string(message.nonce) + ", expected " +
                                          std::to_string(state->sequence));
    out.gas_cost = message.gas_fee_cap * limit;
    if (state->balance < out.gas_cost)
        return refuse(Refusal::funds, "the sender has " + state->balance.to_string() + " attoFIL, expected at least " +
                                          out.gas_cost.to_string() + " to pay for the gas limit");
    out.sender = *id;
    out.state = std::move(*state);
    return out;
}

void Executor::debit(Checked checked) {
    auto& state = checked.state;
    // The complete gas limit is paid in advance, so that the message cannot spend its gas money. Settlement gives the
    // rest back.
    state.sequence += 1;
    state.balance -= checked.gas_cost;
    STRATA_CHECK(!state.balance.is_negative());
    if (checked.becomes_ethaccount) state.code = manifest_.codes.at(ActorType::ethaccount);
    tree_->set(checked.sender, std::move(state));
}

Result<Executor::Outcome> Executor::execute(const Message& message, ApplyKind kind, std::size_t length,
                                            ActorId sender) {
    GasTracker gas(config_.enforce_gas ? vm::gas(static_cast<std::uint64_t>(message.gas_limit)) : UINT64_MAX);
    STRATA_TRY(const auto receiver, tree_->resolve(message.to));
    gas.set_watcher(watcher_);
    std::optional<Tracer> tracer;
    if (tracing_) tracer.emplace(gas);
    // The sender and the receiver count as looked up, even if there is no receiver yet (call_manager/default.rs, new).
    if (tracer) tracer->know_address(message.from);
    if (tracer) tracer->know_address(message.to);
    const TokenAmount premium =
        max(TokenAmount(0), min(message.gas_premium, message.gas_fee_cap - config_.network.base_fee));
    CallManager calls(
        config_, manifest_, doors_, *tree_, gas,
        {.id = sender, .address = message.from, .nonce = message.nonce, .premium = premium, .receiver = receiver},
        tracer ? &*tracer : nullptr);
    Syscall<CallResult> result = CallResult{};
    if (kind != ApplyKind::implicit_message) {
        // check() has ensured that the gas limit covers this charge.
        if (auto charged = gas.charge(calls.prices().on_chain_message(length)); !charged)
            result = std::move(charged).error();
    } else {
        gas.note("none");
    }
    if (result) {
        CallRequest request{.from = sender,
                            .to = message.to,
                            .method = message.method,
                            .params = {},
                            .value = message.value,
                            .gas_limit = {},
                            .read_only = false};
        if (!message.params.empty())
            request.params = Block{
                params_codec(calls.generation(), message.method), std::make_shared<const Bytes>(message.params), {}};
        result = calls.call(std::move(request));
    }
    // A message that met a failure of this node has no outcome, whatever the actors made of the failure.
    if (calls.broken_by()) return Error(*calls.broken_by()).with_context("message " + message.cid().to_string());
    STRATA_CHECK(calls.depth() == 0);
    Outcome out;
    out.gas_used = gas.gas_used();
    if (result) {
        out.result = std::move(*result);
    } else {
        const auto& failure = result.error();
        out.result = {exit_code_of(failure), std::nullopt, failure.message};
        // After a failure with an error number the unused gas remains. The other failures use up the gas limit.
        if (failure.kind != SyscallFailure::Kind::number) out.gas_used = static_cast<std::uint64_t>(message.gas_limit);
    }
    if (out.result.exit_code == ExitCode::ok) out.events = calls.take_events();
    if (tracer) out.trace = tracer->take();
    return out;
}

Status Executor::credit(ActorId id, const TokenAmount& amount) {
    STRATA_CHECK(!amount.is_negative());
    if (amount.is_zero()) return {};
    STRATA_TRY(auto state, tree_->get(id));
    if (!state)
        return fail(Errc::internal, "gas cannot be settled: the actor f0" + std::to_string(id) + " does not exist");
    state->balance += amount;
    tree_->set(id, std::move(*state));
    return {};
}

Status Executor::settle_accounts(ActorId sender, const Settlement& settlement) {
    STRATA_OK(credit(kBurntFundsId, settlement.base_fee_burn + settlement.over_estimation_burn));
    STRATA_OK(credit(kRewardId, settlement.miner_tip));
    return credit(sender, settlement.refund);
}

Result<Applied> Executor::apply(const Message& message, ApplyKind kind, std::size_t billed_length) {
    return run(message, kind, billed_length, std::nullopt);
}

Result<Applied> Executor::replay(const Message& message, ApplyKind kind, std::size_t billed_length,
                                 const Recorded& recorded) {
    return run(message, kind, billed_length, recorded);
}

Result<Applied> Executor::run(const Message& message, ApplyKind kind, std::size_t length,
                              const std::optional<Recorded>& recorded) {
    // After a failure of this node the state may be half changed, so nothing is executed on it any more.
    if (broken_) return *broken_;
    STRATA_OK(check_fields(message));
    STRATA_OK(check_addresses(message, config_.network.network_version));
    if (recorded && recorded->gas_used > static_cast<std::uint64_t>(message.gas_limit))
        return fail(Errc::verification, "the recorded message used " + std::to_string(recorded->gas_used) +
                                            " gas, expected at most " + std::to_string(message.gas_limit) +
                                            ", its gas limit");
    auto applied = run_on_large_stack([&] { return apply_here(message, kind, length, recorded); });
    if (!applied) broken_ = applied.error();
    return applied;
}

Result<Applied> Executor::apply_here(const Message& message, ApplyKind kind, std::size_t length,
                                     const std::optional<Recorded>& recorded) {
    ActorId sender = 0;
    if (kind != ApplyKind::implicit_message) {
        const bool is_simulated = kind == ApplyKind::simulated_message;
        STRATA_TRY(auto checked, is_simulated ? check_simulated(message, length) : check(message, length));
        if (checked.refusal) return std::move(*checked.refusal);
        sender = checked.sender;
        debit(std::move(checked));
    } else {
        STRATA_TRY(const auto id, tree_->resolve(message.from));
        if (!id)
            return refused(Refusal::sender_unknown, 0, "no actor has the sender's address " + message.from.to_string());
        sender = *id;
    }
    Outcome outcome;
    // Native actors cannot run out of gas where the official ones do, so the recorded outcome is used.
    if (recorded && recorded->out_of_gas) {
        outcome.result = {ExitCode::sys_out_of_gas, std::nullopt, "the recorded message ran out of gas"};
    } else {
        STRATA_TRY(outcome, execute(message, kind, length, sender));
    }
    if (recorded) outcome.gas_used = recorded->gas_used;

    Applied out;
    out.receipt.exit_code = static_cast<std::uint32_t>(outcome.result.exit_code);
    out.receipt.gas_used = outcome.gas_used;
    if (outcome.result.data) out.receipt.return_data = *outcome.result.data->data;
    out.failure = outcome.result.exit_code == ExitCode::ok ? "" : outcome.result.message;
    out.events = std::move(outcome.events);
    out.trace = std::move(outcome.trace);
    STRATA_TRY(out.receipt.events_root, store_events(store_, out.events));
    if (kind == ApplyKind::explicit_message) {
        out.settlement = settle(outcome.gas_used, static_cast<std::uint64_t>(message.gas_limit),
                                config_.network.base_fee, message.gas_fee_cap, message.gas_premium);
        STRATA_OK(settle_accounts(sender, out.settlement));
    }
    return out;
}

Result<Cid> Executor::flush() {
    if (broken_) return *broken_;
    auto root = tree_->flush();
    if (root) {
        if (auto written = store_.flush(*root); !written) root = written.error();
    }
    if (!root) broken_ = root.error();
    return root;
}

namespace {

constexpr MethodNumber kEpochTick = 2;         // cron
constexpr MethodNumber kAwardBlockReward = 2;  // reward
// Lotus sets this limit when it applies an implicit message (chain/vm/fvm.go, ApplyImplicitMessage).
constexpr std::int64_t kSystemGasLimit = INT64_MAX / 2;

Message system_message(ActorId to, MethodNumber method, ChainEpoch epoch, Bytes params) {
    return {.version = 0,
            .to = Address::id(to),
            .from = Address::id(kSystemId),
            .nonce = static_cast<Nonce>(epoch),
            .value = 0,
            .gas_limit = kSystemGasLimit,
            .gas_fee_cap = 0,
            .gas_premium = 0,
            .method = method,
            .params = std::move(params)};
}

}  // namespace

Message cron_message(ChainEpoch epoch) {
    return system_message(kCronId, kEpochTick, epoch, {});
}
Message reward_message(ChainEpoch epoch, Bytes params) {
    return system_message(kRewardId, kAwardBlockReward, epoch, std::move(params));
}

Result<std::optional<Cid>> store_events(Blockstore& store, const std::vector<StampedEvent>& events) {
    if (events.empty()) return std::optional<Cid>{};
    AmtArray<StampedEvent> list(store, kEventsWidth);
    for (const auto& event : events) STRATA_OK(list.push(event));
    STRATA_TRY(const Cid root, list.flush());
    return std::optional<Cid>(root);
}

}  // namespace strata::vm
