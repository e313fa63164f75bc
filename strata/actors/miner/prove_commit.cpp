// Pre-committed sectors are proven and activated. Source: docs/protocol/storage.md §2; builtin-actors v18
// actors/miner/src/lib.rs.
#include <strata/actors/miner/activation.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/notifications.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/miner/seal_verification.hpp>

namespace strata::actors::miner {
namespace {

struct Candidate {
    const SectorActivationManifest* manifest;
    SectorPreCommitOnChainInfo precommit;
};

Done check_proofs(const ProveCommitSectors3Params& params, RegisteredSealProof seal_proof) {
    if (params.sector_proofs.empty() == params.aggregate_proof.empty())
        return illegal_argument("the message must have either sector proofs or an aggregate proof, but has " +
                                std::string(params.sector_proofs.empty() ? "neither" : "both"));
    if (params.sector_proofs.empty()) {
        if (params.aggregate_proof_type != RegisteredAggregateProof::snark_pack_v2)
            return illegal_argument("the aggregate proof has type " +
                                    (params.aggregate_proof_type
                                         ? std::to_string(std::to_underlying(*params.aggregate_proof_type))
                                         : std::string("null")) +
                                    ", expected 1 (SnarkPackV2)");
        return check_aggregate_proof(params.aggregate_proof, params.sector_activations.size(), /*interactive=*/true);
    }
    if (params.aggregate_proof_type)
        return illegal_argument("the message has sector proofs, so the type of the aggregate proof must be null");
    if (params.sector_activations.size() != params.sector_proofs.size())
        return illegal_argument("the message has " + std::to_string(params.sector_proofs.size()) + " proofs for " +
                                std::to_string(params.sector_activations.size()) + " sectors, expected one for each");
    return check_seal_proof_sizes(seal_proof, params.sector_proofs);
}

// Verifies the proofs of the valid sectors, and returns a code for each of them.
ActorResult<BatchReturn> verify_single_proofs(Runtime& rt, const SealProofInputs& inputs,
                                              const ProveCommitSectors3Params& params) {
    auto infos = inputs.results.successes(inputs.infos);
    const auto proofs = inputs.results.successes(params.sector_proofs);
    for (std::size_t i = 0; i < infos.size(); ++i) infos[i].proof_bytes = proofs[i];
    STRATA_TRY(const auto verified,
               rt.unwrap(rt.kernel().batch_verify_seals(infos), ExitCode::illegal_argument, "seal proofs"));
    BatchReturn out;
    for (const bool valid : verified) {
        if (!valid && params.require_activation_success)
            return illegal_argument("the proof of sector " + std::to_string(infos[out.size()].sector.number) +
                                    " does not verify, and the message requires every activation to succeed");
        out.add(valid ? ExitCode::ok : ExitCode::illegal_argument);
    }
    return out;
}

ActorResult<BatchReturn> verify_proofs(Runtime& rt, const SealProofInputs& inputs,
                                       const ProveCommitSectors3Params& params, RegisteredSealProof seal_proof) {
    if (!params.sector_proofs.empty()) return verify_single_proofs(rt, inputs, params);
    STRATA_OK(verify_aggregate_seal(rt, inputs, seal_proof, *params.aggregate_proof_type, params.aggregate_proof));
    return BatchReturn{inputs.results.success_count, {}};
}

ActorResult<DataActivations> activate_data(Runtime& rt, const std::vector<Candidate>& proven, bool all_or_nothing) {
    std::vector<SectorPieces> sectors;
    for (const auto& [manifest, precommit] : proven) {
        const auto& info = precommit.info;
        const auto& sector =
            sectors.emplace_back(SectorPieces{manifest->pieces, info.expiration, info.sector_number, info.seal_proof});
        STRATA_OK(check_commd(rt, sector, info.unsealed_cid));
    }
    return activate_sectors_pieces(rt, sectors, all_or_nothing);
}

// Emits the events of the activated sectors, and then sends the notifications that the pieces ask for.
Done announce(Runtime& rt, const std::vector<Candidate>& activated, bool require_success) {
    std::vector<ActivationNotifications> notifications;
    for (const auto& [manifest, precommit] : activated) {
        const auto& info = precommit.info;
        notifications.push_back({manifest->sector_number, info.expiration, &manifest->pieces});
        STRATA_OK(emit::sector_activated(rt, info.sector_number, info.unsealed_cid, emit::pieces_of(manifest->pieces)));
    }
    return notify_data_consumers(rt, notifications, require_success);
}

std::vector<SectorPreCommitOnChainInfo> precommits_of(const std::vector<Candidate>& candidates) {
    std::vector<SectorPreCommitOnChainInfo> out;
    for (const auto& candidate : candidates) out.push_back(candidate.precommit);
    return out;
}

}  // namespace

ActorResult<BatchReturn> prove_commit_sectors3(Runtime& rt, const ProveCommitSectors3Params& params) {
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    std::vector<SectorNumber> numbers;
    for (const auto& manifest : params.sector_activations) numbers.push_back(manifest.sector_number);
    STRATA_TRY(const auto precommits, state.get_precommitted_sectors(rt, numbers));
    if (precommits.empty()) return illegal_argument("the message proves 0 sectors, expected at least one");
    const auto seal_proof = precommits.front().info.seal_proof;
    STRATA_OK(check_proofs(params, seal_proof));

    STRATA_TRY(const auto inputs, validate_precommits(rt, precommits, params.require_activation_success));
    if (inputs.results.success_count == 0)
        return illegal_argument("none of the " + std::to_string(precommits.size()) + " pre-commits is valid");
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < precommits.size(); ++i)
        candidates.push_back({&params.sector_activations[i], precommits[i]});
    STRATA_TRY(const auto verified, verify_proofs(rt, inputs, params, seal_proof));
    if (verified.success_count == 0)
        return illegal_argument("none of the " + std::to_string(inputs.results.success_count) + " proofs verifies");
    const auto proven = verified.successes(inputs.results.successes(candidates));

