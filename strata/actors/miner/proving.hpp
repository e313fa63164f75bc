#pragma once
// Handlers of construction, proofs, faults, terminations and funds; the table of methods is in methods.cpp.
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/power/state.hpp>

namespace strata::actors::miner {

// construct.cpp
Done constructor(Runtime& rt, const power::MinerConstructorParams& params);
ActorResult<GetControlAddressesReturn> control_addresses(Runtime& rt);
Done check_control_addresses(const std::vector<Address>& addresses);
/// Resolves addresses to IDs. Aborts with illegal_argument if one has no actor.
ActorResult<std::vector<Address>> resolve_control_addresses(Runtime& rt, const std::vector<Address>& addresses);
Done check_peer_info(const Bytes& peer_id, const std::vector<Bytes>& multiaddrs);

// post.cpp
Done submit_windowed_post(Runtime& rt, const SubmitWindowedPoStParams& params);
Done dispute_windowed_post(Runtime& rt, const DisputeWindowedPoStParams& params);

// faults.cpp
Done declare_faults(Runtime& rt, const DeclareFaultsParams& params);
Done declare_faults_recovered(Runtime& rt, const DeclareFaultsRecoveredParams& params);
Done report_consensus_fault(Runtime& rt, const ReportConsensusFaultParams& params);

// terminate.cpp
ActorResult<TerminateSectorsReturn> terminate_sectors(Runtime& rt, const TerminateSectorsParams& params);
/// Processes early terminations up to the limit of one message. Returns true if some are left.
ActorResult<bool> process_early_terminations(Runtime& rt, const FilterEstimate& reward,
                                             const FilterEstimate& network_qa_power);
Done schedule_early_termination_work(Runtime& rt);

// deadline_cron.cpp
Done on_deferred_cron_event(Runtime& rt, const power::DeferredCronEventParams& params);

/// Enrols the miner with the power actor's cron for the end of the current deadline.
Done enroll_deadline_cron(Runtime& rt, const State& state);

// compact.cpp
Done compact_partitions(Runtime& rt, const CompactPartitionsParams& params);
Done compact_sector_numbers(Runtime& rt, const CompactSectorNumbersParams& params);
Done check_sector_proven(Runtime& rt, const CheckSectorProvenParams& params);

// funds.cpp
Done apply_rewards(Runtime& rt, const ApplyRewardParams& params);
Done repay_debt(Runtime& rt);
ActorResult<TokenAmount> withdraw_balance(Runtime& rt, const WithdrawBalanceParams& params);

// Helpers of several handlers.
/// Requires that the caller is the owner, the worker or a control address.
Done require_control(Runtime& rt, const MinerInfo& info);
/// Puts a pending worker key into effect once its epoch is reached.
Done process_pending_worker(Runtime& rt, State& state, MinerInfo& info);
inline bool consensus_fault_active(const MinerInfo& info, ChainEpoch epoch) {
    return epoch <= info.consensus_fault_elapsed;
}
/// Checks that the balance covers the deposits, locked funds and pledge in `state`, or else in the stored state.
Done check_balance(Runtime& rt, const State& state);
Done check_balance(Runtime& rt);
/// Returns how many partitions of this size one message may load.
std::uint64_t load_partitions_sectors_max(std::uint64_t partition_sectors);

}  // namespace strata::actors::miner
