#include <strata/actors/methods.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/receiver_hook.hpp>

namespace strata::actors::multisig {
namespace {

// The limit is builtin-actors' SIGNERS_MAX (actors/multisig/src/types.rs).
constexpr std::size_t kMaxSigners = 256;

ActorResult<PendingTransactions> pending(Runtime& rt, const State& state) {
    return rt.check(PendingTransactions::load(rt.store(), state.pending_txns), ExitCode::illegal_state, "pending");
}
template <class T>
ActorResult<T> in_map(Runtime& rt, Result<T> result) {
    return rt.check(std::move(result), ExitCode::illegal_state, "pending transactions");
}

std::string too_many_signers(std::size_t count) {
    return "the multisig would have " + std::to_string(count) + " signers, expected at most " +
           std::to_string(kMaxSigners);
}
std::string not_a_signer(const Address& address) {
    return address.to_string() + " is not a signer of this multisig";
}
std::string already_a_signer(const Address& address) {
    return address.to_string() + " is already a signer of this multisig";
}
std::string no_transaction(TxnId id) {
    return "the multisig has no pending transaction " + std::to_string(id);
}
std::string hash_mismatch(TxnId id) {
    return "the proposal hash in the message is not the hash of transaction " + std::to_string(id);
}

Address caller_address(const Runtime& rt) {
    return Address::id(rt.caller());
}

Done require_self(Runtime& rt) {
    return rt.require_caller({rt.receiver()});
}

Done constructor(Runtime& rt, const ConstructorParams& params) {
    STRATA_OK(rt.require_caller({kInitId}));
    if (params.signers.empty()) return illegal_argument("the multisig would have 0 signers, expected at least 1");
    if (params.signers.size() > kMaxSigners) return illegal_argument(too_many_signers(params.signers.size()));
    State state;
    for (const auto& signer : params.signers) {
        STRATA_TRY(const ActorId id, rt.resolve_or_create(signer));
        if (state.is_signer(Address::id(id)))
            return illegal_argument("signer " + signer.to_string() + " is listed twice");
        state.signers.push_back(Address::id(id));
    }
    if (params.threshold > params.signers.size())
        return illegal_argument("the threshold is " + std::to_string(params.threshold) + ", expected at most " +
                                std::to_string(params.signers.size()) + ", the number of signers");
    if (params.threshold < 1)
        return illegal_argument("the threshold is " + std::to_string(params.threshold) + ", expected at least 1");
    if (params.unlock_duration < 0)
        return illegal_argument("the unlock duration is " + std::to_string(params.unlock_duration) +
                                " epochs, expected at least 0");
    state.threshold = params.threshold;
    STRATA_TRY(state.pending_txns, in_map(rt, PendingTransactions::empty_root(rt.store())));
    // Only the value that the creating message sends is locked.
    if (params.unlock_duration != 0) {
        state.start_epoch = params.start_epoch;
        state.unlock_duration = params.unlock_duration;
        state.initial_balance = rt.value_received();
    }
    return rt.set_state(state);
}

Done check_available(const State& state, const TokenAmount& balance, const TokenAmount& amount, ChainEpoch epoch) {
    if (amount.is_negative())
        return illegal_argument("the amount to spend is " + amount.to_string() + " attoFIL, expected at least 0");
    if (balance < amount)
        return insufficient_funds("the multisig holds " + balance.to_string() + " attoFIL, expected at least " +
                                  amount.to_string() + ", the value of the transaction");
    // A transfer of zero is always allowed, even if the locked amount exceeds the balance.
    if (amount.is_zero()) return {};
    if (balance - amount < state.locked(epoch))
        return insufficient_funds("the transaction would leave " + (balance - amount).to_string() +
                                  " attoFIL, expected at least " + state.locked(epoch).to_string() +
                                  ", the amount that is locked at epoch " + std::to_string(epoch));
    return {};
}

// Sends the transaction if it has enough approvals. `applied` of the result says whether it was sent.
ActorResult<ApproveReturn> execute_if_approved(Runtime& rt, TxnId id, const Transaction& txn) {
    STRATA_TRY(auto state, rt.state<State>());
    if (txn.approved.size() < state.threshold) return ApproveReturn{};
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_OK(check_available(state, balance, txn.value, rt.epoch()));
    STRATA_TRY(auto map, pending(rt, state));
    // The transaction is removed before it is sent, so that a call back into the multisig cannot run it twice.
    STRATA_OK(in_map(rt, map.remove(id)));
    STRATA_TRY(state.pending_txns, in_map(rt, map.flush()));
    STRATA_OK(rt.set_state(state));
    const auto params = txn.params.empty() ? std::nullopt : std::optional<Bytes>(txn.params);
    auto sent = rt.call(txn.to, txn.method, params, txn.value);
    ApproveReturn out{.applied = true, .code = 0, .ret = {}};
    if (sent) {
        out.ret = sent->value_or(Bytes{});
        return out;
    }
    // A failure of the target is part of the result, but running out of gas ends this message too.
    if (sent.error().kind != Abort::Kind::exit) return std::move(sent).error();
    out.code = static_cast<std::uint32_t>(sent.error().code);
    if (sent.error().data) out.ret = std::move(sent.error().data->data);
    return out;
}

ActorResult<ApproveReturn> add_approval(Runtime& rt, TxnId id, Transaction txn) {
    const Address approver = caller_address(rt);
    if (std::ranges::find(txn.approved, approver) != txn.approved.end())
        return forbidden(approver.to_string() + " has already approved transaction " + std::to_string(id));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto map, pending(rt, state));
    txn.approved.push_back(approver);
    STRATA_OK(in_map(rt, map.set(id, txn)));
    STRATA_TRY(state.pending_txns, in_map(rt, map.flush()));
    STRATA_OK(rt.set_state(state));
    return execute_if_approved(rt, id, txn);
}

ActorResult<ProposeReturn> propose(Runtime& rt, const ProposeParams& params) {
    STRATA_OK(rt.accept_any());
    if (params.value.is_negative())
        return illegal_argument("the proposed value is " + params.value.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(auto state, rt.state<State>());
    if (!state.is_signer(caller_address(rt))) return forbidden(not_a_signer(caller_address(rt)));
    STRATA_TRY(auto map, pending(rt, state));
    const TxnId id = state.next_txn_id++;
    const Transaction txn{params.to, params.value, params.method, params.params, {}};
    STRATA_OK(in_map(rt, map.set(id, txn)));
    STRATA_TRY(state.pending_txns, in_map(rt, map.flush()));
    STRATA_OK(rt.set_state(state));
    // The proposal is the first approval. With a threshold of 1 the transaction runs at once.
    STRATA_TRY(const auto result, add_approval(rt, id, txn));
    return ProposeReturn{id, result.applied, result.code, result.ret};
}

struct ProposalHashData {
    std::optional<Address> requester;
    Address to;
    TokenAmount value;
    MethodNumber method = 0;
    Bytes params;
    STRATA_CBOR_TUPLE(requester, to, value, method, params);
};

ActorResult<bool> hash_matches(Runtime& rt, const Transaction& txn, const Bytes& hash) {
    // The hash ties an approval to the content of a transaction, because its ID may belong to a different transaction
    // after a reorganization of the chain. The hash is optional.
    if (hash.empty()) return true;
    ProposalHashData data{{}, txn.to, txn.value, txn.method, txn.params};
    if (!txn.approved.empty()) data.requester = txn.approved.front();
    STRATA_TRY(const auto expected, rt.blake2b(to_cbor(data)));
    return equal(hash, expected);
}

ActorResult<ApproveReturn> approve(Runtime& rt, const TxnIdParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    if (!state.is_signer(caller_address(rt))) return forbidden(not_a_signer(caller_address(rt)));
    STRATA_TRY(const auto map, pending(rt, state));
    STRATA_TRY(const auto txn, in_map(rt, map.get(params.id)));
    if (!txn) return not_found(no_transaction(params.id));
    STRATA_TRY(const bool matches, hash_matches(rt, *txn, params.proposal_hash));
    if (!matches) return illegal_argument(hash_mismatch(params.id));
    // The threshold may have been lowered since the last approval.
    STRATA_TRY(auto executed, execute_if_approved(rt, params.id, *txn));
    if (executed.applied) return executed;
    return add_approval(rt, params.id, *txn);
}

Done cancel(Runtime& rt, const TxnIdParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    const Address caller = caller_address(rt);
    if (!state.is_signer(caller)) return forbidden(not_a_signer(caller));
    STRATA_TRY(auto map, pending(rt, state));
    // The map is stored only at the end, so a refusal below does not remove the transaction.
    STRATA_TRY(const auto txn, in_map(rt, map.remove(params.id)));
    if (!txn) return not_found(no_transaction(params.id));
    if (txn->approved.empty() || txn->approved.front() != caller)
        return forbidden(caller.to_string() + " did not propose transaction " + std::to_string(params.id) +
                         "; only its proposer can cancel it");
    STRATA_TRY(const bool matches, hash_matches(rt, *txn, params.proposal_hash));
    if (!matches) return illegal_state(hash_mismatch(params.id));
    STRATA_TRY(state.pending_txns, in_map(rt, map.flush()));
    return rt.set_state(state);
}

// Withdraws the approvals of a former signer, and removes the transactions that have no approvals left.
Done purge_approvals(Runtime& rt, State& state, const Address& signer) {
    STRATA_TRY(auto map, pending(rt, state));
    std::vector<std::pair<TxnId, Transaction>> touched;
    STRATA_OK(in_map(rt, map.for_each([&](TxnId id, const Transaction& txn) -> Status {
        if (std::ranges::find(txn.approved, signer) != txn.approved.end()) touched.emplace_back(id, txn);
        return {};
    })));
    for (auto& [id, txn] : touched) {
        std::erase(txn.approved, signer);
        if (txn.approved.empty()) {
            STRATA_OK(in_map(rt, map.remove(id)));
        } else {
            STRATA_OK(in_map(rt, map.set(id, txn)));
        }
    }
    STRATA_TRY(state.pending_txns, in_map(rt, map.flush()));
    return {};
}

Done add_signer(Runtime& rt, const AddSignerParams& params) {
    STRATA_OK(require_self(rt));
    STRATA_TRY(const ActorId id, rt.resolve_or_create(params.signer));
    STRATA_TRY(auto state, rt.state<State>());
    if (state.signers.size() >= kMaxSigners) return forbidden(too_many_signers(state.signers.size() + 1));
    if (state.is_signer(Address::id(id))) return forbidden(already_a_signer(params.signer));
    state.signers.push_back(Address::id(id));
    if (params.increase) ++state.threshold;
    return rt.set_state(state);
}

Done remove_signer(Runtime& rt, const RemoveSignerParams& params) {
    STRATA_OK(require_self(rt));
    STRATA_TRY(const ActorId id, rt.resolve_or_create(params.signer, /*check_existence=*/false));
    STRATA_TRY(auto state, rt.state<State>());
    if (!state.is_signer(Address::id(id))) return forbidden(not_a_signer(params.signer));
    if (state.signers.size() == 1)
        return forbidden(params.signer.to_string() + " is the only signer and cannot be removed");
    if (!params.decrease && state.signers.size() - 1 < state.threshold)
        return illegal_argument("the removal would leave " + std::to_string(state.signers.size() - 1) +
                                " signers, but the threshold is " + std::to_string(state.threshold) +
                                "; set `decrease` in the message to lower the threshold too");
    if (params.decrease) {
        if (state.threshold < 2)
            return illegal_argument("the threshold is " + std::to_string(state.threshold) +
                                    ", expected at least 2 before it is decreased");
        --state.threshold;
    }
    STRATA_OK(purge_approvals(rt, state, Address::id(id)));
    std::erase(state.signers, Address::id(id));
    return rt.set_state(state);
}

Done swap_signer(Runtime& rt, const SwapSignerParams& params) {
    STRATA_OK(require_self(rt));
    STRATA_TRY(const ActorId from, rt.resolve_or_create(params.from, /*check_existence=*/false));
    STRATA_TRY(const ActorId to, rt.resolve_or_create(params.to));
    STRATA_TRY(auto state, rt.state<State>());
    if (!state.is_signer(Address::id(from))) return forbidden(not_a_signer(params.from));
    if (state.is_signer(Address::id(to))) return illegal_argument(already_a_signer(params.to));
    std::erase(state.signers, Address::id(from));
    state.signers.push_back(Address::id(to));
    STRATA_OK(purge_approvals(rt, state, Address::id(from)));
    return rt.set_state(state);
}

Done change_threshold(Runtime& rt, const ChangeThresholdParams& params) {
    STRATA_OK(require_self(rt));
    STRATA_TRY(auto state, rt.state<State>());
    if (params.threshold == 0 || params.threshold > state.signers.size())
        return illegal_argument("the threshold is " + std::to_string(params.threshold) + ", expected 1 to " +
                                std::to_string(state.signers.size()) + ", the number of signers");
    state.threshold = params.threshold;
    return rt.set_state(state);
}

Done lock_balance(Runtime& rt, const LockBalanceParams& params) {
    STRATA_OK(require_self(rt));
    if (params.unlock_duration <= 0)
        return illegal_argument("the unlock duration is " + std::to_string(params.unlock_duration) +
                                " epochs, expected at least 1");
    if (params.amount.is_negative())
        return illegal_argument("the amount to lock is " + params.amount.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(auto state, rt.state<State>());
    if (state.unlock_duration != 0)
        return forbidden("the multisig already has a lock of " + std::to_string(state.unlock_duration) +
                         " epochs, and a lock cannot be changed");
    state.start_epoch = params.start_epoch;
    state.unlock_duration = params.unlock_duration;
    state.initial_balance = params.amount;
    return rt.set_state(state);
}

Done receive(Runtime& rt, const UniversalReceiverParams&) {
    return rt.accept_any();
}

constexpr Method kMethods[] = {
    method<&constructor>(1),  method<&propose>(2),        method<&approve>(3),     method<&cancel>(4),
    method<&add_signer>(5),   method<&remove_signer>(6),  method<&swap_signer>(7), method<&change_threshold>(8),
    method<&lock_balance>(9), method<&receive>(kReceive),
};

}  // namespace

TokenAmount State::locked(ChainEpoch epoch) const {
    const ChainEpoch elapsed = epoch - start_epoch;
    if (elapsed >= unlock_duration) return 0;
    if (elapsed <= 0) return initial_balance;
    // The locked part is rounded up, so that no attoFIL is unlocked too early.
    return div_ceil(initial_balance * BigInt(unlock_duration - elapsed), BigInt(unlock_duration));
}

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::multisig
