// These methods change who controls a miner and where it is reached. Source: docs/protocol/fvm.md §8.8; builtin-actors
// v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {
namespace {

// A block's signature is checked against the worker of a past state, so the key may change only after finality.
constexpr ChainEpoch kWorkerKeyChangeDelay = kChainFinality;

// The owner proposes a new owner, and then the proposed owner accepts.
Done propose_or_accept_owner(Runtime& rt, MinerInfo& info, const Address& new_owner) {
    if (Address::id(rt.caller()) == info.owner || !info.pending_owner_address) {
        STRATA_OK(rt.require_caller({{info.owner}}));
        info.pending_owner_address = new_owner;
        return {};
    }
    const Address proposed = *info.pending_owner_address;
    STRATA_OK(rt.require_caller({{proposed}}));
    if (new_owner != proposed)
        return illegal_argument("the message confirms the new owner " + new_owner.to_string() +
                                ", expected the proposed owner, " + proposed.to_string());
    // A miner without a separate beneficiary pays its new owner.
    if (info.beneficiary == info.owner) info.beneficiary = proposed;
    info.pending_beneficiary_term.reset();
    info.owner = proposed;
    return {};
}

}  // namespace

Done change_worker_address(Runtime& rt, const ChangeWorkerAddressParams& params) {
    STRATA_OK(check_control_addresses(params.new_control_addresses));
    STRATA_TRY(const auto worker, resolve_worker_address(rt, params.new_worker));
    STRATA_TRY(auto control_addresses, resolve_control_addresses(rt, params.new_control_addresses));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    STRATA_OK(rt.require_caller({{info.owner}}));
    info.control_addresses = std::move(control_addresses);
    const Address new_worker = Address::id(worker);
    // As in the reference, a further change is ignored while one is pending.
    if (new_worker != info.worker && !info.pending_worker_key)
        info.pending_worker_key = WorkerKeyChange{new_worker, rt.epoch() + kWorkerKeyChangeDelay};
    STRATA_OK(state.save_info(rt, info));
    return rt.set_state(state);
}

Done confirm_change_worker_address(Runtime& rt) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    STRATA_OK(rt.require_caller({{info.owner}}));
    STRATA_OK(process_pending_worker(rt, state, info));
    return rt.set_state(state);
}

Done change_owner_address(Runtime& rt, const Address& new_owner) {
    if (new_owner.protocol() != Address::Protocol::id)
        return illegal_argument("the new owner is " + new_owner.to_string() + ", expected an ID address (f0)");
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    STRATA_OK(propose_or_accept_owner(rt, info, new_owner));
    // This ends a proposal that was just accepted, and one that the owner withdraws by proposing itself.
    if (info.pending_owner_address == info.owner) info.pending_owner_address.reset();
    STRATA_OK(state.save_info(rt, info));
    return rt.set_state(state);
}

Done change_peer_id(Runtime& rt, const ChangePeerIdParams& params) {
    STRATA_OK(check_peer_info(params.new_id, {}));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    info.peer_id = params.new_id;
    STRATA_OK(state.save_info(rt, info));
    return rt.set_state(state);
}

Done change_multiaddrs(Runtime& rt, const ChangeMultiaddrsParams& params) {
    STRATA_OK(check_peer_info({}, params.new_multi_addrs));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    info.multi_address = params.new_multi_addrs;
    STRATA_OK(state.save_info(rt, info));
    return rt.set_state(state);
}

}  // namespace strata::actors::miner
