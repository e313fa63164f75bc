// WindowPoSts are accepted without verification and may be disputed later. Source: docs/protocol/storage.md §4.4;
// builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::miner {
namespace {

// runtime/src/runtime/randomness.rs
constexpr std::int64_t kWindowedPoStChallengeSeedTag = 4;
constexpr std::int64_t kPoStChainCommitTag = 9;
constexpr std::size_t kRandomnessLength = 32;
constexpr std::size_t kProofSize = 192;  // bytes of a Groth16 proof, one for each partition (fvm_shared proof_size())

ActorResult<bool> verify_windowed_post(Runtime& rt, ChainEpoch challenge_epoch, SectorInfos sectors,
                                       const std::vector<PoStProof>& proofs) {
    const Bytes entropy = to_cbor(Address::id(rt.receiver()));
    STRATA_TRY(const auto randomness, rt.beacon_randomness(kWindowedPoStChallengeSeedTag, challenge_epoch, entropy));
    WindowPoStVerifyInfo info{
        .randomness = to_bytes(randomness), .proofs = proofs, .challenged_sectors = {}, .prover = rt.receiver()};
    for (const auto& sector : sectors)
        info.challenged_sectors.push_back({sector.seal_proof, sector.sector_number, sector.sealed_cid});
    auto verified = rt.kernel().verify_post(info);
    if (verified) return *verified;
    // builtin-actors treats every error number of the syscall as an invalid proof.
    if (verified.error().kind == vm::SyscallFailure::Kind::number) return false;
    return rt.abort_for(verified.error(), ExitCode::illegal_state, "proof");
}

Done check_submission(Runtime& rt, const SubmitWindowedPoStParams& params) {
    if (params.proofs.size() != 1)
        return illegal_argument("the message has " + std::to_string(params.proofs.size()) + " proofs, expected one");
    if (!rt.policy().window_post_proofs.contains(params.proofs[0].proof))
        return illegal_argument("WindowPoSt proof type " + std::to_string(std::to_underlying(params.proofs[0].proof)) +
                                " is not allowed; allowed are " + type_numbers(rt.policy().window_post_proofs));
    if (params.deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(params.deadline));
    if (params.chain_commit_rand.size() > kRandomnessLength)
        return illegal_argument("the randomness has " + std::to_string(params.chain_commit_rand.size()) +
                                " bytes, expected at most " + std::to_string(kRandomnessLength));
    return {};
}

Done check_against_miner(const MinerInfo& info, const SubmitWindowedPoStParams& params) {
    const auto& proof = params.proofs[0];
    if (proof.proof != info.window_post_proof_type)
        return illegal_argument("the proof has type " + std::to_string(std::to_underlying(proof.proof)) +
                                ", expected the miner's type " +
                                std::to_string(std::to_underlying(info.window_post_proof_type)));
    if (proof.bytes.size() > kProofSize * params.partitions.size())
        return illegal_argument("the proof has " + std::to_string(proof.bytes.size()) + " bytes, expected at most " +
                                std::to_string(kProofSize * params.partitions.size()));
    const std::uint64_t max_partitions =
        std::min(load_partitions_sectors_max(info.window_post_partition_sectors), kPostedPartitionsMax);
    if (params.partitions.size() > max_partitions)
        return illegal_argument("the proof covers " + std::to_string(params.partitions.size()) +
                                " partitions, expected at most " + std::to_string(max_partitions));
    return {};
}

Done check_timing(Runtime& rt, const DeadlineInfo& current, const SubmitWindowedPoStParams& params) {
    // The current deadline is closed only before a miner's first period, or if cron did not run.
    if (!current.is_open())
        return illegal_state("deadline " + std::to_string(current.index) + " opens at epoch " +
                             std::to_string(current.open) + " and closes at epoch " + std::to_string(current.close) +
                             "; the current epoch is " + std::to_string(rt.epoch()));
    if (params.deadline != current.index)
        return illegal_argument("the proof is for deadline " + std::to_string(params.deadline) + ", but deadline " +
                                std::to_string(current.index) + " is open");
    if (params.chain_commit_epoch < current.challenge)
        return illegal_argument("the proof commits to epoch " + std::to_string(params.chain_commit_epoch) +
                                ", expected the challenge at epoch " + std::to_string(current.challenge) + " or later");
    if (params.chain_commit_epoch >= rt.epoch())
        return illegal_argument("the proof commits to epoch " + std::to_string(params.chain_commit_epoch) +
                                ", expected an epoch before the current epoch " + std::to_string(rt.epoch()));
    // The commitment ties the proof to this chain, so that it cannot be replayed on a different fork.
    STRATA_TRY(const auto randomness, rt.chain_randomness(kPoStChainCommitTag, params.chain_commit_epoch, {}));
    if (!equal(randomness, params.chain_commit_rand))
        return illegal_argument("the randomness in the message is not this chain's randomness of epoch " +
                                std::to_string(params.chain_commit_epoch));
    return {};
}

}  // namespace

