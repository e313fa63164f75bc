// Source: FIP-0118 §2.4.4 to §2.4.9; crate fil_actor_reward_state 27.2.0 src/v19; builtin-actors v19
// actors/reward/src/lib.rs. Not checked against official code (docs/known_gaps.md).
#include <algorithm>

#include <strata/actors/reward/stream_events.hpp>
#include <strata/actors/reward/stream_messages.hpp>

namespace strata::actors::reward {
namespace {

// The work of one message: begin() applies the changes that are due, the method adds its own, and finish() writes the
// state, emits the events and burns what rounding left over. If the method fails, nothing of it stays.
class Mutation {
  public:
    static ActorResult<Mutation> begin(Runtime& rt) {
        STRATA_TRY(auto state, rt.state<State19>());
        STRATA_TRY(auto streams, rt.check(get_cbor<StreamsState>(rt.store(), state.streams_root),
                                          ExitCode::illegal_state, "streams"));
        Mutation out{std::move(state), {std::move(streams), {}}, {}};
        out.ledger.accrued = out.state.accrued;
        STRATA_OK(out.check(rt));
        out.changes = apply_due(out.ledger, rt.epoch());
        return out;
    }
    Done finish(Runtime& rt) {
        STRATA_OK(check(rt));
        STRATA_TRY(state.streams_root,
                   rt.check(put_cbor(rt.store(), ledger.streams), ExitCode::illegal_state, "streams"));
        state.accrued = ledger.accrued;
        STRATA_OK(rt.set_state(state));
        STRATA_OK(emit_changes(rt, changes));
        if (const TokenAmount dust = changes.dust(); dust.sign() > 0)
            STRATA_OK(rt.call(Address::id(kBurntFundsId), kMethodSend, std::nullopt, dust));
        return {};
    }

    State19 state;
    Ledger ledger;
    Changes changes;

  private:
    Mutation(State19 of_state, Ledger of_ledger, Changes of_changes)
        : state(std::move(of_state)), ledger(std::move(of_ledger)), changes(std::move(of_changes)) {}
    Done check(Runtime& rt) const {
        return rt.check(check_streams(ledger.streams, ledger.accrued), ExitCode::illegal_state, "streams");
    }
};

// Turns a refusal of the ledger into the exit code for wrong parameters.
template <class T>
ActorResult<T> accepted(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_argument, "change of the streams");
}

Done require_weights_actor(Runtime& rt) {
    STRATA_TRY(const auto state, rt.state<State19>());
    return rt.require_caller(std::span(&state.swa_actor, 1));
}

Done queue(Runtime& rt, PendingWrite write) {
    STRATA_TRY(auto mutation, Mutation::begin(rt));
    STRATA_TRY(const auto queued,
               accepted(rt, admit(mutation.ledger, std::move(write), rt.epoch(), mutation.state.swa_timelock_epochs)));
    STRATA_OK(mutation.finish(rt));
    return emit_queued(rt, queued);
}

Done queue_weights(Runtime& rt, WriteOp op, SetWeights call) {
    STRATA_OK(require_weights_actor(rt));
    std::ranges::sort(call.updates, {}, &WeightUpdate::id);
    return queue(rt, {std::nullopt, op, to_cbor(call), 0});
}

struct Resolved {
    Address address;
    std::optional<ActorType> type;
};

// Resolves an address to the ID of an actor that exists.
ActorResult<Resolved> resolve_existing(Runtime& rt, const Address& address) {
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return not_found(address.to_string() + " has no actor");
    STRATA_TRY(const auto type, rt.type_of(*id));
    if (!type) return not_found("actor " + address.to_string() + " does not exist");
    return Resolved{Address::id(*id), type};
}

// A payment channel deletes itself when it is collected, which would strand what it is owed.
ActorResult<Address> resolve_recipient(Runtime& rt, const Address& address) {
    STRATA_TRY(auto resolved, resolve_existing(rt, address));
    if (resolved.type == ActorType::payment_channel)
        return illegal_argument(address.to_string() + " is a payment channel, which cannot receive rewards");
    return resolved.address;
}

ActorResult<std::vector<RecipientShare>> resolve_shares(Runtime& rt, std::vector<RecipientShare> shares) {
    for (auto& row : shares) {
        STRATA_TRY(row.recipient, resolve_recipient(rt, row.recipient));
    }
    return shares;
}

// A change that is due may have replaced the writer, so this looks at the ledger after it.
Done require_writer(Runtime& rt, const Ledger& ledger, StreamId id) {
    const auto* const distribution = find_distribution(ledger, id);
    if (!distribution) return illegal_argument("stream " + std::to_string(id) + " has no shares");
    if (distribution->writer != Address::id(rt.caller()))
        return forbidden("the writer of stream " + std::to_string(id) + " is " + distribution->writer.to_string() +
                         ", expected the caller, f0" + std::to_string(rt.caller()));
    return {};
}

}  // namespace

Result<CancelledOp> CancelledOp::read_cbor(CborReader& r) {
    CancelledOp out;
    STRATA_OK(decode(r, out.op));
    if (out.op > WriteOp::set_distribution)
        return fail(Errc::malformed,
                    "the kind of a change is " + std::to_string(static_cast<unsigned>(out.op)) + ", expected 0 to 4");
    return out;
}

