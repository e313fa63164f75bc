#pragma once
// Handlers of addresses, beneficiary, questions, onboarding and extension; proofs, faults and funds are in proving.hpp.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/state.hpp>

namespace strata::actors::miner {

// control.cpp
Done change_worker_address(Runtime& rt, const ChangeWorkerAddressParams& params);
Done confirm_change_worker_address(Runtime& rt);
Done change_owner_address(Runtime& rt, const Address& new_owner);
Done change_peer_id(Runtime& rt, const ChangePeerIdParams& params);
Done change_multiaddrs(Runtime& rt, const ChangeMultiaddrsParams& params);

// beneficiary.cpp
Done change_beneficiary(Runtime& rt, const ChangeBeneficiaryParams& params);
ActorResult<GetBeneficiaryReturn> get_beneficiary(Runtime& rt);

// questions.cpp
ActorResult<GetOwnerReturn> get_owner(Runtime& rt);
ActorResult<bool> is_controlling_address(Runtime& rt, const Address& address);
ActorResult<SectorSize> get_sector_size(Runtime& rt);
ActorResult<TokenAmount> get_available_balance(Runtime& rt);
ActorResult<GetVestingFundsReturn> get_vesting_funds(Runtime& rt);
ActorResult<GetPeerIdReturn> get_peer_id(Runtime& rt);
ActorResult<GetMultiaddrsReturn> get_multiaddrs(Runtime& rt);
ActorResult<TokenAmount> max_termination_fee(Runtime& rt, const MaxTerminationFeeParams& params);
ActorResult<TokenAmount> initial_pledge(Runtime& rt);

// precommit.cpp
Done pre_commit_sector_batch2(Runtime& rt, const PreCommitSectorBatchParams2& params);

// prove_commit.cpp, prove_commit_ni.cpp
ActorResult<BatchReturn> prove_commit_sectors3(Runtime& rt, const ProveCommitSectors3Params& params);
ActorResult<BatchReturn> prove_commit_sectors_ni(Runtime& rt, const ProveCommitSectorsNiParams& params);
/// Activates the sectors of a genesis.
Done internal_sector_setup_preseal(Runtime& rt, const InternalSectorSetupForPresealParams& params);

// replica_update.cpp, extend.cpp
ActorResult<BatchReturn> prove_replica_updates3(Runtime& rt, const ProveReplicaUpdates3Params& params);
Done extend_sector_expiration2(Runtime& rt, const ExtendSectorExpiration2Params& params);

// upgrade_quality.cpp
/// Since version 19.
Done upgrade_sector_quality(Runtime& rt, const UpgradeSectorQualityParams& params);

// sector_status.cpp
ActorResult<GenerateSectorLocationReturn> generate_sector_location(Runtime& rt,
                                                                   const GenerateSectorLocationParams& params);
ActorResult<bool> validate_sector_status(Runtime& rt, const ValidateSectorStatusParams& params);
ActorResult<ChainEpoch> get_nominal_sector_expiration(Runtime& rt, const SectorNumber& number);

}  // namespace strata::actors::miner