Done submit_windowed_post(Runtime& rt, const SubmitWindowedPoStParams& params) {
    STRATA_OK(check_submission(rt, params));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_OK(check_against_miner(info, params));
    const auto current = state.deadline_info(rt.epoch());
    STRATA_OK(check_timing(rt, current, params));

    STRATA_TRY(const auto sectors, Sectors::load(rt, state.sectors));
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(auto deadline, deadlines.load_deadline(rt, params.deadline));
    STRATA_TRY(const auto result, deadline.record_proven_sectors(rt, sectors, info.sector_size, current.quant_spec(),
                                                                 current.last() + kFaultMaxAge, params.partitions));
    if ((result.sectors - result.ignored_sectors).empty())
        return illegal_argument("all " + std::to_string(result.sectors.count()) +
                                " sectors of the partitions are faulty or terminated; there is nothing to prove");
    if (result.recovered_power.is_zero()) {
        STRATA_OK(deadline.record_post_proofs(rt, result.partitions, params.proofs));
    } else {  // recovered power counts at once, so its proof is verified now
        STRATA_TRY(const auto infos, sectors.load_for_proof(rt, result.sectors, result.ignored_sectors));
        STRATA_TRY(const bool valid, verify_windowed_post(rt, current.challenge, infos, params.proofs));
        if (!valid)
            return illegal_argument("the proof for deadline " + std::to_string(params.deadline) + " does not verify");
    }
    STRATA_OK(deadlines.update_deadline(rt, params.deadline, deadline));
    STRATA_OK(state.save_deadlines(rt, deadlines));
    STRATA_OK(rt.set_state(state));

    STRATA_OK(request_update_power(rt, result.power_delta));
    return check_balance(rt);
}

Done dispute_windowed_post(Runtime& rt, const DisputeWindowedPoStParams& params) {
    STRATA_OK(rt.accept_any());
    if (params.deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(params.deadline));
    STRATA_TRY(const auto reward, request_current_epoch_block_reward(rt));
    STRATA_TRY(const auto power, request_current_total_power(rt));

    STRATA_TRY(auto state, rt.state<State>());
    const auto current = state.deadline_info(rt.epoch());
    if (!deadline_available_for_optimistic_post_dispute(current.period_start, params.deadline, rt.epoch()))
        return forbidden("the proofs of deadline " + std::to_string(params.deadline) + " cannot be disputed at epoch " +
                         std::to_string(rt.epoch()) + "; a dispute is possible for " +
                         std::to_string(kWPoStDisputeWindow) + " epochs after the deadline closes");
    STRATA_TRY(const auto info, state.get_info(rt));
    // A deadline that comes later in this period was last proven in the period before.
    const ChainEpoch period =
        current.index < params.deadline ? current.period_start - kWPoStProvingPeriod : current.period_start;
    const auto target = DeadlineInfo::at(period, params.deadline, rt.epoch());

    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    STRATA_TRY(auto deadline, deadlines.load_deadline(rt, params.deadline));
    STRATA_TRY(const auto post, deadline.take_post_proofs(rt, params.post_index));
    STRATA_TRY(const auto dispute, deadline.load_partitions_for_dispute(rt, post.partitions));
    STRATA_TRY(const auto sectors, Sectors::load(rt, deadline.sectors_snapshot));
    STRATA_TRY(const auto infos, sectors.load_for_proof(rt, dispute.all_sectors, dispute.ignored_sectors));
    STRATA_TRY(const bool valid, verify_windowed_post(rt, target.challenge, infos, post.proofs));
    if (valid)
        return illegal_argument("the disputed proof " + std::to_string(params.post_index) + " of deadline " +
                                std::to_string(params.deadline) + " is valid");

    STRATA_TRY(const auto power_delta, deadline.record_faults(rt, sectors, info.sector_size, target.quant_spec(),
                                                              target.last() + kFaultMaxAge, dispute.disputed_sectors));
    STRATA_OK(deadlines.update_deadline(rt, params.deadline, deadline));
    STRATA_OK(state.save_deadlines(rt, deadlines));

    // Some of the power may have been lost by now, but it was claimed with this proof and counts for the penalty.
    const auto penalty = pledge_penalty_for_invalid_windowpost(
        reward.this_epoch_reward_smoothed, power.quality_adj_power_smoothed, dispute.disputed_power.qa);
    const auto reward_target = reward_for_disputed_window_post();
    // The reward is added to the penalty and not taken from it, so that a miner that disputes its own proof gains
    // nothing.
    STRATA_OK(state.apply_penalty(penalty + reward_target));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto repaid, state.repay_partial_debt_in_priority_order(rt, rt.epoch(), balance));
    const TokenAmount to_reward = min(repaid.to_burn, reward_target);
    TokenAmount to_burn = repaid.to_burn - to_reward;
    STRATA_OK(rt.set_state(state));

    STRATA_OK(request_update_power(rt, power_delta));
    if (!to_reward.is_zero()) {
        STRATA_TRY(const auto sent, rt.send(Address::id(rt.caller()), kMethodSend, std::nullopt, to_reward));
        if (!sent.ok()) to_burn += to_reward;
    }
    STRATA_OK(burn_funds(rt, to_burn));
    STRATA_OK(notify_pledge_changed(rt, -repaid.total_unlocked));
    return check_balance(rt);
}

}  // namespace strata::actors::miner
