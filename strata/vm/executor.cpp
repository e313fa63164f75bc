#include <strata/vm/executor.hpp>

#include <strata/ipld/amt.hpp>

namespace strata::vm {
namespace {

constexpr unsigned kEventsWidth = 5;

std::uint64_t whole_gas(Milligas amount) {
    return amount / 1000 + (amount % 1000 != 0 ? 1 : 0);
}

Applied refused(ExitCode code, TokenAmount penalty, std::string why) {
    Applied out;
    out.receipt.exit_code = static_cast<std::uint32_t>(code);
    out.settlement.penalty = std::move(penalty);
    out.failure = std::move(why);
    return out;
}

// The exit code that a top-level call's failure becomes (fvm.md §3.4).
ExitCode exit_of(const SyscallFailure& failure) {
    switch (failure.kind) {
        case SyscallFailure::Kind::out_of_gas:
            return ExitCode::sys_out_of_gas;
        case SyscallFailure::Kind::fatal:
            return ExitCode::sys_assertion_failed;
        case SyscallFailure::Kind::number:
            break;
    }
    if (failure.number == ErrorNumber::insufficient_funds) return ExitCode::sys_insufficient_funds;
    if (failure.number == ErrorNumber::not_found) return ExitCode::sys_invalid_receiver;
    return ExitCode::sys_assertion_failed;
}

}  // namespace

Settlement settle(std::uint64_t gas_used, std::uint64_t gas_limit, const TokenAmount& base_fee,
                  const TokenAmount& fee_cap, const TokenAmount& premium) {
    Settlement out;
    const BigInt used(gas_used);
    const BigInt limit(gas_limit);
    const TokenAmount to_pay = min(base_fee, fee_cap);
    out.base_fee_burn = to_pay * used;
    if (base_fee > fee_cap) out.penalty = (base_fee - fee_cap) * used;
    out.miner_tip = min(premium, fee_cap - to_pay) * limit;

    if (gas_used == 0) {
        out.gas_burned = gas_limit;
    } else {
        // A tenth above what was used is free to reserve.
        const BigInt over = min(limit - div_floor(used * BigInt(11), 10), used);
        const BigInt unused = limit - used;
        const BigInt burned = over.sign() <= 0 ? BigInt(0) : div_floor(unused * over, used);
        out.gas_burned = *burned.to_u64();
        out.gas_refund = gas_limit - gas_used - out.gas_burned;
    }
    const BigInt burned(out.gas_burned);
    out.over_estimation_burn = to_pay * burned;
    out.penalty += (base_fee - to_pay) * burned;
    out.refund = fee_cap * limit - out.base_fee_burn - out.miner_tip - out.over_estimation_burn;
    return out;
}

struct Executor::Outcome {
    CallResult result;
    std::uint64_t gas_used = 0;
    std::vector<StampedEvent> events;
};

struct Executor::Sender {
    ActorId id = 0;
    ActorState state;
};

Result<std::unique_ptr<Executor>> Executor::open(Blockstore& base, const Cid& state_root, MachineConfig config,
                                                 Doors doors) {
    std::unique_ptr<Executor> out(new Executor(base, std::move(config), doors));
    STRATA_TRY(out->tree_, StateTree::load(out->store_, state_root));
    STRATA_TRY(out->manifest_, Manifest::of_state(*out->tree_));
    return out;
}

Result<std::optional<Applied>> Executor::preflight(const Message& message, std::size_t length, Sender& sender) {
    const auto& base_fee = config_.network.base_fee;
    const auto inclusion = prices::on_chain_message(length);
    const std::uint64_t inclusion_gas = whole_gas(saturating_add(inclusion.compute, inclusion.other));
    const auto limit = static_cast<std::uint64_t>(message.gas_limit);
    if (inclusion_gas > limit)
        return refused(ExitCode::sys_out_of_gas, base_fee * BigInt(inclusion_gas),
                       "gas limit below the inclusion cost");
    const TokenAmount penalty = base_fee * BigInt(limit);
    STRATA_TRY(const auto id, tree_->resolve(message.from));
    if (!id) return refused(ExitCode::sys_sender_invalid, penalty, "the sender has no actor");
    STRATA_TRY(auto state, tree_->get(*id));
    if (!state) return refused(ExitCode::sys_sender_invalid, penalty, "the sender has no actor");
    const ActorType type = manifest_.type_of(state->code);
    const bool new_eth = type == ActorType::placeholder && state->sequence == 0 && state->delegated_address &&
                         state->delegated_address->delegated_space() == kEamId;
    if (type != ActorType::account && type != ActorType::ethaccount && !new_eth)
        return refused(ExitCode::sys_sender_invalid, penalty, "the sender is no account");
    if (state->sequence != message.nonce)
        return refused(ExitCode::sys_sender_state_invalid, penalty,
                       "nonce is " + std::to_string(message.nonce) + ", expected " + std::to_string(state->sequence));
    const TokenAmount cost = message.gas_fee_cap * BigInt(limit);
    if (state->balance < cost)
        return refused(ExitCode::sys_sender_state_invalid, penalty, "the sender cannot pay the gas");
    state->sequence += 1;
    state->balance -= cost;
    if (new_eth) state->code = manifest_.codes.at(ActorType::ethaccount);
    sender = {*id, *state};
    tree_->set(*id, std::move(*state));
    return std::optional<Applied>{};
}

Result<Executor::Outcome> Executor::execute(const Message& message, ApplyKind kind, std::size_t length,
                                            ActorId sender) {
    GasTracker gas(config_.enforce_gas ? vm::gas(static_cast<std::uint64_t>(message.gas_limit)) : UINT64_MAX);
    gas.trace_into(trace_);
    const TokenAmount premium =
        max(TokenAmount(0), min(message.gas_premium, message.gas_fee_cap - config_.network.base_fee));
    STRATA_TRY(const auto receiver, tree_->resolve(message.to));
    CallManager calls(config_, manifest_, doors_, *tree_, gas,
                      {sender, message.from, message.nonce, premium, receiver});
    Syscall<CallResult> result = CallResult{};
    if (kind == ApplyKind::explicit_message) {
        // Preflight made sure that it fits.
        if (auto charged = gas.charge(prices::on_chain_message(length)); !charged) result = std::move(charged).error();
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
                message.method == 0 ? Codec::raw : Codec::cbor, std::make_shared<const Bytes>(message.params), {}};
        result = calls.call(std::move(request));
    }
    Outcome out;
    out.gas_used = gas.gas_used();
    if (result) {
        out.result = std::move(*result);
    } else {
        const auto& failure = result.error();
        out.result = {exit_of(failure), std::nullopt, failure.message};
        if (failure.kind != SyscallFailure::Kind::number) out.gas_used = static_cast<std::uint64_t>(message.gas_limit);
    }
    if (out.result.exit_code == ExitCode::ok) out.events = calls.take_events();
    return out;
}

