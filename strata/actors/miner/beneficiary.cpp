// The beneficiary receives what a miner withdraws. The owner proposes a new beneficiary; the present and the new
// one must both agree. Source: docs/protocol/fvm.md §8.8, FIP-0029; builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/handlers.hpp>

namespace strata::actors::miner {
namespace {

Done propose(Runtime& rt, MinerInfo& info, const Address& beneficiary, const ChangeBeneficiaryParams& params) {
    if (beneficiary != info.owner) {
        if (params.new_quota.sign() <= 0)
            return illegal_argument("the quota is " + params.new_quota.to_string() + " attoFIL, expected more than 0");
    } else if (!params.new_quota.is_zero() || params.new_expiration != 0) {
        return illegal_argument("the quota is " + params.new_quota.to_string() + " attoFIL and the expiration " +
                                std::to_string(params.new_expiration) +
                                "; both must be 0 if the beneficiary is the owner");
    }
    info.pending_beneficiary_term = PendingBeneficiaryChange{.new_beneficiary = beneficiary,
                                                             .new_quota = params.new_quota,
                                                             .new_expiration = params.new_expiration,
                                                             .approved_by_beneficiary = false,
                                                             .approved_by_nominee = false};
    // A beneficiary whose quota is used up or whose term has expired has no say in the change.
    if (info.beneficiary_term.available(rt.epoch()).is_zero())
        info.pending_beneficiary_term->approved_by_beneficiary = true;
    return {};
}

Done check_agreement(const MinerInfo& info, const Address& caller, const Address& beneficiary,
                     const ChangeBeneficiaryParams& params) {
    const auto& pending = info.pending_beneficiary_term;
    if (!pending)
        return forbidden("no change of the beneficiary is proposed; the owner " + info.owner.to_string() +
                         " must propose it first");
    if (caller != info.beneficiary && caller != pending->new_beneficiary)
        return forbidden("the caller " + caller.to_string() + " is neither the beneficiary " +
                         info.beneficiary.to_string() + " nor the proposed beneficiary " +
                         pending->new_beneficiary.to_string());
    if (pending->new_beneficiary != beneficiary || pending->new_quota != params.new_quota ||
        pending->new_expiration != params.new_expiration)
        return illegal_argument("the owner proposed " + pending->new_beneficiary.to_string() + " with quota " +
                                pending->new_quota.to_string() + " and expiration " +
                                std::to_string(pending->new_expiration) + ", but the message approves " +
                                beneficiary.to_string() + " with quota " + params.new_quota.to_string() +
                                " and expiration " + std::to_string(params.new_expiration));
    return {};
}

void approve(MinerInfo& info, const Address& caller, const Address& beneficiary) {
    auto& pending = *info.pending_beneficiary_term;
    if (caller == info.beneficiary) pending.approved_by_beneficiary = true;
    if (caller == beneficiary) pending.approved_by_nominee = true;
    if (!pending.approved_by_beneficiary || !pending.approved_by_nominee) return;
    // A new beneficiary begins with an unused quota. The present one keeps what it has used.
    if (beneficiary != info.beneficiary) info.beneficiary_term.used_quota = {};
    info.beneficiary = beneficiary;
    info.beneficiary_term.quota = pending.new_quota;
    info.beneficiary_term.expiration = pending.new_expiration;
    info.pending_beneficiary_term.reset();
}

}  // namespace

Done change_beneficiary(Runtime& rt, const ChangeBeneficiaryParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto id, rt.resolve(params.new_beneficiary));
    if (!id) return illegal_argument(params.new_beneficiary.to_string() + " has no actor");
    const Address beneficiary = Address::id(*id);
    const Address caller = Address::id(rt.caller());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    if (caller == info.owner) {
        STRATA_OK(propose(rt, info, beneficiary, params));
    } else {
        STRATA_OK(check_agreement(info, caller, beneficiary, params));
    }
    // An owner that is also the beneficiary or the nominee agrees by proposing, so a proposal may take effect at once.
    approve(info, caller, beneficiary);
    STRATA_OK(state.save_info(rt, info));
    return rt.set_state(state);
}

ActorResult<GetBeneficiaryReturn> get_beneficiary(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    return GetBeneficiaryReturn{{info.beneficiary, info.beneficiary_term}, info.pending_beneficiary_term};
}

}  // namespace strata::actors::miner
