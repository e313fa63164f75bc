#include <strata/actors/miner/activation.hpp>

#include <strata/actors/market/types.hpp>
#include <strata/actors/miner/commd.hpp>
#include <strata/actors/miner/lifetime.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/verifreg/messages.hpp>

namespace strata::actors::miner {
namespace {

constexpr std::uint64_t kNoAllocation = 0;

SectorOnChainInfo new_sector(const SectorPreCommitOnChainInfo& precommit, const ActivatedData& data, ChainEpoch epoch,
                             SectorSize size, const NetworkPledgeInputs& pledge_inputs, std::uint32_t flags) {
    const ChainEpoch duration = precommit.info.expiration - epoch;
    SectorOnChainInfo out;
    out.sector_number = precommit.info.sector_number;
    out.seal_proof = precommit.info.seal_proof;
    out.sealed_cid = precommit.info.sealed_cid;
    out.activation = epoch;
    out.expiration = precommit.info.expiration;
    // A weight is spacetime: the bytes times the epochs that the sector has left to live.
    out.deal_weight = data.unverified_space * duration;
    out.verified_deal_weight = data.verified_space * duration;
    out.power_base_epoch = epoch;
    out.flags = flags;
    const auto power = qa_power_for_sector(size, out);
    out.initial_pledge = pledge_inputs.initial_pledge(power);
    out.daily_fee = daily_proof_fee(pledge_inputs.circulating_supply, power);
    return out;
}

// The message asked the registry to claim all allocations or none, so a partial success is a fault of the registry.
Done check_all_or_nothing(const BatchReturn& results) {
    if (results.all_ok() || results.success_count == 0) return {};
    return abort(ExitCode::assertion_failed,
                 "claims succeeded for " + std::to_string(results.success_count) +
                     " sectors and failed for others, although the message asked for all or none");
}

verifreg::SectorAllocationClaims claims_of(const SectorPieces& sector) {
    verifreg::SectorAllocationClaims out{sector.sector_number, sector.sector_expiry, {}};
    for (const auto& piece : sector.pieces)
        if (const auto& key = piece.verified_allocation_key)
            out.claims.push_back({key->client, key->id, piece.cid, piece.size});
    return out;
}

verifreg::SectorAllocationClaims claims_of(const SectorPreCommitInfo& sector,
                                           const market::SectorDealActivation& deals) {
    verifreg::SectorAllocationClaims out{sector.sector_number, sector.expiration, {}};
    for (const auto& deal : deals.activated)
        if (deal.allocation_id != kNoAllocation)
            out.claims.push_back({deal.client, deal.allocation_id, deal.data, deal.size});
    return out;
}

// The data since version 19: nobody is asked. Source: FIP-0118 §1.2, §1.4; builtin-actors #1760, #1778.
DataActivations activated_without_claims(const std::vector<SectorPieces>& sectors) {
    DataActivations out;
    for (const auto& sector : sectors) {
        out.results.add_success();
        auto& data = out.activated.emplace_back();
        data.pieces = emit::pieces_of(sector.pieces);
        for (const auto& piece : sector.pieces) data.verified_space += BigInt(piece.size);
    }
    return out;
}

}  // namespace

Done check_commd(Runtime& rt, const SectorPieces& sector, const std::optional<Cid>& declared) {
    STRATA_TRY(const auto compact, unsealed_cid_from_pieces(rt, sector.pieces, sector.seal_proof));
    STRATA_TRY(const Cid computed_cid, full_commd(compact, sector.seal_proof));
    STRATA_TRY(const Cid declared_cid, full_commd(declared, sector.seal_proof));
    if (declared_cid != computed_cid)
        return illegal_argument("the declared unsealed CID of sector " + std::to_string(sector.sector_number) + " is " +
                                declared_cid.to_string() + ", expected " + computed_cid.to_string() +
                                ", the unsealed CID of its pieces");
    return {};
}

ActorResult<DataActivations> activate_sectors_pieces(Runtime& rt, const std::vector<SectorPieces>& sectors,
                                                     bool all_or_nothing) {
    if (rt.policy().solstice) return activated_without_claims(sectors);
    std::vector<verifreg::SectorAllocationClaims> claims;
    for (const auto& sector : sectors) claims.push_back(claims_of(sector));
    // Unverified pieces need no permission, so only a failed claim can keep a sector from being activated.
    STRATA_TRY(auto claimed, batch_claim_allocations(rt, std::move(claims), all_or_nothing));
    if (all_or_nothing) STRATA_OK(check_all_or_nothing(claimed.sector_results));

    DataActivations out{claimed.sector_results, {}};
    const auto successes = claimed.sector_results.successes(sectors);
    for (std::size_t i = 0; i < std::min(successes.size(), claimed.claimed_space.size()); ++i) {
        auto& data = out.activated.emplace_back();
        data.verified_space = claimed.claimed_space[i];
        data.pieces = emit::pieces_of(successes[i].pieces);
        for (const auto& piece : successes[i].pieces)
            if (!piece.verified_allocation_key) data.unverified_space += BigInt(piece.size);
    }
    return out;
}

ActorResult<DataActivations> activate_sectors_deals(Runtime& rt,
                                                    const std::vector<SectorPreCommitOnChainInfo>& precommits) {
    // Since version 19 the market has no method for this, and pre-commits name no deals.
    if (rt.policy().solstice) return activated_without_claims(std::vector<SectorPieces>(precommits.size()));
    std::vector<market::SectorDeals> deals;
    for (const auto& [info, deposit, epoch] : precommits)
        deals.push_back({info.sector_number, info.seal_proof, info.expiration, info.deal_ids});
    STRATA_TRY(const auto activation, batch_activate_deals(rt, std::move(deals), /*compute_cid=*/false));
    if (activation.activation_results.success_count == 0)
        return illegal_argument("none of the " + std::to_string(precommits.size()) +
                                " sectors could have its deals activated");

    const auto successes = activation.activation_results.successes(precommits);
    std::vector<verifreg::SectorAllocationClaims> claims;
    for (std::size_t i = 0; i < std::min(successes.size(), activation.activations.size()); ++i)
        claims.push_back(claims_of(successes[i].info, activation.activations[i]));
    // The market has activated these deals by now. A failed claim fails the message, which undoes their activation.
    STRATA_TRY(const auto claimed, batch_claim_allocations(rt, std::move(claims), /*all_or_nothing=*/true));
    STRATA_OK(check_all_or_nothing(claimed.sector_results));

    DataActivations out{activation.activation_results, {}};
    for (std::size_t i = 0; i < std::min(activation.activations.size(), claimed.claimed_space.size()); ++i) {
        auto& data = out.activated.emplace_back();
        data.verified_space = claimed.claimed_space[i];
        for (const auto& deal : activation.activations[i].activated) {
            data.pieces.emplace_back(deal.data, deal.size);
            if (deal.allocation_id == kNoAllocation) data.unverified_space += BigInt(deal.size);
        }
    }
    return out;
}

Done lock_initial_pledge(Runtime& rt, State& state, const TokenAmount& pledge) {
    if (pledge.sign() > 0) {
        STRATA_TRY(const auto balance, rt.balance());
        STRATA_TRY(const auto free, state.get_unlocked_balance(balance));
        if (free < pledge)
            return insufficient_funds("the pledge is " + pledge.to_string() + " attoFIL, but the miner has only " +
                                      free.to_string() + " free");
    }
    return state.add_initial_pledge(pledge);
}

Done activate_new_sector_infos(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits,
                               const std::vector<ActivatedData>& data, const NetworkPledgeInputs& pledge_inputs,
                               const MinerInfo& info) {
    STRATA_TRY(auto state, rt.state<State>());
    std::vector<SectorOnChainInfo> sectors;
    std::vector<SectorNumber> numbers;
    TokenAmount deposit;
    TokenAmount pledge;
    for (std::size_t i = 0; i < std::min(precommits.size(), data.size()); ++i) {
        const auto& precommit = precommits[i];
        if (precommit.info.expiration - rt.epoch() < kMinSectorLifetime)
            return illegal_argument("sector " + std::to_string(precommit.info.sector_number) + " would live " +
                                    std::to_string(precommit.info.expiration - rt.epoch()) +
                                    " epochs, expected at least " + std::to_string(kMinSectorLifetime));
        const auto& sector = sectors.emplace_back(
            new_sector(precommit, data[i], rt.epoch(), info.sector_size, pledge_inputs, new_sector_flags(rt.policy())));
        numbers.push_back(sector.sector_number);
        deposit += precommit.pre_commit_deposit;
        pledge += sector.initial_pledge;
    }
    STRATA_OK(state.put_sectors(rt, sectors));
    STRATA_OK(state.delete_precommitted_sectors(rt, numbers));
    STRATA_OK(state.assign_sectors_to_deadlines(rt, rt.epoch(), std::move(sectors), info.window_post_partition_sectors,
                                                info.sector_size));
    // The deposit becomes available for the pledge.
    STRATA_OK(state.add_pre_commit_deposit(-deposit));
    STRATA_OK(lock_initial_pledge(rt, state, pledge));
    STRATA_OK(check_balance(rt, state));
    STRATA_OK(rt.set_state(state));
    // The sector gains power only with its first proof.
    return notify_pledge_changed(rt, pledge);
}

}  // namespace strata::actors::miner