    STRATA_TRY(const auto data, activate_data(rt, proven, params.require_activation_success));
    if (data.results.success_count == 0)
        return illegal_argument("none of the " + std::to_string(proven.size()) +
                                " proven sectors could have its data activated");
    const auto activated = data.results.successes(proven);
    STRATA_TRY(const auto pledge_inputs, request_network_pledge_inputs(rt));
    STRATA_OK(activate_new_sector_infos(rt, precommits_of(activated), data.activated, pledge_inputs, info));
    STRATA_OK(announce(rt, activated, params.require_notification_success));
    // Each step ran over the successes of the step before. `then` maps the codes back to all sectors of the message.
    return inputs.results.then(verified).then(data.results);
}

Done internal_sector_setup_preseal(Runtime& rt, const InternalSectorSetupForPresealParams& params) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto precommits, state.find_precommitted_sectors(rt, params.sectors));
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_TRY(const auto data, activate_sectors_deals(rt, precommits));
    const auto activated = data.results.successes(precommits);
    // At genesis the power and reward actors have no history yet, so the message contains their estimates.
    NetworkPledgeInputs pledge_inputs{.network_qap = params.quality_adj_power_smoothed,
                                      .network_baseline = params.reward_baseline_power,
                                      .circulating_supply = {},
                                      .epoch_reward = params.reward_smoothed,
                                      .epochs_since_ramp_start = 0,
                                      .ramp_duration_epochs = 0};
    STRATA_TRY(pledge_inputs.circulating_supply, rt.circulating_supply());
    STRATA_OK(activate_new_sector_infos(rt, activated, data.activated, pledge_inputs, info));
    for (std::size_t i = 0; i < std::min(activated.size(), data.activated.size()); ++i)
        STRATA_OK(emit::sector_activated(rt, activated[i].info.sector_number, activated[i].info.unsealed_cid,
                                         data.activated[i].pieces));
    return {};
}

}  // namespace strata::actors::miner