Done set_weight_records(Runtime& rt, const SetWeights& params) {
    return queue_weights(rt, WriteOp::set_weight_records, params);
}

Done step_weight_records(Runtime& rt, const SetWeights& params) {
    return queue_weights(rt, WriteOp::step_weight_records, params);
}

Done register_stream(Runtime& rt, const RegisterStreamParams& params) {
    STRATA_OK(require_weights_actor(rt));
    RegisterStream call{params.weight, params.distribution};
    if (call.distribution) {
        STRATA_TRY(auto shares, resolve_shares(rt, call.distribution->shares));
        STRATA_TRY(const auto writer, resolve_existing(rt, call.distribution->writer));
        call.distribution->writer = writer.address;
        STRATA_TRY(call.distribution->shares, accepted(rt, admitted_shares(std::move(shares))));
    }
    return queue(rt, {params.id, WriteOp::register_stream, to_cbor(call), params.activation_epoch});
}

Done remove_stream(Runtime& rt, const RemoveStreamParams& params) {
    STRATA_OK(require_weights_actor(rt));
    return queue(rt, {params.id, WriteOp::remove_stream, to_cbor(RemoveStream{}), 0});
}

Done set_distribution(Runtime& rt, const SetDistributionParams& params) {
    STRATA_OK(require_weights_actor(rt));
    STRATA_TRY(const auto writer, resolve_existing(rt, params.writer));
    return queue(rt, {params.id, WriteOp::set_distribution, to_cbor(SetDistribution{writer.address}), 0});
}

Done cancel_pending(Runtime& rt, const CancelPendingParams& params) {
    STRATA_OK(require_weights_actor(rt));
    STRATA_OK(rt.check(check_cancellable(params.id, params.op.op), ExitCode::illegal_argument, "cancellation"));
    STRATA_TRY(auto mutation, Mutation::begin(rt));
    const auto cancelled = cancel(mutation.ledger, params.id, params.op.op);
    STRATA_OK(mutation.finish(rt));
    return cancelled ? emit_cancelled(rt, *cancelled) : Done();
}

Done set_shares(Runtime& rt, const SetSharesParams& params) {
    STRATA_OK(rt.accept_any());
    if (params.shares.size() > kMaxRecipients)
        return illegal_argument("the message has " + std::to_string(params.shares.size()) +
                                " shares, expected at most " + std::to_string(kMaxRecipients));
    STRATA_TRY(auto mutation, Mutation::begin(rt));
    STRATA_OK(require_writer(rt, mutation.ledger, params.id));
    STRATA_TRY(auto resolved, resolve_shares(rt, params.shares));
    STRATA_TRY(auto shares, accepted(rt, admitted_shares(std::move(resolved))));
    STRATA_TRY(auto fold, accepted(rt, install_shares(mutation.ledger, params.id, shares, "SetShares")));
    mutation.changes.folds.push_back(std::move(fold));
    mutation.changes.installed.push_back({params.id, std::move(shares)});
    return mutation.finish(rt);
}

ActorResult<ReplaceAddressReturn> replace_stream_address(Runtime& rt, const ReplaceAddressParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto mutation, Mutation::begin(rt));
    STRATA_OK(require_writer(rt, mutation.ledger, params.id));
    STRATA_TRY(const auto before, resolve_existing(rt, params.old_address));
    STRATA_TRY(const Address after, resolve_recipient(rt, params.new_address));
    if (!is_recipient(*find_distribution(mutation.ledger, params.id), before.address)) {
        STRATA_OK(mutation.finish(rt));
        return ReplaceAddressReturn::old_address_not_in_ledger;
    }
    STRATA_TRY(auto fold, accepted(rt, replace_address(mutation.ledger, params.id, before.address, after)));
    mutation.changes.folds.push_back(std::move(fold));
    STRATA_OK(mutation.finish(rt));
    STRATA_OK(emit_replaced(rt, params.id, before.address, after));
    return ReplaceAddressReturn::address_replaced;
}

ActorResult<ClaimReturn> claim_earnings(Runtime& rt, const ClaimParams& params) {
    STRATA_OK(rt.accept_any());
    if (params.wallets.size() > kMaxRecipients)
        return illegal_argument("the message names " + std::to_string(params.wallets.size()) +
                                " wallets, expected at most " + std::to_string(kMaxRecipients));
    // A wallet without an actor cannot be a recipient. It keeps its place in the answer, with 0.
    std::vector<std::optional<Address>> wallets;
    for (const auto& wallet : params.wallets) {
        STRATA_TRY(const auto id, rt.resolve(wallet));
        wallets.push_back(id ? std::optional(Address::id(*id)) : std::nullopt);
    }
    STRATA_TRY(auto mutation, Mutation::begin(rt));
    STRATA_TRY(auto amounts, accepted(rt, claim(mutation.ledger, params.id, wallets)));
    // The claims are written before they are paid, so that a recipient that calls back gets nothing twice.
    STRATA_OK(mutation.finish(rt));
    for (std::size_t i = 0; i < wallets.size(); ++i) {
        if (!wallets[i] || amounts[i].sign() <= 0) continue;
        STRATA_OK(rt.call(*wallets[i], kMethodSend, std::nullopt, amounts[i]));
        STRATA_OK(emit_payout(rt, params.id, *wallets[i], amounts[i]));
    }
    return ClaimReturn{std::move(amounts)};
}

}  // namespace strata::actors::reward