Status Executor::credit(ActorId id, const TokenAmount& amount) {
    if (amount.is_zero()) return {};
    STRATA_TRY(auto state, tree_->get(id));
    if (!state) return fail(Errc::internal, "no actor f0" + std::to_string(id) + " to settle with");
    state->balance += amount;
    tree_->set(id, std::move(*state));
    return {};
}

Status Executor::settle_accounts(ActorId sender, const Settlement& settlement) {
    STRATA_OK(credit(kBurntFundsId, settlement.base_fee_burn + settlement.over_estimation_burn));
    STRATA_OK(credit(kRewardId, settlement.miner_tip));
    return credit(sender, settlement.refund);
}

Result<Applied> Executor::apply(const Message& message, ApplyKind kind, std::size_t billed_length,
                                const std::optional<Recorded>& recorded) {
    if (message.gas_limit <= 0) return fail(Errc::invalid_argument, "gas limit is not positive");
    Sender sender;
    if (kind == ApplyKind::explicit_message) {
        STRATA_TRY(auto refusal, preflight(message, billed_length, sender));
        if (refusal) return std::move(*refusal);
    } else {
        STRATA_TRY(const auto id, tree_->resolve(message.from));
        if (!id) return refused(ExitCode::sys_sender_invalid, 0, "the sender has no actor");
        sender.id = *id;
    }
    Outcome outcome;
    if (recorded && recorded->out_of_gas) {
        outcome.result = {ExitCode::sys_out_of_gas, std::nullopt, "out of gas, as recorded"};
    } else {
        STRATA_TRY(outcome, execute(message, kind, billed_length, sender.id));
    }
    if (recorded) outcome.gas_used = recorded->gas_used;

    Applied out;
    out.receipt.exit_code = static_cast<std::uint32_t>(outcome.result.exit_code);
    out.receipt.gas_used = outcome.gas_used;
    if (outcome.result.data) out.receipt.return_data = *outcome.result.data->data;
    out.failure = outcome.result.exit_code == ExitCode::ok ? "" : outcome.result.message;
    out.events = std::move(outcome.events);
    STRATA_TRY(out.receipt.events_root, store_events(store_, out.events));
    if (kind == ApplyKind::explicit_message) {
        out.settlement = settle(outcome.gas_used, static_cast<std::uint64_t>(message.gas_limit),
                                config_.network.base_fee, message.gas_fee_cap, message.gas_premium);
        STRATA_OK(settle_accounts(sender.id, out.settlement));
    }
    return out;
}

Result<Cid> Executor::flush() {
    STRATA_TRY(const Cid root, tree_->flush());
    STRATA_OK(store_.flush(root));
    return root;
}

namespace {

constexpr std::int64_t kCronGasLimit = 100'000'000'000'000;
constexpr std::int64_t kRewardGasLimit = std::int64_t{1} << 30;

Message system_message(ActorId to, MethodNumber method, ChainEpoch epoch, std::int64_t gas_limit, Bytes params) {
    return {.version = 0,
            .to = Address::id(to),
            .from = Address::id(kSystemId),
            .nonce = static_cast<Nonce>(epoch),
            .value = 0,
            .gas_limit = gas_limit,
            .gas_fee_cap = 0,
            .gas_premium = 0,
            .method = method,
            .params = std::move(params)};
}

}  // namespace

Message cron_message(ChainEpoch epoch) {
    return system_message(kCronId, 2, epoch, kCronGasLimit, {});
}
Message reward_message(ChainEpoch epoch, Bytes params) {
    return system_message(kRewardId, 2, epoch, kRewardGasLimit, std::move(params));
}

Result<std::optional<Cid>> store_events(Blockstore& store, const std::vector<StampedEvent>& events) {
    if (events.empty()) return std::optional<Cid>{};
    AmtArray<StampedEvent> list(store, kEventsWidth);
    for (const auto& event : events) STRATA_OK(list.push(event));
    STRATA_TRY(const Cid root, list.flush());
    return std::optional<Cid>(root);
}

}  // namespace strata::vm
