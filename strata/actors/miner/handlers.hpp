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

// sector_status.cpp
ActorResult<GenerateSectorLocationReturn> generate_sector_location(Runtime& rt,
                                                                   const GenerateSectorLocationParams& params);
ActorResult<bool> validate_sector_status(Runtime& rt, const ValidateSectorStatusParams& params);
ActorResult<ChainEpoch> get_nominal_sector_expiration(Runtime& rt, const SectorNumber& number);

}  // namespace strata::actors::miner
